// The shell of every screen: asks the app for an HTML fragment, shows it, and turns its data-action into calls.
"use strict";

const TALLEST = 600;
const HOST_WAIT_MS = 1000;
const main = document.getElementById("screen");
const announcer = document.getElementById("announcer");
let host;
let words = wordsOf(navigator.language);
let timers = [];
let current;

function wordsOf(language) {
  const short = String(language || "ko").slice(0, 2);
  const found = document.querySelector(`template[data-words="${short}"]`) || document.querySelector('template[data-words="ko"]');
  return found.dataset;
}

const read = (key) => host.getWamData(key);

async function hostReady() {
  for (let waited = 0; waited < HOST_WAIT_MS; waited += 50) {
    if (window.ChannelIOWam) return window.ChannelIOWam;
    await new Promise((done) => setTimeout(done, 50));
  }
  return undefined;
}

async function call(name, params) {
  const chatToken = read("chatToken");
  const answer = await host.callFunction({
    appId: read("appId"), name, params: chatToken ? { ...params, chatToken } : params,
  });
  const result = answer && answer.result !== undefined ? answer.result : answer;
  if (result && result.error) throw result.error;
  return result || {};
}

async function show(step) {
  busy(true);
  current = step;
  try {
    const { html } = await call(`${step.command}.screen`, { screen: step.screen, input: step.input });
    paint(html);
  } catch (error) {
    failed(error, () => show(step));
  } finally {
    busy(false);
  }
}

function paint(html) {
  timers.forEach(clearInterval);
  timers = [];
  const fragment = new DOMParser().parseFromString(html, "text/html");
  main.replaceChildren(...fragment.body.childNodes);
  startTimers();
  main.querySelectorAll(".photos").forEach((box) => showPhotos(box, words, call, say));
  const heading = main.querySelector("h1");
  const wrong = main.querySelector("[aria-invalid=true], .wrong input:not([type=hidden])");
  (wrong || heading)?.focus({ preventScroll: !wrong });
  window.scrollTo(0, 0);
  fillPictures();
}

function failed(error, again) {
  const box = document.createElement("section");
  box.className = "screen";
  const heading = document.createElement("h1");
  heading.id = "title";
  heading.tabIndex = -1;
  heading.textContent = words.troubleTitle;
  const text = document.createElement("p");
  text.className = "notice bad";
  text.setAttribute("role", "alert");
  text.textContent = sentenceOf(error);
  const button = document.createElement("button");
  button.className = "button primary";
  button.textContent = words.again;
  button.addEventListener("click", again);
  box.append(heading, text, button);
  timers.forEach(clearInterval);
  main.replaceChildren(box);
  heading.focus();
}

function sentenceOf(error) {
  return (error && error.type && error.type !== "internal" && error.message) || words.trouble;
}

function busy(on) {
  main.setAttribute("aria-busy", String(on));
  main.querySelectorAll("button").forEach((b) => {
    if (on) {
      b.dataset.was = b.disabled ? "1" : "";
      b.disabled = true;
    } else if (b.dataset.was !== undefined) {
      // a button that came meanwhile keeps what its screen says of it
      b.disabled = b.dataset.was === "1";
      delete b.dataset.was;
    }
  });
}

function formInput() {
  const form = main.querySelector("form");
  return form ? Object.fromEntries(new FormData(form)) : {};
}

async function act(action) {
  if (action.show) return show({ ...action.show, input: { ...action.show.input, ...formInput() } });
  if (action.run) return run(action.run);
  if (action.open) return void window.open(action.open, "_blank", "noopener,noreferrer");
  if (action.close) return host.close();
}

async function run(it) {
  const page = it.opens ? window.open("about:blank", "_blank") : null;
  busy(true);
  try {
    const result = await call(it.function, it.params);
    if (page) page.location = result[it.opens];
    if (it.done) notice(it.done, "good");
    if (it.then) await show(it.then);
  } catch (error) {
    page?.close();
    notice(sentenceOf(error), "bad");
  } finally {
    busy(false);
  }
}

function notice(text, tone) {
  const line = document.createElement("p");
  line.className = `notice ${tone}`;
  line.textContent = text; // said aloud by the announcer, once
  main.querySelectorAll(".notice.passing").forEach((old) => old.remove());
  line.classList.add("passing");
  (main.querySelector("footer") || main.querySelector(".screen")).before(line);
  say(text);
  line.scrollIntoView({ block: "nearest" });
}

const say = (text) => void (announcer.textContent = text);

function startTimers() {
  const screen = main.querySelector("[data-expires-in]");
  if (screen) countdown(Number(screen.dataset.expiresIn), screen.querySelector(".countdown"), (line) => {
    line.textContent = screen.dataset.expired;
    line.classList.add("error");
    main.querySelector("button[type=submit]")?.setAttribute("disabled", "");
    announcer.textContent = screen.dataset.expired;
  }, `${words.timeLeft} `);
  main.querySelectorAll("button[data-available-in]").forEach((button) => {
    const label = button.textContent;
    const wait = document.createElement("span");
    button.append(" ", wait);
    countdown(Number(button.dataset.availableIn), wait, () => {
      button.textContent = label;
      if (button.dataset.was === undefined) button.disabled = false;
      else button.dataset.was = "";
    });
  });
}

function countdown(seconds, line, done, label = "") {
  const end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    if (line) line.textContent = `${label}${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left === 0) {
      clearInterval(timer);
      done(line);
    }
  };
  const timer = setInterval(tick, 500);
  timers.push(timer);
  tick();
}

async function fillPictures() {
  const screen = main.querySelector("[data-pictures]");
  const empty = () => [...main.querySelectorAll("[data-product]")].filter((slot) => !slot.firstChild);
  if (!screen || !empty().length) return;
  const { run: it } = JSON.parse(screen.dataset.pictures);
  try {
    const { pictures } = await call(it.function, it.params);
    for (const slot of empty()) {
      const address = pictures[slot.dataset.product];
      if (!address) continue;
      const image = new Image();
      image.alt = "";
      image.src = address;
      slot.append(image);
    }
  } catch {
    // A card without its picture is still a card.
  }
}

main.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (button && !button.closest("form")) act(JSON.parse(button.dataset.action));
});

main.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const waiting = photosNotReady(form, words);
  if (waiting) return notice(waiting, "warning");
  const digits = form.querySelector("input.code");
  if (digits) digits.value = digits.value.normalize("NFKC").replace(/[^0-9]/g, "").slice(0, Number(digits.dataset.digits));
  act(JSON.parse(form.dataset.action));
});

async function start() {
  host = await hostReady();
  if (!host) {
    const box = document.createElement("h1");
    box.id = "title";
    box.className = "outside";
    box.textContent = words.outside;
    main.replaceChildren(box);
    main.setAttribute("aria-busy", "false");
    return;
  }
  const language = read("language");
  words = wordsOf(language);
  if (language) document.documentElement.lang = String(language).slice(0, 2);
  if (read("appearance") === "dark") document.documentElement.dataset.theme = "dark";
  if (host.setSize) {
    new ResizeObserver(() => host.setSize({ height: Math.min(Math.ceil(main.getBoundingClientRect().height) + 1, TALLEST) })).observe(main);
  }
  const input = {};
  for (const key of ["orderId", "text", "nextCommand", "nextScreen"]) if (read(key)) input[key] = read(key);
  await show({ command: document.body.dataset.command, screen: read("screen"), input });
}

start();
