/* What is wrong with a form: a sentence beside the field it is about, or beside the button. */

export function forgive(form) {
  form.querySelector("[data-problem]").textContent = "";
  for (const line of form.querySelectorAll("[data-problem-of]")) {
    line.hidden = true;
    line.querySelector("span").textContent = "";
    form.elements[line.dataset.problemOf].removeAttribute("aria-invalid");
  }
}

export function blame(form, error) {
  const line = error.field && form.querySelector(`[data-problem-of="${CSS.escape(error.field)}"]`);
  if (!line) {
    form.querySelector("[data-problem]").textContent = error.message;
    return;
  }
  line.querySelector("span").textContent = error.message;
  line.hidden = false;
  const field = form.elements[error.field];
  field.setAttribute("aria-invalid", "true");
  field.focus({ preventScroll: true });
}
