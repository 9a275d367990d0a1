// One side of the chat: its messages, its input with the slash menu, and the screens that commands open.

import { post } from "./api.js";
import { el } from "./dom.js";
import { showMessages } from "./messages.js";
import { SlashMenu } from "./slash.js";
import { WamHost } from "./wam.js";

const FAILED = "명령을 처리하지 못했습니다";

export class ChatSide {
  constructor(side, root, behind, onDone) {
    this.side = side;
    this.onDone = onDone;
    this.list = root.querySelector(".messages");
    this.host = new WamHost(root.querySelector(".sheet"), behind, onDone);
    this.events = [];
    this.busy = 0;
    this.buildComposer(root.querySelector(".composer"));
  }

  buildComposer(form) {
    const menu = el("ul", { id: `${this.side}-menu`, class: "slash", role: "listbox", "aria-label": "명령", hidden: true });
    const hint = this.side === "front" ? "메시지를 쓰거나 / 로 명령을 고르세요" : "답장, 또는 / 로 명령 고르기";
    this.input = el("input", { id: `${this.side}-input`, type: "text", maxLength: 2000, placeholder: hint, "aria-label": hint });
    const send = el("button", { type: "submit", class: "send", "aria-label": "보내기" }, "↑");
    if (this.side === "desk") {
      this.private = el("input", { type: "checkbox", id: "private" });
      form.append(el("label", { class: "private-choice" }, this.private, " 비공개 메모"));
    }
    form.append(menu, this.input, send);
    this.menu = new SlashMenu(this.input, menu, (command, input) => this.run(command, input));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  // `commands` of this side; `chat` that is open; `host` data that a screen may read.
  show({ chat, commands, host, welcome }) {
    this.chat = chat;
    this.hostData = host;
    this.commands = commands;
    this.menu.commands = commands;
    this.welcome = welcome;
    this.draw();
  }

  draw() {
    if (!this.chat) return;
    const mine = this.side === "front" ? ["user"] : ["manager", "bot"];
    const own = this.events.filter((event) => event.chatId === this.chat.id);
    const rows = own.filter((event) => event.after === 0);
    this.chat.messages.forEach((message, place) => {
      rows.push({ ...message, mine: mine.includes(message.from) });
      rows.push(...own.filter((event) => event.after === place + 1));
    });
    if (this.welcome) rows.unshift(this.welcome);
    if (this.busy) rows.push({ id: "busy", from: "busy" });
    showMessages(this.list, rows, (action) => this.press(action));
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const typed = this.menu.typed();
    if (typed) return this.run(typed.command, typed.input);
    if (text.startsWith("/")) return this.note(`${text.split(/\s/, 1)[0]} 명령은 없습니다`, "bad");
    this.input.value = "";
    const body = { side: this.side, chatId: this.chat.id, text, private: this.private?.checked ?? false };
    try {
      await post("message", body);
    } catch (error) {
      this.note(error.message, "bad");
    }
    this.onDone();
  }

  press(action) {
    if (action.type === "web") return window.open(action.url, "_blank", "noopener,noreferrer");
    if (action.type === "wam") return this.openScreen(action, action.name);
    const command = this.commands.find((known) => known.name === action.name);
    if (!command) return this.note("지금은 쓸 수 없는 명령입니다", "bad");
    return this.run(command, action.params ?? null);
  }

  async run(command, input) {
    this.input.value = "";
    this.menu.close();
    const began = performance.now();
    this.busy += 1;
    this.draw();
    try {
      const body = { side: this.side, chatId: this.chat.id, name: command.name, input };
      const { result } = await post("command", body);
      this.note(`/${command.shown} · ${((performance.now() - began) / 1000).toFixed(2)}초`);
      if (result?.type === "wam") this.openScreen(result.attributes, command.shown);
    } catch (error) {
      this.note(`${FAILED}: ${error.message} (${error.type ?? error.code})`, "bad");
    } finally {
      this.busy -= 1;
      this.draw();
      this.onDone();
    }
  }

  openScreen({ name, wamArgs }, title) {
    const host = { ...this.hostData, chatId: this.chat.id, chatType: this.chat.type };
    this.host.open({ name, title, host, args: wamArgs, back: this.input });
  }

  // A line of the sandbox itself, not a message.
  note(text, tone) {
    const id = `event-${this.side}-${this.events.length}`;
    this.events.push({ id, from: "event", chatId: this.chat.id, after: this.chat.messages.length, text, tone });
    this.draw();
  }
}
