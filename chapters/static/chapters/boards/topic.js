/* The pages of discussion boards, better with script: what is read is marked as seen, votes and posts go without leaving. */
import { startComposer } from "./compose.js";
import { readJson, send } from "./send.js";

for (const form of document.querySelectorAll("[data-compose]")) startComposer(form);
for (const form of document.querySelectorAll("[data-helpful]")) form.addEventListener("submit", vote);
markSeen(document.querySelector("[data-topic]"));

/** Say that all of a topic was shown. The button that does the same without script is not needed then. */
async function markSeen(root) {
  const form = root?.querySelector("[data-seen]");
  if (!form || !root.dataset.seenUrl) return;
  const { status } = await send(root.dataset.seenUrl, new FormData(form));
  if (status === 204) form.hidden = true;
}

async function vote(event) {
  const form = event.currentTarget;
  const button = form.querySelector("button");
  event.preventDefault();
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const { status, answer } = await send(form.action, new FormData(form));
  button.removeAttribute("aria-busy");
  if (status !== 200) {
    form.submit(); // the page says why
    return;
  }
  const { helpful, is_helpful: isHelpful } = await readJson(answer);
  button.setAttribute("aria-pressed", String(isHelpful));
  form.elements.helpful.value = isHelpful ? "off" : "on";
  form.querySelector("[data-count]").textContent = new Intl.NumberFormat(document.documentElement.lang || "en").format(helpful);
}
