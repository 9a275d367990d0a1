// Puts the page together: asks for the state once a second and hands each side its part.

import { get } from "./api.js";
import { ChatSide } from "./chat.js";
import { el } from "./dom.js";
import { Inbox } from "./inbox.js";
import { Lab } from "./lab.js";

const find = (selector) => document.querySelector(selector);
const EVERY_MS = 1000;
const RESTING_MS = 5000;
const GREETING = ["orderList", "cancel", "exchangeReturn", "addressChange"];

const front = new ChatSide("front", find("#phone"), find(".phone-body"), refresh);
const desk = new ChatSide("desk", find("#desk-box"), find(".desk-body"), refresh);
const inbox = new Inbox(find(".texts"), find(".tabs .dot"), find(".toast"));
const lab = new Lab(find("#lab-box"), find("#said"), refresh);

let seen = "";
let room = null;
let state = null;

async function refresh() {
  try {
    const fresh = await get(`state?seen=${encodeURIComponent(seen)}`);
    if (fresh) {
      state = fresh;
      seen = fresh.version;
      draw();
    }
    await Promise.all([inbox.refresh(), lab.refresh()]);
    document.body.classList.remove("offline");
  } catch {
    document.body.classList.add("offline");
  }
}

function draw() {
  const { host, persona, manager } = state;
  find("#persona-hint").textContent = `${persona.hint} 번호 ${persona.phone}`;
  find("#own-number").textContent = persona.phone;
  find("#phone").dataset.appearance = host.appearance;
  front.show({ ...state.front, host, welcome: welcome(state.front.commands) });
  const chats = state.desk.chats;
  const chosen = chats.find((chat) => chat.id === room) ?? chats.find((chat) => chat.id === state.front.chat.id) ?? chats[0];
  drawRooms(chats, chosen);
  find("#room-title").textContent = chosen.title;
  desk.show({ chat: chosen, commands: state.desk.commands, host: { ...host, managerId: manager.id } });
}

function welcome(commands) {
  const offered = GREETING.map((name) => commands.find((c) => c.name === name)).filter(Boolean);
  const buttons = offered.map((c) => ({ title: c.button, action: { type: "command", name: c.name } }));
  const text = commands.length
    ? "안녕하세요! 아래 버튼을 누르거나 /를 입력하면 주문을 바로 확인하고 바꿀 수 있어요."
    : "안녕하세요! 아직 앱이 명령을 등록하지 않았어요. 잠시만 기다려 주세요.";
  return { id: "welcome", from: "bot", name: find(".shop-bar strong").textContent, at: "", blocks: [{ type: "text", nodes: [{ text }] }], buttons };
}

function drawRooms(chats, chosen) {
  const rows = chats.map((chat) => {
    const last = chat.messages.at(-1);
    const text = last?.blocks[0]?.nodes?.map((node) => node.text ?? "").join("") ?? "";
    const open = () => {
      room = chat.id;
      draw();
    };
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", id: `room-${chat.id}`, class: "room-row", "aria-current": String(chat === chosen), onclick: open },
        el("strong", {}, chat.title),
        el("span", {}, text || (chat.type === "group" ? "팀 알림" : "새 대화")),
      ),
    );
  });
  const list = find(".chats");
  const at = list.contains(document.activeElement) ? document.activeElement.id : "";
  list.replaceChildren(...rows);
  if (at) document.getElementById(at)?.focus();
}

for (const tab of document.querySelectorAll(".tabs button")) {
  tab.addEventListener("click", () => {
    document.body.dataset.tab = tab.dataset.to;
    for (const other of document.querySelectorAll(".tabs button")) other.removeAttribute("aria-current");
    tab.setAttribute("aria-current", "true");
    if (tab.dataset.to === "inbox") find(".tabs .dot").hidden = true;
  });
}
find("#open-honest").addEventListener("click", () => find("#honest").showModal());
find("#persona").addEventListener("change", (event) => {
  room = null;
  front.host.close();
  lab.act({ act: "persona", key: event.target.value });
});
find("#manager").addEventListener("change", (event) => lab.act({ act: "manager", id: event.target.value }));

(async function turn() {
  await refresh();
  setTimeout(turn, document.hidden ? RESTING_MS : EVERY_MS);
})();
