/* The author's form of a blended task: stages as cards, saving with every mistake named, a preview drawn by the server. */
import { caller } from "../case_discussion/calls.js";
import { clearMistakes, showMistakes } from "./studio_mistakes.js";
import { startStages } from "./studio_stages.js";
import { collect } from "./studio_values.js";

const PREVIEW_AFTER = 400;

export function start({ runtime, root, options }) {
  const form = root.querySelector("form");
  if (form.dataset.started) return;
  form.dataset.started = "true";
  const view = { runtime, root, form, options, version: options.version, confirmed: "" };
  view.call = caller(runtime, root, "author_action", options.failure);
  view.collect = () => collect(form);
  view.say = (text) => (root.querySelector("[data-status]").textContent = text);
  startPreview(view);
  startStages(view);
  startLeaving(view);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(view);
  });
  root.querySelector("[data-anyway]").addEventListener("click", (event) => {
    const { version, confirmed } = event.currentTarget.dataset;
    if (version) view.version = version;
    if (confirmed) view.confirmed = confirmed;
    save(view);
  });
}

async function save(view) {
  const { runtime, root, form, call, options } = view;
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => view.say(root.querySelector("button[type=submit]").dataset.busy), 400);
  runtime.notify("save", { state: "start" });
  try {
    await call("submit", { ...view.collect(), version: view.version, confirmed: view.confirmed });
    view.isSaved = true;
    clearMistakes(root);
    runtime.notify("save", { state: "end" });
  } catch (error) {
    runtime.notify("save", { state: "end-with-errors" });
    runtime.notify("error", { title: options.words.not_saved, message: "" });
    showMistakes(view, error);
  } finally {
    clearTimeout(slow);
    view.say("");
    form.removeAttribute("aria-busy");
  }
}

/** Cancel asks once where something was changed; what was asked stands where the press was. */
function startLeaving(view) {
  const { root, runtime, options } = view;
  const before = JSON.stringify(view.collect());
  const question = root.querySelector("[data-leaving]");
  const cancel = root.querySelector("[data-cancel]");
  const ask = (isAsked) => {
    question.hidden = !isAsked;
    root.querySelector("[data-leaving-text]").textContent = isAsked ? options.words.unsaved : "";
  };
  cancel.addEventListener("click", () => {
    if (JSON.stringify(view.collect()) === before) runtime.notify("cancel", {});
    else {
      ask(true);
      root.querySelector("[data-stay]").focus({ preventScroll: true });
    }
  });
  root.querySelector("[data-discard]").addEventListener("click", () => runtime.notify("cancel", {}));
  root.querySelector("[data-stay]").addEventListener("click", () => {
    ask(false);
    cancel.focus({ preventScroll: true });
  });
}

/** Draw the learner's view, the weights and the folded lines after a pause; the answer to an older form is dropped. */
function startPreview(view) {
  const { root, form, call } = view;
  const place = root.querySelector("[data-preview]");
  let timer = 0;
  let latest = 0;
  const chosen = {};

  const draw = async () => {
    const mine = ++latest;
    const answer = await call("preview", { ...view.collect(), ...chosen }).catch(() => null);
    if (!answer || mine !== latest) return;
    replaceKeepingFocus(place, answer.preview);
    replaceKeepingFocus(root.querySelector("[data-weights]"), answer.weights);
    root.querySelector("[data-task-line]").textContent = answer.task_line;
    for (const stage of answer.stages) {
      const card = form.querySelector(`[data-stage="${CSS.escape(stage.id)}"]`);
      if (card) card.querySelector("[data-line]").textContent = stage.line;
    }
  };
  view.redraw = (after = PREVIEW_AFTER) => {
    clearTimeout(timer);
    timer = setTimeout(draw, after);
  };
  form.addEventListener("input", () => view.redraw());
  place.addEventListener("change", (event) => {
    if (event.target.matches("[data-sitting]")) delete chosen.day; // another sitting is looked at on its own day
    chosen[event.target.matches("[data-day]") ? "day" : "sitting"] = event.target.value;
    view.redraw(0);
  });
}

function replaceKeepingFocus(place, html) {
  const held = place.contains(document.activeElement) ? document.activeElement.id : "";
  place.innerHTML = html; // rendered and escaped by our own handler
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
}
