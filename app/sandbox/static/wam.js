// Opens the app's page in a frame and gives it `window.ChannelIOWam`, as a Channel client would.

import { post } from "./api.js";
import { el } from "./dom.js";

const LEAST_HEIGHT = 160;

export class WamHost {
  constructor(sheet, behind, onDone) {
    this.sheet = sheet;
    this.behind = behind;
    this.onDone = onDone;
    this.frame = null;
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.mine() && this.escape(event));
  }

  // Two sides share the page: the keyboard is taken, and Escape heard, only where the person is.
  mine() {
    const at = document.activeElement;
    return at === document.body || this.sheet.parentElement.contains(at);
  }

  // `host`: what the client itself knows (appId, channelId, chatId ..); `args`: wamArgs of the action.
  open({ name, title, host, args, back }) {
    this.close();
    this.back = back;
    const address = `${document.body.dataset.wam}/${encodeURIComponent(name)}`;
    const frame = el("iframe", { src: address, title: `${title} 화면` });
    const shut = el("button", { type: "button", class: "shut", "aria-label": "화면 닫기", onclick: () => this.close() }, "×");
    const dialog = el(
      "div",
      { class: "sheet-card", role: "dialog", "aria-modal": "true", "aria-label": title },
      el("div", { class: "sheet-bar" }, el("strong", {}, title), shut),
      frame,
    );
    const backdrop = el("div", { class: "backdrop", onclick: () => this.close() });
    const here = this.mine();
    this.sheet.replaceChildren(backdrop, dialog);
    this.sheet.hidden = false;
    this.behind.inert = true;
    this.frame = frame;
    this.give(frame, host, args ?? {});
    if (here) shut.focus();
  }

  // The page expects the object before its own scripts run, so it is put there as soon as the frame has moved.
  give(frame, host, args) {
    const inject = () => {
      const inside = frame.contentWindow;
      if (!inside || inside.location.href === "about:blank" || inside.ChannelIOWam) return;
      inside.ChannelIOWam = this.bridge(frame, inside, host, args);
      inside.addEventListener("keydown", (event) => event.key === "Escape" && this.escape(event));
    };
    const early = setInterval(() => (frame.isConnected ? inject() : clearInterval(early)), 5);
    frame.addEventListener("load", () => {
      clearInterval(early);
      inject();
    });
  }

  bridge(frame, inside, host, args) {
    const who = { side: host.managerId ? "desk" : "front", chatId: host.chatId };
    const known = new Map(Object.entries({ ...structuredClone(args), ...host }));
    const ask = async (path, body) => {
      const told = await post(path, { ...who, ...body }, inside.Error);
      if (path === "call") this.onDone();
      return told.result;
    };
    return {
      getWamData: (key) => known.get(key),
      callFunction: ({ appId, name, params }) => ask("call", { appId, name, params: params ?? null }),
      callNativeFunction: ({ name, params }) => ask("native", { name, params: params ?? {} }),
      setSize: (size) => this.resize(frame, size ?? {}),
      close: () => frame === this.frame && this.close(),
    };
  }

  resize(frame, { width, height }) {
    if (typeof height === "number" && height > 0) frame.style.height = `${Math.max(LEAST_HEIGHT, Math.round(height))}px`;
    if (typeof width === "number" && width > 0) frame.parentElement.style.width = `${Math.round(width)}px`;
  }

  escape(event) {
    if (!this.frame) return;
    event.preventDefault();
    this.close();
  }

  close() {
    if (!this.frame) return;
    const here = this.mine();
    this.frame = null;
    this.sheet.hidden = true;
    this.sheet.replaceChildren();
    this.behind.inert = false;
    if (here) this.back?.focus();
    this.onDone();
  }
}
