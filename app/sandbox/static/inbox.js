// The simulated phone: text messages as they arrive, with the code ready to copy.

import { get } from "./api.js";
import { clock, copy, el, redraw } from "./dom.js";

export class Inbox {
  constructor(list, dot) {
    this.list = list;
    this.dot = dot;
    this.count = 0;
  }

  async refresh() {
    const { messages } = await get("phone");
    if (messages.length > this.count) this.dot.hidden = document.body.dataset.tab === "inbox";
    this.count = messages.length;
    redraw(this.list, messages, () => (messages.length ? messages.map(textNode) : [nothing()]));
  }
}

function textNode(message) {
  const button = message.code
    ? el("button", { type: "button", class: "small", onclick: (event) => copy(message.code, event.target) }, `코드 ${message.code} 복사`)
    : null;
  return el(
    "li",
    {},
    el("p", { class: "by" }, `받는 사람 ${message.to}`, el("time", { dateTime: message.at }, clock(message.at))),
    el("p", { class: "text" }, message.text),
    button,
  );
}

function nothing() {
  return el("li", { class: "nothing" }, "아직 받은 문자가 없습니다. 명령을 실행하고 휴대전화 번호를 넣으면 인증 문자가 여기로 옵니다.");
}
