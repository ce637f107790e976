/* What the form holds, as the handler reads it: texts as they were typed. "due.days" stands for days within due. */

const FLAGS = new Set(["by_cohort"]);

export function collect(form) {
  const cards = [...form.querySelectorAll("[data-stage]:not([data-removed])")];
  return { task: values(form.querySelector("[data-task]")), stages: cards.map(stageOf) };
}

function stageOf(card) {
  return { id: card.dataset.stage, kind: card.dataset.kind, ...values(card) };
}

function values(place) {
  const found = {};
  for (const input of place.querySelectorAll("[name]")) {
    if (input.name === "unit_ids") {
      found.unit_ids ??= [];
      if (input.checked) found.unit_ids.push(input.value);
    } else if (input.type === "checkbox") {
      found[input.name] = input.checked;
    } else {
      put(found, input.name, FLAGS.has(input.name) ? input.value === "true" : input.value);
    }
  }
  return found;
}

function put(found, name, value) {
  const [first, second] = name.split(".");
  if (second === undefined) found[first] = value;
  else (found[first] ??= {})[second] = value;
}

/** Give the inputs of one card the values of another's, but for its id. */
export function copyValues(from, to) {
  const targets = [...to.querySelectorAll("[name]")];
  for (const input of from.querySelectorAll("[name]")) {
    const isUnit = input.name === "unit_ids";
    const target = targets.find((one) => one.name === input.name && (!isUnit || one.value === input.value));
    if (!target) continue;
    if (input.type === "checkbox") target.checked = input.checked;
    else target.value = input.value;
  }
}
