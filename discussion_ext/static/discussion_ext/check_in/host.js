/* The host's page: turns the code, keeps ticks on the phone and sends them when there is network.
   The page reads and posts without this. Ticks wait in localStorage under a key of this meeting and person; each has a
   key of its own, so that sending it twice does no harm. */
import { call } from "./call.js";
import { codeClock } from "./code.js";
import { TickQueue } from "./queue.js";
import { Roll } from "./roll.js";
import { Scanner } from "./scan.js";
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

/** Ask or send as `call` does, and show whether there is network. */
async function reach(url, sent) {
  const token = root.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const { status, body } = await call(url, { sent, cookie: data.csrf_cookie, token });
  isOffline = status === 0;
  showNetwork();
  return { status, body };
}

const queue = new TickQueue(data.store, {
  send: (ticks) => reach(data.roll_url, { ticks, made_by: data.reader }),
  onChange: () => { roll.showWaiting(queue.ticks); showNetwork(); },
  onResult: (result) => {
    roll.showResult(result);
    if (result.ticket) {
      scanner.showResult(result);
    }
  },
  onProblem: (text) => { problem = text; showNetwork(); },
});
const roll = new Roll(root, data, { call: reach, onTick: (tick) => queue.add(tick) });
const scanner = new Scanner(root, data, { onTicket: (ticket) => queue.add({ ticket, state: "present" }) });

roll.showWaiting(queue.ticks);
codeClock(root, data, reach);
/** See who has checked in meanwhile; what is being sent comes back with its own answer. */
async function look() {
  if (document.hidden || isOffline || queue.isSending) {
    return;
  }
  const { status, body } = await reach(data.page_url);
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
