// The simulated phone: text messages as they arrive, with the code ready to copy.

import { get } from "./api.js";
import { clock, copy, el, redraw } from "./dom.js";

const TOAST_MS = 9000;

export class Inbox {
  constructor(list, dot, toast) {
    this.list = list;
    this.dot = dot;
    this.toast = toast;
    this.count = null;
  }

  async refresh() {
    const { messages } = await get("phone");
    if (this.count !== null && messages.length > this.count && !this.list.offsetParent) this.announce(messages[0]);
    this.count = messages.length;
    redraw(this.list, messages, () => (messages.length ? messages.map(textNode) : [nothing()]));
  }

  // Where the inbox is behind another tab, a new message shows itself for a while.
  announce(message) {
    this.dot.hidden = false;
    this.toast.replaceChildren(textNode(message));
    this.toast.hidden = false;
    clearTimeout(this.fading);
    this.fading = setTimeout(() => (this.toast.hidden = true), TOAST_MS);
  }
}

function textNode(message) {
  const button = message.code
    ? el("button", { type: "button", class: "small", onclick: (event) => copy(message.code, event.target) }, `코드 ${message.code} 복사`)
    : null;
  return el(
    "div",
    {},
    el("p", { class: "by" }, `받는 사람 ${message.to}`, el("time", { dateTime: message.at }, clock(message.at))),
    el("p", { class: "text" }, message.text),
    button,
  );
}

function nothing() {
  return el("div", { class: "nothing" }, "아직 받은 문자가 없습니다. 명령을 실행하고 휴대전화 번호를 넣으면 인증 문자가 여기로 옵니다.");
}
