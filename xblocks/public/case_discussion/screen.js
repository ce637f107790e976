/* What every screen of the case shares: run a call for a button, put the server's answer in its place, move the focus. */
import { startComposers } from "./composer.js";

const PLACES = ".cs-row, .cs-post__acts, .cs-split, form, th, li, section";

const placeOf = (button) => button.closest(PLACES) ?? button.parentElement;

/** The line in which a button's failure is said: the one of its own row, else a new one at the end of that row. */
function problemLine(button) {
  const place = placeOf(button);
  const lines = [...place.querySelectorAll("[data-problem]")];
  const known = lines.find((line) => placeOf(line) === place);
  if (known) return known;
  const line = document.createElement("p");
  line.className = "cs-status cs-status--bad";
  line.setAttribute("role", "alert");
  line.dataset.problem = "";
  place.append(line);
  return line;
}

/** Run a call for a button; what went wrong is said beside it. */
export async function attempt(view, button, call, { isQuiet = false } = {}) {
  if (button.getAttribute("aria-busy") === "true" || button.getAttribute("aria-disabled") === "true") return null;
  button.setAttribute("aria-busy", "true");
  for (const line of placeOf(button).querySelectorAll("[data-problem]")) line.textContent = "";
  try {
    const answer = await call();
    if (!isQuiet) view.apply(answer);
    return answer;
  } catch (error) {
    problemLine(button).textContent = error.message;
    return null;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

export function apply(view, answer, form) {
  if (answer.region !== undefined) {
    const texts = beingWritten(view, form);
    view.region.innerHTML = answer.region; // rendered and sanitised by our own handler
    bringBack(view, texts);
    wake(view);
    focusOn(view.region.querySelector(`[data-focus="${answer.focus}"]`));
    return;
  }
  for (const [name, html] of Object.entries(answer.parts ?? {})) {
    const part = view.region.querySelector(`[data-part="${name}"]`);
    if (part) part.innerHTML = html;
  }
  if (answer.post) placePost(view, answer, form);
  wake(view);
}

/** What stands unposted in other fields: the server may have drawn the screen before it got the last draft. */
export function beingWritten(view, posted) {
  const forms = [...view.region.querySelectorAll("form[data-compose]")].filter((form) => form !== posted);
  const changed = forms.filter((form) => form.elements.text.value !== form.elements.text.defaultValue);
  return changed.map((form) => [form.dataset.draftName, form.elements.text.value]);
}

export function bringBack(view, texts) {
  for (const [name, text] of texts) {
    const form = view.region.querySelector(`form[data-draft-name="${CSS.escape(name)}"]`);
    const post = view.region.querySelector(`[data-post="${CSS.escape(name.replace("answer:", ""))}"]`);
    if (form) form.elements.text.value = text;
    else if (post) post.dataset.draft = text;
  }
}

/** Put a post where it belongs: over its older self, or below the post it answers. */
function placePost(view, answer, form) {
  const [post] = parse(answer.post);
  const older = view.region.querySelector(`[data-post="${answer.post_id}"]`);
  const parent = form?.closest("[data-post]");
  form?.closest("[data-answer-form]")?.remove();
  if (older) {
    const replies = older.querySelector("[data-replies]");
    older.replaceWith(post);
    if (replies && !post.querySelector("[data-replies]")) post.querySelector(":scope > div").append(replies);
  } else if (parent) {
    const top = parent.parentElement.closest("[data-post]") ?? parent;
    const replies = top.querySelector("[data-replies]");
    replies.hidden = false;
    replies.open = true;
    if (answer.summary) replies.querySelector("summary").textContent = answer.summary;
    replies.querySelector("[data-replies-list]").append(post);
    top.querySelector("[data-unanswered]")?.remove();
  }
  const line = post.querySelector("[data-status]");
  if (line) line.textContent = answer.status;
  post.tabIndex = -1;
  focusOn(post);
}

export function focusOn(element) {
  if (!element) return;
  if (!element.matches("button, textarea, a, input, [tabindex]")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest" });
}

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html; // rendered and sanitised by our own handler
  return [...template.content.children];
}

/** Start what only lives with script: counters and drafts, and "Show all" where a text is cut. */
export function wake(view) {
  startComposers(view);
  for (const text of view.region.querySelectorAll("[data-clip]")) {
    const isCut = text.scrollHeight > text.clientHeight + 2;
    const button = text.closest(".cs-post, .cs-card").querySelector("[data-do=unclip]");
    if (button) button.hidden = !isCut;
    if (!isCut) text.classList.remove("cs-clip");
  }
}
