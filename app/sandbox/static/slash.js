// The menu that opens on `/`: a combobox over the input, moved with arrows, Enter, Tab and Escape.

import { el } from "./dom.js";

export class SlashMenu {
  constructor(input, list, onChoose) {
    this.input = input;
    this.list = list;
    this.onChoose = onChoose;
    this.commands = [];
    this.at = 0;
    Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })
      .forEach(([name, value]) => input.setAttribute(name, value));
    input.addEventListener("input", () => this.show());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 120));
    input.addEventListener("focus", () => this.show());
  }

  get open() {
    return !this.list.hidden;
  }

  matches() {
    const typed = this.input.value.trimStart();
    if (!typed.startsWith("/")) return [];
    const word = typed.slice(1).split(/\s/, 1)[0].toLowerCase();
    return this.commands.filter((c) => [c.shown, c.name].some((name) => name.toLowerCase().startsWith(word)));
  }

  // The command whose whole name stands in the input, with what follows it as its first parameter.
  typed() {
    const [, word, rest] = this.input.value.trim().match(/^\/(\S+)\s*(.*)$/) ?? [];
    const command = this.commands.find((c) => word === c.shown || word === c.name);
    if (!command) return null;
    const input = rest && command.params[0] ? { [command.params[0]]: rest } : null;
    return { command, input };
  }

  show() {
    const found = this.matches();
    const nothing = this.input.value.trimStart().startsWith("/") && !this.commands.length;
    if (!found.length && !nothing) return this.close();
    this.at = Math.min(this.at, Math.max(found.length - 1, 0));
    const rows = found.map((command, place) =>
      el(
        "li",
        {
          id: `${this.list.id}-${place}`,
          role: "option",
          "aria-selected": String(place === this.at),
          onmousedown: (event) => event.preventDefault(),
          onclick: () => this.choose(command),
        },
        el("b", {}, `/${command.shown}`),
        el("span", {}, command.description),
      ),
    );
    if (nothing) rows.push(el("li", { class: "none", role: "option", "aria-disabled": "true" }, "아직 등록된 명령이 없습니다"));
    this.list.replaceChildren(...rows);
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-activedescendant", found.length ? `${this.list.id}-${this.at}` : "");
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.list.hidden = true;
    this.at = 0;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (!this.open || event.isComposing) return;
    const found = this.matches();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.at = (this.at + step + found.length) % Math.max(found.length, 1);
      this.show();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if ((event.key === "Enter" || event.key === "Tab") && found[this.at]) {
      if (event.key === "Enter" && this.typed()?.input) return; // a parameter was typed: send as it stands
      event.preventDefault();
      this.choose(found[this.at]);
    }
  }

  choose(command) {
    this.close();
    this.onChoose(command, null);
  }
}
