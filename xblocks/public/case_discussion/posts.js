/* What can be done with one post: answer, edit, withdraw, mark as helpful, report, read all answers. */
import { startComposers } from "./composer.js";
import { attempt, parse } from "./screen.js";

export const postActs = {
  unfold(view, button) {
    const panel = document.getElementById(button.getAttribute("aria-controls"));
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) panel.querySelector("input, button").focus({ preventScroll: true });
  },

  fold(view, button) {
    const panel = button.closest(".cs-unfold");
    panel.hidden = true;
    const opener = panel.parentElement.querySelector(`[aria-controls="${CSS.escape(panel.id)}"]`);
    opener.setAttribute("aria-expanded", "false");
    opener.focus({ preventScroll: true });
  },

  answer(view, button) {
    const post = button.closest("[data-post]");
    const open = post.querySelector(":scope > div > [data-answer-form]");
    if (open) return close(open, button);
    const template = view.region.querySelector("template[data-answer-form]");
    const holder = document.createElement("div");
    holder.className = post.closest(".cs-replies") ? "" : "cs-replies"; // indented once, never twice
    holder.dataset.answerForm = "";
    holder.append(template.content.cloneNode(true));
    prepare(holder, post, template.dataset.label);
    post.querySelector(":scope > div").append(holder);
    button.setAttribute("aria-expanded", "true");
    startComposers(view);
    return holder.querySelector("textarea").focus({ preventScroll: true });
  },

  edit(view, button) {
    const post = button.closest("[data-post]");
    const form = post.querySelector("[data-edit]");
    showEdit(post, form.hidden);
    if (!form.hidden) form.querySelector("textarea").focus({ preventScroll: true });
  },

  cancel(view, button) {
    const post = button.closest("[data-post]");
    const answer = button.closest("[data-answer-form]");
    if (answer) return close(answer, post.querySelector("[data-do=answer]"));
    showEdit(post, false);
    return post.querySelector("[data-do=edit]").focus({ preventScroll: true });
  },

  async withdraw(view, button) {
    const post = Number(button.closest("[data-post]").dataset.post);
    await attempt(view, button, () => view.call("withdraw", { post, order: view.order }));
  },

  async helpful(view, button) {
    const post = Number(button.closest("[data-post]").dataset.post);
    const isHelpful = button.getAttribute("aria-pressed") !== "true";
    const call = () => view.call("helpful", { post, is_helpful: isHelpful });
    const answer = await attempt(view, button, call, { isQuiet: true });
    if (!answer) return;
    button.setAttribute("aria-pressed", String(answer.is_helpful));
    button.querySelector("[data-count]").textContent = answer.count;
  },

  async report(view, form) {
    const post = Number(form.closest("[data-post]").dataset.post);
    const button = form.querySelector("button[type=submit]");
    const call = () => view.call("report", { post, reason: form.elements.reason.value });
    const answer = await attempt(view, button, call, { isQuiet: true });
    if (!answer) return;
    for (const part of form.querySelectorAll(".cs-field, button")) part.hidden = true;
    form.closest("[data-post]").querySelector("[data-do=unfold]").hidden = true;
    form.querySelector("[data-problem]").textContent = answer.status;
  },

  async "all-answers"(view, button) {
    const post = Number(button.closest("[data-post]").dataset.post);
    const list = button.closest("[data-replies]").querySelector("[data-replies-list]");
    const page = Number(button.dataset.page ?? 1);
    const answer = await attempt(view, button, () => view.call("answers", { post, page }), { isQuiet: true });
    if (!answer) return;
    const known = new Set([...list.children].map((reply) => reply.dataset.post));
    const added = parse(answer.html).filter((reply) => !known.has(reply.dataset.post));
    list.append(...added);
    button.dataset.page = String(page + 1);
    button.hidden = !answer.has_more;
    startComposers(view);
  },

  async preview(view, button) {
    const form = button.closest("form");
    const box = form.querySelector("[data-preview-of]");
    if (!box.hidden) {
      box.hidden = true;
      return button.setAttribute("aria-expanded", "false");
    }
    const text = form.elements.text.value;
    const answer = await attempt(view, button, () => view.call("preview", { text }), { isQuiet: true });
    if (!answer) return undefined;
    box.querySelector("[data-preview-body]").innerHTML = answer.html; // rendered and sanitised by our own handler
    box.hidden = false;
    return button.setAttribute("aria-expanded", "true");
  },
};

/** While a post is edited its text stands in the form only. */
function showEdit(post, isOn) {
  post.querySelector("[data-edit]").hidden = !isOn;
  post.querySelector(".cs-post__body").hidden = isOn;
  post.querySelector("[data-do=edit]").setAttribute("aria-expanded", String(isOn));
}

function close(holder, opener) {
  const area = holder.querySelector("textarea");
  holder.closest("[data-post]").dataset.draft = area.value;
  area.dispatchEvent(new Event("blur")); // keeps the draft
  holder.remove();
  opener?.setAttribute("aria-expanded", "false");
  opener?.focus({ preventScroll: true });
}

/** Make a copy of the answer form belong to one post: ids, label, draft. */
function prepare(holder, post, label) {
  const id = post.dataset.post;
  const form = holder.querySelector("form");
  form.dataset.postId = id;
  form.dataset.draftName = `answer:${id}`;
  for (const element of holder.querySelectorAll("[id]")) element.id = `${element.id}-${id}`;
  for (const element of holder.querySelectorAll("[for]")) element.htmlFor = `${element.htmlFor}-${id}`;
  for (const element of holder.querySelectorAll("[aria-describedby]")) {
    const ids = element.getAttribute("aria-describedby").split(" ");
    element.setAttribute("aria-describedby", ids.map((part) => `${part}-${id}`).join(" "));
  }
  if (post.dataset.name) holder.querySelector("label").textContent = label.replace("{name}", post.dataset.name);
  if (post.dataset.draft) form.elements.text.value = post.dataset.draft;
}
