// A list of messages, brought up to date without touching what is already there.

import { clock, el } from "./dom.js";

export function showMessages(list, rows, onAction) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const known = new Map([...list.children].map((node) => [node.dataset.id, node]));
  let changed = false;
  rows.forEach((row, place) => {
    const text = JSON.stringify(row);
    let node = known.get(row.id);
    if (!node || node.shows !== text) {
      const fresh = messageNode(row, onAction);
      fresh.shows = text;
      fresh.dataset.id = row.id;
      if (node) node.replaceWith(fresh);
      node = fresh;
      changed = true;
    }
    if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null);
  });
  while (list.children.length > rows.length) list.lastElementChild.remove();
  if (changed && atEnd) list.scrollTop = list.scrollHeight;
}

function messageNode(row, onAction) {
  if (row.from === "event") return el("div", { class: `event ${row.tone ?? ""}` }, row.text);
  if (row.from === "busy") {
    const dots = [el("i"), el("i"), el("i")];
    return el("div", { class: "message theirs busy" }, el("div", { class: "bubble", "aria-label": "처리 중" }, ...dots));
  }
  const bubble = el("div", { class: "bubble" }, ...row.blocks.map(blockNode));
  for (const file of row.files ?? []) bubble.append(outside(file.url, file.name));
  const buttons = (row.buttons ?? []).map((button) =>
    el("button", { type: "button", class: "message-button", onclick: () => onAction(button.action) }, button.title),
  );
  const mark = row.private ? el("span", { class: "mark" }, "비공개") : null;
  return el(
    "div",
    { class: `message ${row.mine ? "mine" : "theirs"} ${row.private ? "private" : ""}` },
    el("p", { class: "by" }, row.name, mark, el("time", { dateTime: row.at }, clock(row.at))),
    bubble,
    buttons.length ? el("div", { class: "message-buttons" }, ...buttons) : null,
  );
}

function blockNode(block) {
  if (block.type === "divider") return el("hr");
  if (block.type === "code") return el("pre", {}, block.value);
  if (block.type === "bullets") return el("ul", {}, ...block.blocks.map((entry) => el("li", {}, blockNode(entry))));
  return el("p", {}, ...block.nodes.map(markNode));
}

function markNode(node) {
  if ("text" in node) return document.createTextNode(node.text);
  if ("b" in node) return el("b", {}, ...node.b.map(markNode));
  if ("i" in node) return el("i", {}, ...node.i.map(markNode));
  if (node.link === "url") return outside(node.value, ...node.nodes.map(markNode));
  return el("span", { class: "mention" }, ...node.nodes.map(markNode));
}

function outside(url, ...children) {
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}
