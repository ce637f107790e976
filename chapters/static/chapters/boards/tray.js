/* The pictures of a composer: each is sent as soon as there is a file and what it shows, and can be left out again. */
import { readJson, send } from "./send.js";

export function startTray(form) {
  const tray = form.querySelector("[data-tray]");
  if (!tray) return { sendAll: async () => true };
  const slots = [...tray.querySelectorAll("[data-slot]")];
  for (const slot of slots) slot.addEventListener("change", () => isReady(slot) && sendOne(form, tray, slot));
  showNext(slots);
  return { sendAll: () => sendAll(form, tray, slots) };
}

/** One free place at a time is enough where each picture goes by itself. */
function showNext(slots) {
  const free = slots.filter((slot) => slot.isConnected && !parts(slot).file.files.length);
  for (const [index, slot] of free.entries()) slot.hidden = index > 0;
}

function parts(slot) {
  return {
    file: slot.querySelector("input[type=file]"),
    alt: slot.querySelector("input:not([type=file])"),
    fault: slot.querySelector("[data-fault]"),
  };
}

function isReady(slot) {
  const { file, alt } = parts(slot);
  return file.files.length > 0 && alt.value.trim() !== "";
}

/** Send what has not gone yet; false where one was refused, and then its place says why. */
async function sendAll(form, tray, slots) {
  const waiting = slots.filter((slot) => slot.isConnected && parts(slot).file.files.length);
  const taken = [];
  for (const slot of waiting) taken.push(await sendOne(form, tray, slot));
  return taken.every(Boolean);
}

async function sendOne(form, tray, slot) {
  if (slot.dataset.sending) return slot.sending;
  slot.dataset.sending = "true";
  slot.sending = upload(form, tray, slot);
  const isTaken = await slot.sending;
  delete slot.dataset.sending;
  return isTaken;
}

async function upload(form, tray, slot) {
  const { file, alt, fault } = parts(slot);
  const fields = new FormData();
  fields.set("file", file.files[0]);
  fields.set("alt", alt.value);
  fields.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const { status, answer } = await send(form.dataset.uploadUrl, fields);
  const body = status ? await readJson(answer) : {};
  const isTaken = status === 201;
  fault.hidden = isTaken;
  fault.querySelector("span").textContent = isTaken ? "" : body.message || form.querySelector("[data-status]").dataset.offline;
  file.toggleAttribute("aria-invalid", !isTaken);
  if (isTaken) {
    tray.querySelector("[data-kept]").append(draw(tray, body));
    slot.remove();
    showNext([...tray.querySelectorAll("[data-slot]")]);
  } else {
    (body.field === "alt" ? alt : file).focus();
  }
  return isTaken;
}

function draw(tray, { uid, alt, url }) {
  const line = tray.querySelector("[data-kept-template]").content.firstElementChild.cloneNode(true);
  Object.assign(line.querySelector("img"), { src: url, alt });
  for (const input of line.querySelectorAll("input")) input.value = input.name === "picture_alt" ? alt : uid;
  line.querySelector("[data-alt]").textContent = alt;
  return line;
}
