// The controls of 실험실: every one has a label and an id, so that a redraw can give the keyboard back.

import { el } from "./dom.js";

export function button(label, onclick) {
  return el("button", { type: "button", class: "small", id: `do-${label.replaceAll(/\s/g, "-")}`, onclick }, label);
}

export function flag(id, label, on, onChange) {
  const box = el("input", { id, type: "checkbox", role: "switch", checked: on });
  box.addEventListener("change", () => onChange(box.checked));
  return el("label", { class: "flag" }, el("span", {}, label), box);
}

export function choice(name, label, pairs, value, onChange) {
  const radios = pairs.map(([key, text]) => {
    const radio = el("input", { type: "radio", name, id: `${name}-${key}`, value: key, checked: key === value });
    radio.addEventListener("change", () => onChange(key));
    return el("label", {}, radio, el("span", {}, text));
  });
  return el("fieldset", { class: "choice" }, el("legend", {}, label), ...radios);
}

export function settingRow(row, act) {
  const id = `setting-${row.name}`;
  const set = (value) => act({ act: "setting", name: row.name, value });
  if (row.kind === "flag") return flag(id, row.label, row.value === "T", (on) => set(on ? "T" : "F"));
  const shown = row.kind === "list" ? row.value.join(", ") : String(row.value);
  const input = el("input", { id, type: row.kind === "number" ? "number" : "text", value: shown });
  input.addEventListener("change", () => {
    if (row.kind === "number") set(Number.parseInt(input.value, 10));
    else if (row.kind === "list") set(input.value.split(",").map((word) => word.trim()).filter(Boolean));
    else set(input.value);
  });
  return el("label", { class: "field" }, el("span", {}, row.label), input);
}
