/* A composer: sends its form without leaving the page, so that what fails is still there; previews; keeps a draft. */
import { keepDraft } from "./drafts.js";
import { readJson, readPage, send } from "./send.js";
import { startTray } from "./tray.js";

export function startComposer(form) {
  const draft = keepDraft(form);
  const tray = startTray(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    const isPreview = event.submitter?.value === "preview";
    await (isPreview ? showPreview(form) : post(form, event.submitter, tray, draft));
  });
}

async function post(form, button, tray, draft) {
  const said = button?.textContent;
  form.setAttribute("aria-busy", "true");
  if (button?.dataset.busy) button.textContent = button.dataset.busy;
  try {
    if (!(await tray.sendAll())) return;
    const { status, location, answer } = await send(form.action, new FormData(form));
    if (status === 204 && location) {
      draft.forget();
      goTo(location);
    } else if (status === 0) {
      say(form, form.querySelector("[data-status]").dataset.offline);
    } else {
      showRefusal(form, await readPage(answer));
    }
  } finally {
    form.removeAttribute("aria-busy");
    if (button) button.textContent = said;
  }
}

/** Go to an address, also where only what follows its # differs from where we are. */
function goTo(location) {
  const to = new URL(location, window.location.href);
  const isHere = to.pathname === window.location.pathname && to.search === window.location.search;
  window.location.assign(to);
  if (isHere) window.location.reload();
}

/** Put the form in which the site says what is wrong in the place of this one; other pages give their reason. */
function showRefusal(form, page) {
  const drawn = page.getElementById(form.id);
  if (!drawn) {
    say(form, page.querySelector('main [role="alert"]')?.textContent.trim() ?? form.querySelector("[data-status]").dataset.offline);
    return;
  }
  form.replaceWith(drawn);
  startComposer(drawn);
  const wrong = drawn.querySelector('[role="alert"], [aria-invalid="true"], textarea');
  wrong?.focus();
}

async function showPreview(form) {
  const area = form.querySelector("textarea");
  const fields = new FormData();
  fields.set("body", area.value);
  fields.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const { status, answer } = await send(form.dataset.previewUrl, fields);
  const body = status ? await readJson(answer) : {};
  if (status !== 200) {
    say(form, body.message || form.querySelector("[data-status]").dataset.offline);
    return;
  }
  const region = form.querySelector("[data-preview]");
  region.innerHTML = body.html; // cleaned by the site, as every post is
  region.hidden = !area.value.trim();
  say(form, "");
}

export function say(form, words) {
  const status = form.querySelector("[data-status]");
  status.classList.toggle("cs-status--bad", Boolean(words));
  status.textContent = words;
}
