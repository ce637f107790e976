/* A text that is being written: it is counted while typing with the evaluator's rules, kept as a draft, and posted. */
import { counter, effectiveMinimum } from "./words.js";
import { draftKeeper } from "./drafts.js";
import { blame, forgive } from "./mistakes.js";

const BUSY_AFTER = 400;
const ANNOUNCE_AFTER = 5000;
const NEARLY = 0.9;

export function startComposers(view) {
  for (const form of view.region.querySelectorAll("[data-compose]")) {
    if (form.dataset.started) continue;
    form.dataset.started = "true";
    startComposer(view, form);
  }
}

function startComposer(view, form) {
  const area = form.elements.text;
  const button = form.querySelector("button[type=submit]");
  const state = {
    view,
    form,
    area,
    button,
    isLocked: button.getAttribute("aria-disabled") === "true",
    least: Number(form.dataset.least),
    most: Number(form.dataset.most),
    measure: counter(excluded(view, form)),
    keeper: draftKeeper(view, form),
    isEnough: false,
  };
  const isBrought = state.keeper.restore();
  area.addEventListener("input", () => count(state, { isTyping: true }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    post(state);
  });
  count(state, { isTyping: false });
  if (isBrought) form.querySelector("[data-saved]").textContent = view.options.words.restored;
}

/** What the evaluator leaves out: the case, its question and the post that is answered. */
function excluded(view, form) {
  const quotes = view.region.querySelector("script[type='application/json']");
  const texts = quotes ? JSON.parse(quotes.textContent) : [];
  const parent = form.closest("[data-answer-form]")?.closest("[data-post]");
  const body = parent?.querySelector(".cs-post__body");
  return body ? [...texts, body.textContent] : texts;
}

function count(state, { isTyping }) {
  const { area, form, view } = state;
  const { words, language, factors } = view.options;
  const { counted } = state.measure(area.value);
  const least = effectiveMinimum(area.value, state.least, { factors, language });
  const over = state.most ? counted - effectiveMinimum(area.value, state.most, { factors, language }) : 0;
  const isEnough = counted >= Math.max(least, 1) && over <= 0;
  const bar = form.querySelector("progress");
  bar.max = Math.max(least, 1);
  bar.value = Math.min(counted, bar.max);
  bar.classList.toggle("is-ok", isEnough);
  const [head, rest] = say(words, { counted, least, over });
  form.querySelector("[data-counted]").textContent = head;
  form.querySelector("[data-rest]").textContent = rest;
  if (!state.isLocked) state.button.toggleAttribute("aria-disabled", false);
  if (!state.isLocked && !isEnough) state.button.setAttribute("aria-disabled", "true");
  if (isTyping) announce(state, { isEnough, text: `${head} ${rest}`, counted });
  state.isEnough = isEnough;
}

function say(words, { counted, least, over }) {
  const form = (texts, number) => (number === 1 ? texts.one : texts.other);
  if (counted < least) {
    const head = form(words.of, least).replace("{count}", counted).replace("{least}", least);
    return [head, words.to_go.replace("{left}", least - counted)];
  }
  const head = form(words.counted, counted).replace("{count}", counted);
  if (over > 0) return [head, words.over.replace("{over}", over)];
  return [head, counted ? words.enough : ""];
}

/** Readers hear the count when typing rests, and at once when the minimum is reached or the limit is near. */
function announce(state, { isEnough, text, counted }) {
  const line = state.form.querySelector("[data-announce]");
  clearTimeout(state.timer);
  const isNear = state.most && counted >= state.most * NEARLY && !state.wasNear;
  if (isNear) {
    state.wasNear = true;
    line.textContent = state.view.options.words.limit;
  } else if (isEnough && !state.isEnough) {
    line.textContent = text;
  } else {
    state.timer = setTimeout(() => (line.textContent = text), ANNOUNCE_AFTER);
  }
}

async function post(state) {
  const { view, form, area, button, keeper } = state;
  if (button.getAttribute("aria-disabled") === "true") {
    const reason = document.getElementById(button.getAttribute("aria-describedby"));
    reason.tabIndex = -1;
    reason.focus({ preventScroll: true });
    return;
  }
  if (form.getAttribute("aria-busy") === "true") return;
  const label = button.textContent;
  form.setAttribute("aria-busy", "true");
  forgive(form);
  const slow = setTimeout(() => {
    button.textContent = form.dataset.busy;
  }, BUSY_AFTER);
  keeper.pause();
  try {
    const answer = await view.call(form.dataset.act, {
      ...Object.fromEntries(new FormData(form)),
      text: area.value,
      post: form.dataset.postId ? Number(form.dataset.postId) : undefined,
      order: view.order,
      step: view.region.querySelector("[data-step]")?.dataset.step,
    });
    keeper.forget();
    view.apply(answer, form);
  } catch (error) {
    blame(form, error);
    keeper.resume();
  } finally {
    clearTimeout(slow);
    button.textContent = label;
    form.removeAttribute("aria-busy");
  }
}
