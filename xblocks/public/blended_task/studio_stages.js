/* The stages of the form: fold, move, add, duplicate, remove with undo, start from a preset, spread the weights. */
import { copyValues } from "./studio_values.js";

const cardsOf = (view) => [...view.form.querySelectorAll("[data-stage]:not([data-removed])")];
const nameOf = (card) => card.querySelector("[data-title]").textContent;

export function unfold(card) {
  const button = card?.querySelector("[data-fold]");
  if (button?.getAttribute("aria-expanded") === "false") toggle(button, card.querySelector("[data-folded]"));
}

export function startStages(view) {
  const { root, form } = view;
  const acts = {
    fold: (button) => toggle(button, button.closest("[data-card]").querySelector("[data-folded]")),
    openPanel: (button) => toggle(button, document.getElementById(button.getAttribute("aria-controls"))),
    move: (button) => move(view, button),
    duplicate: (button) => duplicate(view, button),
    remove: (button) => remove(view, button),
    add: (button) => add(view, button),
    preset: (button) => usePreset(view, button),
    spread: () => spread(view),
  };
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const act = Object.keys(acts).find((name) => button && name in button.dataset);
    if (act) acts[act](button);
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-anchor]")) showOnlyWhatApplies(event.target);
    if (event.target.name === "unit_ids") countUnits(event.target.closest("[data-part]"));
  });
  form.addEventListener("input", (event) => {
    if (event.target.name !== "title") return;
    const card = event.target.closest("[data-stage]");
    if (card) rename(view, card, event.target);
    else root.querySelector("[data-task-title]").textContent = event.target.value;
  });
  settle(view);
}

function toggle(button, part) {
  const isOpen = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!isOpen));
  part.hidden = isOpen;
}

function rename(view, card, input) {
  const name = input.value.trim() || input.placeholder;
  for (const place of card.querySelectorAll("[data-title], [data-names]")) place.textContent = name;
  fillReferences(view);
}

/** Numbers, ends of the list and what stages say of each other, after anything was moved. */
function settle(view) {
  const cards = cardsOf(view);
  cards.forEach((card, index) => {
    card.querySelector("[data-number]").textContent = String(index + 1);
    card.querySelector("[data-move='-1']").setAttribute("aria-disabled", String(index === 0));
    card.querySelector("[data-move='1']").setAttribute("aria-disabled", String(index === cards.length - 1));
    for (const part of card.querySelectorAll("[data-part]")) countUnits(part);
  });
  view.form.querySelector("[data-no-stages]").hidden = cards.length > 0;
  fillReferences(view);
  view.redraw(0);
}

function fillReferences(view) {
  const cards = cardsOf(view);
  for (const select of view.form.querySelectorAll("[data-refers]")) {
    const own = select.closest("[data-stage]");
    const kind = select.dataset.refers;
    const chosen = select.value;
    const offered = cards.filter((card) => card !== own && (!kind || card.dataset.kind === kind));
    const options = offered.map((card) => {
      const number = String(cards.indexOf(card) + 1);
      const text = view.options.words.stage.replace("{number}", number).replace("{title}", nameOf(card));
      return new Option(text, card.dataset.stage);
    });
    select.replaceChildren(select.options[0], ...options);
    select.value = offered.some((card) => card.dataset.stage === chosen) ? chosen : "";
  }
}

function showOnlyWhatApplies(select) {
  for (const part of select.closest("[data-date], [data-late]").querySelectorAll("[data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(select.value);
  }
}

function countUnits(part) {
  const count = part.querySelectorAll(":checked").length;
  part.querySelector("[data-chosen]").textContent = count ? `(${count})` : "";
}

function move(view, button) {
  if (button.getAttribute("aria-disabled") === "true") return;
  const card = button.closest("[data-stage]");
  const cards = cardsOf(view);
  const other = cards[cards.indexOf(card) + Number(button.dataset.move)];
  if (button.dataset.move === "1") other.after(card);
  else other.before(card);
  settle(view);
  button.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
  tell(view, "moved", card);
}

function tell(view, word, card) {
  const number = String(cardsOf(view).indexOf(card) + 1);
  view.say(view.options.words[word].replace("{title}", nameOf(card)).replace("{number}", number));
}

/** Ask the server for cards; what goes wrong is said beside the button, and the form stays as it is. */
async function ask(view, button, act, data) {
  if (button.getAttribute("aria-busy") === "true") return null;
  button.setAttribute("aria-busy", "true");
  const line = button.closest("[data-stage], [data-adding]").querySelector("[data-problem]");
  line.textContent = "";
  try {
    const answer = await view.call(act, { ...view.collect(), ...data });
    return { ...answer, cards: answer.stages.map((stage) => parse(stage.html)) };
  } catch (error) {
    line.textContent = error.message;
    return null;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim(); // rendered and escaped by our own handler
  return template.content.firstElementChild;
}

async function add(view, button) {
  const answer = await ask(view, button, "add", { kind: button.dataset.add });
  if (!answer) return;
  const [card] = answer.cards;
  view.form.querySelector("[data-stages]").append(card);
  closePanel(view, button);
  begin(view, card);
}

async function duplicate(view, button) {
  const original = button.closest("[data-stage]");
  const answer = await ask(view, button, "add", { kind: original.dataset.kind });
  if (!answer) return;
  const [card] = answer.cards;
  original.after(card);
  fillReferences(view);
  copyValues(original, card);
  const title = card.querySelector("[name=title]");
  title.value = view.options.words.copy.replace("{title}", nameOf(original));
  rename(view, card, title);
  for (const select of card.querySelectorAll("[data-anchor]")) showOnlyWhatApplies(select);
  begin(view, card);
}

function begin(view, card) {
  unfold(card);
  settle(view);
  card.querySelector("[name=title]").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

function closePanel(view, button) {
  const panel = button.closest("[id]");
  const opener = view.form.querySelector(`[aria-controls="${CSS.escape(panel.id)}"]`);
  if (opener.getAttribute("aria-expanded") === "true") toggle(opener, panel);
}

/** Nothing is gone before it is saved: a removed stage leaves a line with the way back. */
function remove(view, button) {
  const card = button.closest("[data-stage]");
  const line = undoLine(view, view.options.words.removed.replace("{title}", nameOf(card)), view.options.words.undo, () => {
    delete card.dataset.removed;
    card.hidden = false;
    line.remove();
    settle(view);
    card.querySelector("[data-fold]").focus({ preventScroll: true });
    view.say(view.options.words.restored);
  });
  card.dataset.removed = "true";
  card.hidden = true;
  card.after(line);
  settle(view);
  line.querySelector("button").focus({ preventScroll: true });
}

function undoLine(view, text, label, bringBack) {
  const line = document.createElement("li");
  const row = document.createElement("div");
  row.className = "cs-row";
  const said = document.createElement("p");
  said.className = "cs-small cs-quiet";
  said.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cs-btn cs-btn--s";
  button.textContent = label;
  button.addEventListener("click", bringBack);
  row.append(said, button);
  line.append(document.createElement("span"), row);
  return line;
}

async function usePreset(view, button) {
  const answer = await ask(view, button, "preset", { preset: button.dataset.preset });
  if (!answer) return;
  const list = view.form.querySelector("[data-stages]");
  const former = [...list.children];
  const hadStages = cardsOf(view).length > 0;
  list.replaceChildren(...answer.cards);
  closePanel(view, button);
  if (hadStages) {
    const words = view.options.words;
    const line = undoLine(view, words.replaced.replace("{title}", answer.title), words.undo_preset, () => {
      list.replaceChildren(...former);
      settle(view);
      view.say(words.restored);
      view.form.querySelector("[data-open-panel]").focus({ preventScroll: true });
    });
    list.prepend(line);
  }
  settle(view);
  list.querySelector("button").focus({ preventScroll: true });
  list.scrollIntoView({ block: "nearest" });
}

function spread(view) {
  const inputs = cardsOf(view).map((card) => card.querySelector("[name=weight]"));
  const share = Math.floor(100 / inputs.length);
  inputs.forEach((input, index) => (input.value = String(share + (index < 100 - share * inputs.length ? 1 : 0))));
  view.say(view.options.words.spread);
  view.redraw(0);
}
