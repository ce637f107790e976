/* The learner's block: one place for presses, one for answers of the server. */
import { caller } from "./calls.js";
import { postActs } from "./posts.js";
import { apply, attempt, focusOn, parse, wake } from "./screen.js";

export function start({ runtime, root, options }) {
  const region = root.querySelector("[data-region]");
  if (!region || region.dataset.started) return;
  region.dataset.started = "true";
  const view = {
    region,
    options,
    order: region.querySelector("[data-order][aria-pressed=true]")?.dataset.order ?? "unanswered",
    call: caller(runtime, root, "learner_action", options.failure, options.person),
  };
  view.apply = (answer, form) => apply(view, answer, form);
  const acts = { ...caseActs, ...postActs };
  region.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    const act = button && acts[button.dataset.do];
    if (!act) return;
    event.preventDefault();
    act(view, button);
  });
  region.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-report]");
    if (!form) return;
    event.preventDefault();
    postActs.report(view, form);
  });
  wake(view);
}

export const caseActs = {
  async start(view, button) {
    await attempt(view, button, () => view.call("start", { order: view.order }));
  },

  async order(view, button) {
    const answer = await attempt(view, button, () => view.call("show", { order: button.dataset.order }), { isQuiet: true });
    if (!answer) return;
    view.order = button.dataset.order;
    const wasOpen = Boolean(button.closest("details[open]"));
    apply(view, answer);
    if (wasOpen) view.region.querySelector("[data-peers]")?.closest("details")?.setAttribute("open", "");
    view.region.querySelector(`[data-order="${view.order}"]`)?.focus({ preventScroll: true });
  },

  async more(view, button) {
    const page = Number(button.dataset.page);
    const answer = await attempt(view, button, () => view.call("more", { order: view.order, page }), { isQuiet: true });
    if (!answer) return;
    const list = button.closest("[data-peers]").querySelector("[data-list]");
    const known = new Set([...list.children].map((post) => post.dataset.post));
    const added = parse(answer.html).filter((post) => !known.has(post.dataset.post));
    list.append(...added);
    button.dataset.page = String(page + 1);
    button.hidden = !answer.has_more;
    focusOn(added[0]);
    wake(view);
  },

  go(view, link) {
    const target = view.region.querySelector(`[data-focus="${link.dataset.to}"]`);
    target?.closest("details")?.setAttribute("open", "");
    target?.scrollIntoView({ block: "nearest" });
    target?.focus({ preventScroll: true });
  },

  unclip(view, button) {
    const text = button.closest(".cs-post, .cs-card").querySelector("[data-clip]");
    text.classList.remove("cs-clip");
    delete text.dataset.clip;
    button.hidden = true;
  },

};
