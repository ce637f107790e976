/* What was typed and not sent yet, kept in this window alone until it is closed. */
const FIELDS = ["title", "body"];
const PAUSE = 1_000;

export function keepDraft(form) {
  const key = `chapters.draft:${new URL(form.action).pathname}:${form.elements.parent?.value ?? ""}`;
  const fields = FIELDS.map((name) => form.elements[name]).filter(Boolean);
  if (fields.every((field) => field.value === field.defaultValue && !field.defaultValue)) restore(key, fields, form);
  let timer = 0;
  // A form that another one has replaced has nothing to keep any more.
  const keep = () => form.isConnected && store(key, fields);
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  window.addEventListener("pagehide", () => timer && keep());
  return {
    forget() {
      clearTimeout(timer);
      timer = 0;
      attempt(() => sessionStorage.removeItem(key));
    },
  };
}

function store(key, fields) {
  const typed = Object.fromEntries(fields.map((field) => [field.name, field.value]));
  const isEmpty = Object.values(typed).every((value) => !value.trim());
  attempt(() => (isEmpty ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, JSON.stringify(typed))));
}

function restore(key, fields, form) {
  const typed = attempt(() => JSON.parse(sessionStorage.getItem(key))) ?? {};
  let isThere = false;
  for (const field of fields) {
    if (typeof typed[field.name] === "string" && typed[field.name]) {
      field.value = typed[field.name];
      isThere = true;
    }
  }
  if (isThere) form.closest("details")?.setAttribute("open", "");
}

/** Storage may be off or full: then there is no draft, and nothing else is different. */
function attempt(act) {
  try {
    return act();
  } catch {
    return null;
  }
}
