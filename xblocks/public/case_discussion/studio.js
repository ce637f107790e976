/* The author's form: save, list of mistakes, live preview, formatting. */
import { caller } from "./calls.js";
import { startToolbar } from "./toolbar.js";

const PREVIEW_AFTER = 400;
const NUMBERS = ["position_points", "answers_points", "look_back_points"];

export function start({ runtime, root, options }) {
  const form = root.querySelector("form");
  const call = caller(runtime, root, "author_action", options.failure);
  const view = { runtime, root, form, call, options };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(view);
  });
  root.querySelector("[data-cancel]").addEventListener("click", () => runtime.notify("cancel", {}));
  startToolbar(root.querySelector("[data-toolbar]"), form.elements.case_text);
  startPreview(view);
  form.addEventListener("change", () => showOnlyWhatApplies(form));
}

function collect(form) {
  const data = Object.fromEntries(new FormData(form));
  data.is_held = data.is_held === "true";
  data.by_cohort = data.by_cohort === "true";
  return data;
}

async function save(view) {
  const { runtime, root, form, call, options } = view;
  const button = root.querySelector("button[type=submit]");
  const status = root.querySelector("[data-status]");
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => (status.textContent = button.dataset.busy), 400);
  runtime.notify("save", { state: "start" });
  try {
    await call("submit", collect(form));
    clearMistakes(root);
    runtime.notify("save", { state: "end" });
  } catch (error) {
    runtime.notify("save", { state: "end-with-errors" });
    runtime.notify("error", { title: options.notSaved, message: "" });
    showMistakes(view, error);
  } finally {
    clearTimeout(slow);
    status.textContent = "";
    form.removeAttribute("aria-busy");
  }
}

function clearMistakes(root) {
  root.querySelector("[data-summary]").hidden = true;
  for (const line of root.querySelectorAll(".cs-field__error")) line.remove();
  for (const input of root.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    describe(input, input.dataset.mistake, false);
  }
}

function showMistakes({ root, options }, error) {
  clearMistakes(root);
  const summary = root.querySelector("[data-summary]");
  const list = summary.querySelector("[data-summary-list]");
  summary.querySelector("[data-summary-title]").textContent = error.message;
  list.replaceChildren(...error.fields.map((mistake) => summaryLine(mistake, options.id)));
  for (const mistake of error.fields) markField(root, mistake, options.id);
  summary.hidden = false;
  summary.focus({ preventScroll: true });
  summary.scrollIntoView({ block: "nearest" });
}

function summaryLine(mistake, id) {
  const link = document.createElement("a");
  link.href = `#${id}-${mistake.field}`;
  link.textContent = mistake.summary;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById(`${id}-${mistake.field}`)?.focus();
  });
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function markField(root, mistake, id) {
  const field = root.querySelector(`[data-field="${mistake.field}"]`);
  const input = root.querySelector(`#${CSS.escape(`${id}-${mistake.field}`)}`);
  if (!field || !input) return;
  const line = document.createElement("p");
  line.className = "cs-field__error";
  line.id = `${id}-${mistake.field}-mistake`;
  const icon = root.querySelector("[data-summary] > .cs-icon").cloneNode(true);
  icon.classList.add("cs-icon--s");
  const text = document.createElement("span");
  text.textContent = mistake.message;
  line.append(icon, text);
  field.append(line);
  input.setAttribute("aria-invalid", "true");
  input.dataset.mistake = line.id;
  describe(input, line.id, true);
}

function describe(input, id, isOn) {
  const ids = new Set((input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (isOn) ids.add(id);
  else ids.delete(id);
  if (ids.size) input.setAttribute("aria-describedby", [...ids].join(" "));
  else input.removeAttribute("aria-describedby");
}

function showOnlyWhatApplies(form) {
  const isOpen = form.elements.is_held.value === "false";
  form.querySelector("[data-only-open]").hidden = !isOpen;
}

function startPreview({ root, form, call }) {
  const body = root.querySelector("[data-preview-body]");
  const roles = [...root.querySelectorAll("[data-role]")];
  let timer = 0;
  let latest = 0;

  const showRole = () => {
    const chosen = roles.find((button) => button.getAttribute("aria-pressed") === "true").dataset.role;
    for (const part of body.querySelectorAll("[data-shown]")) part.hidden = part.dataset.shown !== chosen;
  };
  for (const button of roles) {
    button.addEventListener("click", () => {
      for (const other of roles) other.setAttribute("aria-pressed", String(other === button));
      showRole();
    });
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++latest;
      const answer = await call("preview", collect(form)).catch(() => null);
      if (!answer || mine !== latest) return;
      body.innerHTML = answer.html; // rendered and sanitised by our own handler
      showRole();
    }, PREVIEW_AFTER);
    showTotal(root, form);
  });
}

function showTotal(root, form) {
  const line = root.querySelector("[data-total]");
  const left = { answers_points: "answers_wanted", look_back_points: "look_back_min" };
  const total = NUMBERS.reduce((sum, name) => {
    const isOut = left[name] && Number(form.elements[left[name]].value) === 0;
    return sum + (isOut ? 0 : Number(form.elements[name].value) || 0);
  }, 0);
  line.textContent = line.dataset.text.replace("{total}", String(Math.round(total * 100) / 100));
}
