// Keys for the queue, phrases that fill a rejection, a batch of one kind, and no form that is sent twice.
"use strict";

const OFF = "jumun.keys.off";
const claims = () => [...document.querySelectorAll("[data-claim]")];
const keysDialog = document.getElementById("keys");

function keysAreOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function rememberKeys(off) {
  try {
    if (off) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  } catch {
    // A browser that keeps nothing keeps the keys on.
  }
}

function step(by) {
  const all = claims();
  if (!all.length) return;
  const here = all.indexOf(document.activeElement?.closest("[data-claim]"));
  const next = all[Math.min(all.length - 1, Math.max(0, here + by))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center" });
}

function act(key) {
  const claim = document.activeElement?.closest("[data-claim]");
  if (!claim) return;
  if (key === "a") claim.querySelector("[data-key=a]").focus();
  if (key === "x") claim.querySelector(".pick input")?.click();
  if (key === "r") {
    const box = claim.querySelector("details.reject");
    box.open = true;
    box.querySelector("select").focus();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !keysDialog || keysDialog.open) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  if (event.key === "?") return void keysDialog.showModal();
  if (keysAreOff()) return;
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    step(event.key === "j" ? 1 : -1);
  } else if ("arx".includes(event.key)) {
    event.preventDefault();
    act(event.key);
  }
});

document.querySelectorAll("[data-dialog]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => document.getElementById(button.dataset.dialog).showModal());
});

const off = document.querySelector("[data-keys-off]");
if (off) {
  off.checked = keysAreOff();
  off.addEventListener("change", () => rememberKeys(off.checked));
}

document.querySelectorAll("select[data-fills]").forEach((select) => {
  const field = document.getElementById(select.dataset.fills);
  select.addEventListener("change", () => {
    if (!select.value) return;
    field.value = select.selectedOptions[0].textContent;
    select.value = "";
    field.focus();
  });
});

const batch = document.getElementById("batch");
if (batch) {
  const button = batch.querySelector("button");
  const plain = button.textContent;
  const picks = [...document.querySelectorAll(".pick input")];
  const look = () => {
    const chosen = picks.filter((pick) => pick.checked);
    const kind = chosen[0]?.dataset.kind;
    for (const pick of picks) pick.disabled = Boolean(kind) && pick.dataset.kind !== kind;
    button.disabled = chosen.length === 0;
    button.textContent = chosen.length ? button.dataset.label.replace("{n}", String(chosen.length)) : plain;
    batch.classList.toggle("ready", chosen.length > 0);
  };
  picks.forEach((pick) => pick.addEventListener("change", look));
  look();
}

// A form that goes out stays as it is; coming back by the back button, it may be sent again.
document.querySelectorAll("form[data-once]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return void event.preventDefault();
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  });
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  });
});
