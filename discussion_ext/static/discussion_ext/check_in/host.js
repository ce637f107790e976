/* The host's page: turns the code, keeps ticks on the phone and sends them when there is network.
   The page reads and posts without this. Ticks wait in localStorage under a key of this meeting and person; each has a
   key of its own, so that sending it twice does no harm. */
import { codeClock } from "./code.js";
import { TickQueue } from "./queue.js";
import { Roll } from "./roll.js";
import { fill } from "./words.js";

const LOOK_AGAIN = 15_000;
const data = JSON.parse(document.getElementById("check-in-data").textContent);
const root = document.querySelector("[data-check-in]");
const note = root.querySelector("[data-network]");
const words = data.words;
let isOffline = !navigator.onLine;
let problem = "";

function showNetwork() {
  const waiting = queue.size;
  const isCut = isOffline || problem;
  note.hidden = !isCut;
  if (!isCut) {
    return;
  }
  let kept = waiting === 0 ? words.kept_none : words.kept_many;
  kept = waiting === 1 ? words.kept_one : kept;
  const head = { "": words.offline, signed_out: words.signed_out }[problem] ?? words.refused;
  const text = { "": kept, signed_out: words.sign_in }[problem] ?? problem;
  const full = queue.isKept ? fill(text, waiting) : words.not_kept;
  const [headPlace, textPlace] = [note.querySelector("[data-network-head]"), note.querySelector("[data-network-text]")];
  if (headPlace.textContent !== head || textPlace.textContent !== full) {
    headPlace.textContent = head;
    textPlace.textContent = full;
  }
}

/** Ask or send as JSON. Returns {status, body}; status 0 means that there is no network. */
async function call(url, sent) {
  const options = { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" };
  if (sent !== undefined) {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.headers["X-CSRFToken"] = root.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    options.body = JSON.stringify(sent);
  }
  try {
    const answer = await fetch(url, options);
    const body = await answer.json().catch(() => ({}));
    isOffline = answer.status >= 500;
    return { status: isOffline ? 0 : answer.status, body };
  } catch {
    isOffline = true;
    return { status: 0, body: {} };
  } finally {
    showNetwork();
  }
}

const queue = new TickQueue(data.store, {
  send: (ticks) => call(data.roll_url, { ticks }),
  onChange: () => { roll.showWaiting(queue.ticks); showNetwork(); },
  onResult: (result) => roll.showResult(result),
  onProblem: (text) => { problem = text; showNetwork(); },
});
const roll = new Roll(root, data, { call, onTick: (tick) => queue.add(tick) });

roll.showWaiting(queue.ticks);
codeClock(root, data, call);
/** See who has checked in meanwhile; what is being sent comes back with its own answer. */
async function look() {
  if (document.hidden || isOffline || queue.isSending) {
    return;
  }
  const { status, body } = await call(data.page_url);
  if (status === 200 && !queue.isSending) {
    roll.refresh(body, queue.ticks);
  }
}

setInterval(look, LOOK_AGAIN);
window.addEventListener("online", () => { isOffline = false; showNetwork(); queue.flush(); });
window.addEventListener("offline", () => { isOffline = true; showNetwork(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) { queue.flush(); } });
showNetwork();
queue.flush();
