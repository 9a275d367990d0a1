// The levers of the simulated warehouse: which WMS the shop uses, labels, stock, restock dates.

import { el } from "./dom.js";
import { button, choice } from "./levers.js";

export function warehouse(wms, act) {
  const providers = Object.entries(wms.providers);
  const use = choice("wms-provider", "연결한 WMS", providers, wms.provider, (value) => act({ act: "wmsUse", value }));
  const order = picked("wms-order", "창고의 주문", wms.orders.map((id) => [id, id]));
  const other = picked("wms-other", "함께 묶을 주문", wms.orders.map((id) => [id, id]));
  const goods = picked("wms-goods", "품목", wms.goods.map((one) => [one.sku, label(one)]));
  const stock = number("wms-stock", "재고 (개)", 0);
  const days = number("wms-days", "재입고까지 (일)", 3);
  const calls = wms.calls.length
    ? el("ol", { class: "called", tabIndex: 0, "aria-label": "WMS 호출" }, ...wms.calls.map((call) => el("li", {}, call)))
    : el("p", { class: "quiet" }, "아직 WMS 호출이 없습니다.");
  const acts = [
    button("송장 출력", () => act({ act: "wmsPrint", orderId: order.value })),
    button("창고에서 출고", () => act({ act: "wmsShip", orderId: order.value })),
    button("합포장으로 묶기", () => act({ act: "wmsCombine", orderId: order.value, otherId: other.value })),
  ];
  const shelf = [
    button("재고 바꾸기", () => act({ act: "wmsStock", sku: goods.value, quantity: stock.input.valueAsNumber })),
    button("재입고일 등록", () => act({ act: "wmsRestock", sku: goods.value, days: days.input.valueAsNumber })),
    button("재입고일 지우기", () => act({ act: "wmsRestock", sku: goods.value, days: null })),
  ];
  return [
    use,
    el("div", { class: "lever column" }, order, other, el("div", { class: "doors" }, ...acts)),
    el("div", { class: "lever column" }, goods, stock.field, days.field, el("div", { class: "doors" }, ...shelf)),
    calls,
  ];
}

function label(one) {
  const stock = one.stock === null ? "재고 모름" : `재고 ${one.stock}`;
  return one.restock ? `${one.name} · ${stock} · 재입고 ${one.restock}` : `${one.name} · ${stock}`;
}

// What was picked stays picked when the part is drawn anew.
const kept = {};

function keep(control) {
  control.addEventListener("change", () => (kept[control.id] = control.value));
  return control;
}

function picked(id, text, pairs) {
  const select = el("select", { id, "aria-label": text });
  select.append(...pairs.map(([value, shown]) => el("option", { value }, shown)));
  if (pairs.some(([value]) => value === kept[id])) select.value = kept[id];
  return keep(select);
}

function number(id, text, value) {
  const input = keep(el("input", { id, type: "number", value: kept[id] ?? String(value) }));
  return { input, field: el("label", { class: "field" }, el("span", {}, text), input) };
}
