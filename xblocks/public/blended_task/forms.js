/* A small form of its own: sent as JSON, busy while it waits, its mistake beside the field it is about. */
import { blame, forgive } from "../case_discussion/mistakes.js";

const BUSY_AFTER = 400;

export async function send(view, form) {
  const button = form.querySelector("button[type=submit]");
  if (button.getAttribute("aria-disabled") === "true" || form.getAttribute("aria-busy") === "true") return;
  const label = button.textContent;
  forgive(form);
  form.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => {
    button.textContent = form.dataset.busy;
  }, BUSY_AFTER);
  try {
    view.apply(await view.call(form.dataset.form, Object.fromEntries(new FormData(form))), form);
  } catch (error) {
    blame(form, error);
  } finally {
    clearTimeout(slow);
    if (form.isConnected) button.textContent = label;
    form.removeAttribute("aria-busy");
  }
}
