// Small ways to build a page. Text is always text; nothing here parses HTML.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name in node && name !== "list") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export function clock(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  return at.toLocaleTimeString("ko-KR", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Seoul" });
}

// Replaces the children only when `state` differs from what they show, and keeps the keyboard where it was.
export function redraw(box, state, build) {
  const text = JSON.stringify(state);
  if (box.dataset.shows === text) return;
  const at = box.contains(document.activeElement) ? document.activeElement.id : "";
  box.replaceChildren(...build().filter(Boolean));
  box.dataset.shows = text;
  if (at) document.getElementById(at)?.focus();
}

export async function copy(text, button) {
  const was = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "복사했습니다";
  } catch {
    button.textContent = text;
  }
  setTimeout(() => (button.textContent = was), 1500);
}
