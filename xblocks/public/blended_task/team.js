/* The course team's panel of a blended task: the table with its filters, one learner, decisions, posts, questions. */
import { caller } from "../case_discussion/calls.js";
import { attempt, focusOn } from "../case_discussion/screen.js";

const NUMBERS = ["page", "part", "user", "post", "report", "decision", "appeal"];
const TEXTS = ["show", "stage"];

export function start({ runtime, root, options }) {
  const region = root.querySelector("[data-region]");
  if (!region || region.dataset.started) return;
  region.dataset.started = "true";
  const view = { region, filters: {}, team: caller(runtime, root, "team_action", options.failure, options.person) };
  region.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.do) fold(button);
    else if (button.dataset.teamPage) turn(view, button, { page: Number(button.dataset.teamPage) });
    else if ("teamPart" in button.dataset) turn(view, button, { part: Number(button.dataset.part) });
    else if (button.dataset.team) run(view, button, button.dataset.team, told(view, button));
  });
  region.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-team]");
    if (!form) return;
    event.preventDefault();
    const act = event.submitter?.value || form.querySelector("[data-act]")?.value || form.dataset.team;
    const data = { ...told(view, form), ...Object.fromEntries(new FormData(form)) };
    if ("filters" in form.dataset) view.filters = Object.fromEntries(new FormData(form));
    run(view, event.submitter, act, data);
  });
  region.addEventListener("change", (event) => {
    if (event.target.matches("[data-act]")) showOnlyWhatApplies(event.target);
  });
  wake(view);
}

/** What an element says an act is about; the way back to the table keeps the filters. */
function told(view, element) {
  if ("back" in element.dataset) return { ...view.filters };
  const data = {};
  for (const name of NUMBERS) if (element.dataset[name] !== undefined) data[name] = Number(element.dataset[name]);
  for (const name of TEXTS) if (element.dataset[name]) data[name] = element.dataset[name];
  if (element.dataset.upheld) data.is_upheld = element.dataset.upheld === "true";
  if (element.dataset.team === "overview" && !element.matches("form")) view.filters = data;
  const stage = element.closest("[data-stage]")?.dataset.stage;
  return stage && element.dataset.team !== "overview" ? { stage, ...data } : data;
}

function turn(view, button, where) {
  const part = view.region.querySelector("[data-team-part][aria-pressed=true]")?.dataset.part ?? "0";
  run(view, button, "overview", { part: Number(part), ...view.filters, ...where });
}

async function run(view, button, act, data) {
  const form = button.closest("form[data-team]");
  markField(form, "");
  const answer = await attempt(view, button, () => view.team(act, data).catch((error) => mark(form, error)), {
    isQuiet: true,
  });
  if (!answer) return;
  view.region.innerHTML = answer.panel; // rendered and sanitised by our own handler
  wake(view);
  focusOn(view.region.querySelector("[data-focus=panel]"));
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

function fold(button) {
  const opener = button.dataset.do === "fold" ? openerOf(button) : button;
  const part = document.getElementById(opener.getAttribute("aria-controls"));
  part.hidden = button.dataset.do === "fold" || !part.hidden;
  opener.setAttribute("aria-expanded", String(!part.hidden));
  if (part.hidden) focusOn(opener);
  else focusOn(part.querySelector("input"));
}

function openerOf(button) {
  const part = button.closest(".cs-unfold");
  return part.parentElement.querySelector(`[aria-controls="${CSS.escape(part.id)}"]`);
}

function wake(view) {
  for (const select of view.region.querySelectorAll("[data-act]")) showOnlyWhatApplies(select);
}

/** A decision needs a date or a share, not both: what it does not need is neither seen nor sent. */
function showOnlyWhatApplies(select) {
  for (const part of select.closest("form").querySelectorAll("[data-for]")) {
    part.hidden = part.dataset.for !== select.value;
    for (const input of part.querySelectorAll("input")) input.disabled = part.hidden;
  }
}
