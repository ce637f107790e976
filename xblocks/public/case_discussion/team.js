/* The course team's panel: tabs, learners, reports, decisions. Answers to posts go the learner's way. */
import { caller } from "./calls.js";
import { postActs } from "./posts.js";
import { apply, attempt, focusOn, wake } from "./screen.js";

export function start({ runtime, root, options }) {
  const region = root.querySelector("[data-region]");
  if (!region || region.dataset.started) return;
  region.dataset.started = "true";
  const view = {
    region,
    options,
    order: "unanswered",
    call: caller(runtime, root, "learner_action", options.failure, options.person),
    team: caller(runtime, root, "team_action", options.failure, options.person),
  };
  view.apply = (answer, form) => apply(view, answer, form);
  region.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do], [data-team]");
    if (!button || button.matches("form")) return;
    event.preventDefault();
    if (button.dataset.team) run(view, button, button.dataset.team, numbers(button.dataset));
    else postActs[button.dataset.do]?.(view, button);
  });
  region.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-team]");
    if (!form) return;
    event.preventDefault();
    run(view, event.submitter, event.submitter?.value || form.dataset.team, {
      ...numbers(form.dataset),
      ...Object.fromEntries(new FormData(form)),
    });
  });
  wake(view);
}

/** Data attributes as the handler wants them: numbers as numbers, yes and no as true and false. */
function numbers(dataset) {
  const told = {};
  for (const name of ["show", "page", "user", "post", "report", "upheld"]) {
    const value = dataset[name];
    if (value === undefined) continue;
    if (name === "upheld") told.is_upheld = value === "true";
    else told[name] = name === "show" ? value : Number(value);
  }
  return told;
}

async function run(view, button, act, data) {
  const form = button.closest("form[data-team]");
  markField(form, "");
  try {
    const answer = await attempt(view, button, () => view.team(act, data).catch((error) => mark(form, error)), {
      isQuiet: true,
    });
    if (!answer) return;
    if (answer.panel === undefined) {
      say(button, answer.status);
      return;
    }
    keepClosingText(view, act);
    view.region.innerHTML = answer.panel; // rendered and sanitised by our own handler
    bringClosingText(view);
    wake(view);
    focusOn(view.region.querySelector("[data-focus=panel]"));
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** A closing text that was not sent outlives a look at posts and learners. */
function keepClosingText(view, act) {
  const area = view.region.querySelector("[data-closing-text]");
  if (area) view.closingText = area.value === area.defaultValue ? undefined : area.value;
  if (act === "close") view.closingText = undefined;
}

function bringClosingText(view) {
  const area = view.region.querySelector("[data-closing-text]");
  if (area && view.closingText !== undefined) area.value = view.closingText;
}

function mark(form, error) {
  markField(form, error.field);
  throw error;
}

function markField(form, name) {
  for (const input of form?.querySelectorAll("input, textarea") ?? []) {
    if (name && input.name === name) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}

function say(button, status) {
  const line = button.closest(".cs-row")?.querySelector("[data-problem]");
  if (line) line.textContent = status;
}
