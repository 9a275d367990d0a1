// A form field that takes photos: chosen or taken, uploaded at once, one address a file, and a tile for each.
"use strict";

const PHOTO_TYPES = ["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"];
const PHOTO_NAMES = [".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"];
const TILE_PX = 176;
const BUSY_TRIES = 3;
const pictures = new Map(); // upload ref → canvas: a screen that comes back shows its photos again

function showPhotos(box, words, call, say) {
  const field = box.querySelector("input[type=hidden]");
  const { run } = JSON.parse(box.dataset.upload);
  const most = Number(box.dataset.most);
  const tiles = document.createElement("ul");
  tiles.className = "tiles";
  const bar = document.createElement("div");
  bar.className = "photo-bar";
  const count = document.createElement("span");
  count.className = "photo-count";
  const inputs = [chooser(words.photoAdd, { multiple: true }), chooser(words.photoShoot, { capture: "environment" })];
  bar.append(...inputs, count);
  field.after(tiles, bar);

  // What was wrong with the field was true of what it held when it came.
  const came = field.value;
  const settled = () => {
    const error = box.querySelector(":scope > .error");
    if (!error || field.value === came) return;
    error.remove();
    box.classList.remove("wrong");
    box.removeAttribute("aria-describedby");
  };
  const kept = () => [...tiles.children].filter((tile) => !tile.dataset.failed);
  const update = () => {
    field.value = kept().map((tile) => tile.dataset.ref).filter(Boolean).join(",");
    if (field.value) settled();
    [...tiles.children].forEach((tile, at) => tile.rename(at + 1));
    count.textContent = fill(words.photoCount, { count: kept().length, most });
    inputs.forEach((input) => input.classList.toggle("full", kept().length >= most));
    box.querySelectorAll("input[type=file]").forEach((input) => { input.disabled = kept().length >= most; });
  };
  const remove = (tile) => {
    tile.stop?.();
    const next = tile.nextElementSibling || tile.previousElementSibling;
    tile.remove();
    update();
    say(words.photoRemoved);
    (next?.querySelector("button") || bar.querySelector("input")).focus();
  };
  const add = (file) => {
    const tile = tileFor(words, remove);
    tiles.append(tile);
    update();
    tile.upload(file, run, call).then((sentence) => {
      update();
      if (tile.isConnected) say(sentence);
    });
  };

  field.value.split(",").filter(Boolean).forEach((ref) => {
    const tile = tileFor(words, remove);
    tile.done(ref);
    tiles.append(tile);
  });
  update();
  bar.addEventListener("change", (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    const room = most - kept().length;
    tiles.querySelectorAll("[data-failed]").forEach((tile) => tile.remove());
    files.slice(0, room).forEach(add);
    if (files.length > room) {
      count.textContent = fill(words.photoTooMany, { most });
      say(count.textContent);
    }
  });
}

function chooser(text, { multiple = false, capture = "" }) {
  const label = document.createElement("label");
  label.className = `photo-add${capture ? " shoot" : ""}`;
  const input = document.createElement("input");
  input.type = "file";
  input.accept = [...PHOTO_TYPES, ...PHOTO_NAMES].join(",");
  input.multiple = multiple;
  if (capture) input.setAttribute("capture", capture);
  label.append(text, input);
  return label;
}

function tileFor(words, remove) {
  const tile = document.createElement("li");
  tile.className = "tile";
  const frame = document.createElement("span");
  frame.className = "frame";
  const progress = document.createElement("progress");
  progress.max = 100;
  const text = document.createElement("span");
  text.className = "tile-text";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tile-remove";
  button.addEventListener("click", () => remove(tile));
  tile.append(frame, progress, text, button);

  let number = 1;
  const name = () => fill(words.photoName, { number });
  tile.rename = (now) => {
    number = now;
    progress.setAttribute("aria-label", fill(words.photoLoading, { number }));
    button.setAttribute("aria-label", fill(words.photoRemove, { number }));
    frame.firstChild?.setAttribute("aria-label", name());
    if (!tile.dataset.failed) text.textContent = name();
  };
  const picture = (canvas) => {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", name());
    frame.replaceChildren(canvas);
  };
  tile.done = (ref) => {
    tile.dataset.ref = ref;
    progress.remove();
    if (pictures.has(ref)) picture(pictures.get(ref));
  };
  const fail = (sentence) => {
    tile.dataset.failed = "1";
    progress.remove();
    text.className = "tile-text error";
    text.textContent = sentence;
    return `${name()}: ${sentence}`;
  };
  tile.upload = async (file, run, call) => {
    const drawn = drawing(file);
    drawn.then((canvas) => canvas && picture(canvas));
    tile.dataset.loading = "1";
    try {
      const ref = await sent(file, run, call, words, progress, tile);
      const canvas = await drawn;
      if (canvas) pictures.set(ref, canvas);
      tile.done(ref);
      return fill(words.photoLoaded, { number });
    } catch (error) {
      return fail((error && error.type && error.type !== "internal" && error.message) || words.photoFailed);
    } finally {
      delete tile.dataset.loading;
    }
  };
  return tile;
}

// An address for one file, then the file. A busy server is asked again with a new address.
async function sent(file, run, call, words, progress, tile) {
  for (let tries = 1; ; tries += 1) {
    const { uploadUrl, maxBytes } = await call(run.function, run.params);
    if (file.size > maxBytes) throw { type: "invalidParams", message: words.photoTooLarge };
    const { status, answer, wait } = await post(new URL(uploadUrl).pathname, file, progress, tile);
    if (status === 201) return answer.uploadRef;
    if (status !== 503 || !wait || tries === BUSY_TRIES || !tile.isConnected) throw answer.error;
    await new Promise((done) => setTimeout(done, wait * 1000));
  }
}

function post(path, file, progress, tile) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file, "photo");
    request.open("POST", path);
    request.setRequestHeader("accept", "application/json");
    request.upload.onprogress = ({ loaded, total }) => { progress.value = Math.round((loaded / total) * 100); };
    request.onerror = request.onabort = () => reject(null);
    request.onload = () => {
      try {
        resolve({ status: request.status, answer: JSON.parse(request.responseText), wait: Number(request.getResponseHeader("retry-after")) });
      } catch {
        reject(null);
      }
    };
    tile.stop = () => request.abort();
    request.send(body);
  });
}

// A canvas needs no blob: in the page's policy. A picture that this browser cannot draw keeps an empty frame.
async function drawing(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.max(TILE_PX / bitmap.width, TILE_PX / bitmap.height);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = TILE_PX;
    const [width, height] = [bitmap.width * scale, bitmap.height * scale];
    canvas.getContext("2d").drawImage(bitmap, (TILE_PX - width) / 2, (TILE_PX - height) / 2, width, height);
    bitmap.close();
    return canvas;
  } catch {
    return undefined;
  }
}

function photosNotReady(form, words) {
  return form.querySelector(".tile[data-loading]") ? words.photoWait : "";
}

function fill(sentence, facts) {
  return sentence.replace(/\[(\w+)\]/g, (_, key) => facts[key]);
}
