/* The learner's timeline: one place for presses, one for answers; each stage is a view of its own for its posts. */
import { caller } from "../case_discussion/calls.js";
import { caseActs } from "../case_discussion/learner.js";
import { postActs } from "../case_discussion/posts.js";
import { apply, attempt, beingWritten, bringBack, focusOn, wake } from "../case_discussion/screen.js";
import { send } from "./forms.js";

export function start({ runtime, root, options }) {
  const region = root.querySelector("[data-region]");
  if (!region || region.dataset.started) return;
  region.dataset.started = "true";
  const task = { region, options, stages: new Map() };
  task.call = caller(runtime, root, "learner_action", options.failure, options.person);
  task.callStage = caller(runtime, root, "stage_action", options.failure, options.person);
  task.apply = (answer, form) => redraw(task, answer, form);
  region.addEventListener("click", (event) => press(task, event));
  region.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const view = viewOf(task, form);
    if (form.matches("[data-form]")) send(view, form);
    else if (form.matches("[data-report]")) postActs.report(view, form);
  });
  region.addEventListener("change", (event) => {
    const field = event.target.closest("[data-draft]");
    if (field) viewOf(task, field).call("draft", { name: field.dataset.draft, text: field.value }).catch(() => {});
  });
  wakeStages(task);
}

const acts = { ...caseActs, ...postActs };

function press(task, event) {
  const button = event.target.closest("[data-do], [data-act]:not(form)");
  if (!button) return;
  const act = taskActs[button.dataset.do] ?? acts[button.dataset.do];
  const view = viewOf(task, button);
  if (act) {
    event.preventDefault();
    act(view, button);
  } else if (button.dataset.act) {
    event.preventDefault();
    attempt(view, button, () => view.call(button.dataset.act));
  }
}

const taskActs = {
  async wish(view, button) {
    const isWished = button.getAttribute("aria-pressed") !== "true";
    const sitting = Number(button.dataset.sitting);
    await attempt(view, button, () => view.call("wish", { sitting, is_wished: isWished }));
  },

  "go-stage": (task, link) => {
    const stage = task.region.querySelector(`[data-stage="${CSS.escape(link.dataset.to)}"]`);
    stage?.scrollIntoView({ block: "start" });
    stage?.querySelector("[data-focus=title]")?.focus({ preventScroll: true });
  },

  /** What cannot be done yet says why: the reason stands beside it and gets the focus. */
  reason(view, button) {
    focusOn(document.getElementById(button.getAttribute("aria-describedby")));
  },
};

/** The view of the stage in which something stands, else that of the task. */
function viewOf(task, element) {
  const stage = element.closest("[data-stage]");
  if (!stage) return task;
  const id = stage.dataset.stage;
  const known = task.stages.get(id);
  if (known && known.stage === stage) return known;
  const options = { ...task.options, id: `${task.options.id}.${id}` };
  const view = {
    stage,
    region: stage.querySelector("[data-discussion]") ?? stage,
    options,
    order: stage.querySelector("[data-order][aria-pressed=true]")?.dataset.order ?? "unanswered",
    call: (act, data, how) => task.callStage(`${id}/${act}`, data, how),
  };
  view.apply = (answer, form) => {
    if (answer.task !== undefined) redraw(task, answer, form);
    else apply(view, answer, form);
    if (answer.head !== undefined) task.region.querySelector("[data-top]").innerHTML = answer.head;
  };
  task.stages.set(id, view);
  return view;
}

function wakeStages(task) {
  for (const stage of task.region.querySelectorAll("[data-stage]")) wake(viewOf(task, stage));
}

/** Put the whole timeline in its place: what stands unposted in other stages and what was unfolded stays so. */
function redraw(task, answer, form) {
  const stages = [...task.region.querySelectorAll("[data-stage]")];
  const texts = stages.map((stage) => [stage.dataset.stage, beingWritten({ region: stage }, form)]);
  task.region.innerHTML = answer.task; // rendered and sanitised by our own handler
  for (const [id, written] of texts) {
    const stage = task.region.querySelector(`[data-stage="${CSS.escape(id)}"]`);
    if (stage) bringBack({ region: stage }, written);
  }
  wakeStages(task);
  const place = answer.stage ? task.region.querySelector(`[data-stage="${CSS.escape(answer.stage)}"]`) : task.region;
  if (answer.focus) focusOn(place?.querySelector(`[data-focus="${answer.focus}"]`));
}
