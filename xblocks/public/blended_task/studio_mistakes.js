/* Why a form was not saved: a list on top, with links, and every mistake at its field, in a card that is opened. */
import { unfold } from "./studio_stages.js";

export function clearMistakes(root) {
  root.querySelector("[data-summary]").hidden = true;
  root.querySelector("[data-summary-acts]").hidden = true;
  for (const line of root.querySelectorAll(".cs-field__error")) line.remove();
  for (const tag of root.querySelectorAll("[data-mistakes]")) tag.hidden = true;
  for (const input of root.querySelectorAll("[data-mistake]")) {
    input.removeAttribute("aria-invalid");
    describe(input, input.dataset.mistake, false);
    delete input.dataset.mistake;
  }
}

export function showMistakes(view, error) {
  const { root, options } = view;
  clearMistakes(root);
  const summary = root.querySelector("[data-summary]");
  summary.querySelector("[data-summary-title]").textContent = error.message;
  const lines = error.fields.filter((mistake) => mistake.summary);
  summary.querySelector("[data-summary-list]").replaceChildren(...lines.map((mistake) => summaryLine(view, mistake)));
  for (const mistake of error.fields.filter((one) => one.field)) markField(view, mistake);
  tagCards(root, options.words);
  offerAnyway(summary, error, options.words);
  summary.hidden = false;
  summary.focus({ preventScroll: true });
  summary.scrollIntoView({ block: "nearest" });
}

/** A form that was overtaken, and one that changes results, can be saved all the same: once its author knows. */
function offerAnyway(summary, error, words) {
  const button = summary.querySelector("[data-anyway]");
  const version = error.fields[0]?.version ?? "";
  const labels = { stale: words.save_over, changes_results: words.save_anyway };
  button.dataset.version = error.code === "stale" ? version : "";
  button.dataset.confirmed = error.code === "changes_results" ? version : "";
  button.textContent = labels[error.code] ?? "";
  summary.querySelector("[data-summary-acts]").hidden = !labels[error.code];
}

const idOf = (view, mistake) => [view.options.id, mistake.stage, mistake.field].filter(Boolean).join("-");

function summaryLine(view, mistake) {
  const item = document.createElement("li");
  if (!mistake.field) {
    item.textContent = mistake.summary;
    return item;
  }
  const link = document.createElement("a");
  link.href = `#${idOf(view, mistake)}`;
  link.textContent = mistake.summary;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const input = document.getElementById(idOf(view, mistake)) ?? nearest(view, mistake);
    unfold(input.closest("[data-card]"));
    input.focus();
  });
  item.append(link);
  return item;
}

const placeOf = (view, mistake) =>
  mistake.stage
    ? view.root.querySelector(`[data-stage="${CSS.escape(mistake.stage)}"]`)
    : view.root.querySelector("[data-task]").closest("[data-card]");

/** What to go to for a mistake that has no field of its own: its stage, or the place where stages are added. */
function nearest(view, mistake) {
  if (mistake.stage) return placeOf(view, mistake).querySelector("[data-fold]");
  return view.root.querySelector("[data-adding] [data-open-panel]");
}

function markField(view, mistake) {
  const place = placeOf(view, mistake);
  const field = place?.querySelector(`[data-field="${CSS.escape(mistake.field)}"]`);
  const input = document.getElementById(idOf(view, mistake));
  if (!field || !input) {
    if (mistake.stage) place?.querySelector("[data-card]").append(mistakeLine(view, mistake));
    return;
  }
  unfold(field.closest("[data-card]"));
  const line = mistakeLine(view, mistake);
  field.append(line);
  input.dataset.mistake = line.id;
  if (!input.matches("fieldset")) input.setAttribute("aria-invalid", "true");
  describe(input, line.id, true);
}

function mistakeLine(view, mistake) {
  const line = document.createElement("p");
  line.className = "cs-field__error";
  line.id = `${idOf(view, mistake)}-mistake`;
  const icon = view.root.querySelector("[data-summary] > .cs-icon").cloneNode(true);
  icon.classList.add("cs-icon--s");
  const text = document.createElement("span");
  text.textContent = mistake.message;
  line.append(icon, text);
  return line;
}

function tagCards(root, words) {
  for (const card of root.querySelectorAll("[data-stage]")) {
    const count = card.querySelectorAll(".cs-field__error").length;
    card.querySelector("[data-mistakes]").hidden = !count;
    const message = count === 1 ? words.fields_one : words.fields_other;
    card.querySelector("[data-mistakes-text]").textContent = message.replace("{count}", String(count));
  }
}

function describe(input, id, isOn) {
  const ids = new Set((input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (isOn) ids.add(id);
  else ids.delete(id);
  if (ids.size) input.setAttribute("aria-describedby", [...ids].join(" "));
  else input.removeAttribute("aria-describedby");
}
