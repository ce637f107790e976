/* The rotating code: asked for when it turns, counted down in between, with its picture in small or large. */
import { fill } from "./words.js";

export function codeClock(root, data, call) {
  const card = root.querySelector("[data-code-card]");
  if (!card) {
    return;
  }
  const [shown, bar, text] = ["[data-code]", "[data-left]", "[data-left-text]"].map((each) => card.querySelector(each));
  const [button, picture] = [card.querySelector("[data-large]"), card.querySelector("[data-picture]")];
  let until = Date.now() + bar.value * 1000;
  let askAgain = 0;

  async function turn() {
    const { status, body } = await call(data.code_url);
    if (status !== 200) {
      askAgain = Date.now() + 5000;
      return;
    }
    until = Date.now() + body.seconds_left * 1000;
    shown.textContent = body.code;
    const drawn = new DOMParser().parseFromString(body.qr_svg, "image/svg+xml").documentElement;
    picture.replaceChildren(document.importNode(drawn, true));
  }

  let isAsking = false;
  async function tick() {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    bar.value = left;
    text.textContent = fill(data.words.next_code, left);
    if (left === 0 && !isAsking && Date.now() >= askAgain && !document.hidden) {
      isAsking = true;
      await turn();
      isAsking = false;
    }
  }

  function setLarge(isLarge) {
    card.classList.toggle("is-large", isLarge);
    picture.hidden = !isLarge;
    button.setAttribute("aria-expanded", String(isLarge));
    button.querySelector("span").textContent = isLarge ? data.words.small : data.words.large;
  }

  button.hidden = false;
  button.addEventListener("click", () => setLarge(picture.hidden));
  setLarge(card.getBoundingClientRect().width >= 420);
  setInterval(tick, 1000);
}
