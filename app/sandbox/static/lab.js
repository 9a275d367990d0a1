// 실험실: the levers of the simulated systems. Each part is redrawn only when what it shows has changed.

import { get, post } from "./api.js";
import { el, redraw } from "./dom.js";
import { button, choice, flag, settingRow } from "./levers.js";
import { warehouse } from "./warehouse.js";

const FAULTS = {
  slow: "느린 응답",
  timeout_after_effect: "처리한 뒤 응답 끊김",
  500: "내부 오류 (500)",
  503: "일시 중단 (503)",
  429: "호출 과다 (429)",
  quota: "사용량 소진",
  html_error: "HTML 오류 페이지",
  "401_expired": "토큰 만료 (401)",
  "403_scope": "권한 없음 (403)",
  drop_field: "응답에서 필드 누락",
};
const SYSTEMS = { mall: "Cafe24 몰", channel: "채널톡", sms: "문자", wms: "WMS" };
const SWITCHES = {
  contextNamesUser: "호출에 고객 정보를 함께 보냄",
  deliverTwice: "같은 호출을 두 번 보냄",
  versionless: "버전 없는 주소로 보냄",
  autoPickup: "몰의 택배사 수거신청 자동접수",
};
const OFFICE = {
  accept: "신청 접수",
  reject: "신청 거절",
  ship: "발송",
  deliver: "배송 완료",
  collect: "수거 완료",
  complete: "환불·교환 완료",
};
const PARTS = [
  ["calls", "방금 일어난 호출", true],
  ["look", "언어와 화면", true],
  ["faults", "고장 내기", false],
  ["settings", "몰 설정", false],
  ["app", "앱과 명령", false],
  ["office", "카페24 관리자", false],
  ["warehouse", "창고 (WMS)", false],
  ["events", "웹훅과 앱 열기", false],
];

export class Lab {
  constructor(box, said, onDone) {
    this.said = said;
    this.onDone = onDone;
    this.parts = {};
    for (const [name, title, open] of PARTS) {
      const inside = el("div", { class: `part ${name}` });
      box.append(el("details", { open }, el("summary", {}, title), inside));
      this.parts[name] = inside;
    }
  }

  async refresh() {
    this.draw(await get("panel"));
  }

  async act(body) {
    try {
      const told = await post("panel", body);
      this.said.textContent = told.said;
      this.draw(told.panel);
    } catch (error) {
      this.said.textContent = error.message;
    }
    this.onDone();
  }

  draw(panel) {
    fill(document.getElementById("persona"), panel.personas.map((p) => [p.key, p.label]), panel.persona);
    fill(document.getElementById("manager"), panel.managers.map((m) => [m.id, m.name]), panel.manager);
    this.part("calls", [panel.calls, panel.functionCalls], () => callRows(panel, this));
    this.part("look", [panel.language, panel.appearance], () => this.look(panel));
    this.part("faults", [panel.faults, panel.planted], () => this.faults(panel));
    this.part("settings", panel.settings, () => panel.settings.map((row) => settingRow(row, (body) => this.act(body))));
    this.part("app", [panel.installed, panel.registered, panel.commands, panel.switches], () => this.app(panel));
    this.part("office", panel.orders, () => this.office(panel));
    if (panel.wms) this.part("warehouse", panel.wms, () => warehouse(panel.wms, (body) => this.act(body)));
    this.part("events", [panel.events, panel.orders, panel.operators], () => this.events(panel));
  }

  part(name, state, build) {
    redraw(this.parts[name], state, build);
  }

  look(panel) {
    const languages = Object.entries(panel.languages);
    const looks = [["light", "밝게"], ["dark", "어둡게"]];
    return [
      choice("language", "언어", languages, panel.language, (value) => this.act({ act: "language", value })),
      choice("appearance", "화면", looks, panel.appearance, (value) => this.act({ act: "appearance", value })),
    ];
  }

  faults(panel) {
    const rows = Object.entries(panel.faults).map(([system, known]) => {
      const select = el("select", { id: `fault-${system}`, "aria-label": `${SYSTEMS[system]}의 고장` });
      select.append(...known.map((fault) => el("option", { value: fault }, FAULTS[fault] ?? fault)));
      const plant = () => this.act({ act: "fault", system, fault: select.value });
      return el("div", { class: "lever" }, el("span", {}, SYSTEMS[system]), select, button("심기", plant));
    });
    const planted = Object.entries(panel.planted).flatMap(([system, list]) =>
      list.map((one) => el("li", {}, `${SYSTEMS[system]}: ${FAULTS[one.fault] ?? one.fault}, ${one.left}번 남음`)),
    );
    if (!planted.length) return rows;
    return [...rows, el("ul", { class: "planted" }, ...planted), button("모두 지우기", () => this.act({ act: "clearFaults" }))];
  }

  app(panel) {
    const state = panel.registered.length ? `등록한 확장: ${panel.registered.join(", ")}` : "아직 등록한 확장이 없습니다.";
    const commands = panel.commands.map((command) =>
      flag(`show-${command.scope}-${command.name}`, `/${command.name} (${command.scope})`, command.shown, (shown) =>
        this.act({ act: "toggle", scope: command.scope, name: command.name, shown }),
      ),
    );
    const switches = Object.entries(panel.switches).map(([name, on]) =>
      flag(`switch-${name}`, SWITCHES[name], on, (wanted) => this.act({ act: "switch", name, on: wanted })),
    );
    const install = panel.installed
      ? button("채널에서 앱 제거", () => this.act({ act: "uninstall" }))
      : button("채널에 앱 설치", () => this.act({ act: "install" }));
    return [el("p", { class: "quiet" }, state), ...commands, el("hr"), ...switches, el("hr"), install];
  }

  office(panel) {
    const order = orderChoice("office-order", "처리할 주문", panel);
    const acts = Object.entries(OFFICE).map(([name, label]) =>
      button(label, () => this.act({ act: "backOffice", do: name, orderId: order.value })),
    );
    return [
      el("p", { class: "quiet" }, "운영자가 주문을 처리하고, 몰이 웹훅을 보냅니다."),
      el("div", { class: "lever column" }, order, el("div", { class: "doors" }, ...acts)),
    ];
  }

  events(panel) {
    const event = el("select", { id: "event-no", "aria-label": "이벤트" });
    event.append(...panel.events.map((e) => el("option", { value: e.no }, `${e.no} ${e.code}`)));
    const order = orderChoice("event-order", "주문", panel);
    const send = () => this.act({ act: "webhook", eventNo: Number(event.value), orderId: order.value });
    const doors = panel.operators.map((o) =>
      el("a", { class: "door", href: `/sandbox/launch?user=${encodeURIComponent(o.id)}`, target: "_blank" }, `앱 열기 · ${o.name}`),
    );
    return [
      el("div", { class: "lever column" }, event, order, button("주문 웹훅 보내기", send)),
      el("p", { class: "quiet" }, "카페24 관리자에서 앱을 여는 것처럼 들어갑니다."),
      el("div", { class: "doors" }, ...doors, el("a", { class: "door", href: panel.console, target: "_blank" }, "콘솔")),
    ];
  }
}

function callRows(panel, lab) {
  const calls = panel.calls.map((call) => {
    const query = new URLSearchParams(call.query).toString();
    return el("li", { title: query }, el("b", {}, call.method), ` ${call.path}`);
  });
  const sent = panel.functionCalls.slice(0, 8).map((call) =>
    el("li", { class: call.trouble ? "bad" : "" }, el("b", {}, call.method), ` ${call.millis} ms${call.trouble ? ` · ${call.trouble}` : ""}`),
  );
  return [
    el("p", { class: "count" }, el("strong", {}, String(panel.calls.length)), " 마지막 명령 뒤 Cafe24 호출"),
    calls.length ? el("ol", { class: "called", tabIndex: 0, "aria-label": "Cafe24 호출" }, ...calls) : null,
    el("p", { class: "quiet" }, "앱이 받은 Function"),
    sent.length ? el("ol", { class: "called", tabIndex: 0, "aria-label": "앱이 받은 Function" }, ...sent) : el("p", { class: "quiet" }, "아직 없습니다."),
    button("기록 지우기", () => lab.act({ act: "resetCalls" })),
  ];
}

function orderChoice(id, label, panel) {
  const select = el("select", { id, "aria-label": label });
  select.append(...panel.orders.map((order) => el("option", { value: order }, order)));
  return select;
}

function fill(select, pairs, value) {
  const text = JSON.stringify(pairs);
  if (select.dataset.shows !== text) {
    select.replaceChildren(...pairs.map(([key, label]) => el("option", { value: key }, label)));
    select.dataset.shows = text;
  }
  if (select.value !== value) select.value = value;
}
