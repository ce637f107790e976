/* Scanning tickets with the camera of this phone, in browsers that read codes themselves. Elsewhere the button stays
   hidden, and the camera app of the phone opens the ticket's own page. What is scanned waits in the same queue as ticks:
   it is kept without network and sent later with the time of the scan. */
import { fill } from "./words.js";

const LOOK_EVERY = 250;
const SAME_AGAIN = 4000;
const MOST_SHOWN = 5;

export class Scanner {
  constructor(root, data, { onTicket }) {
    Object.assign(this, { data, onTicket });
    this.part = root.querySelector("[data-scan]");
    this.stream = null;
    this.last = { text: "", at: 0 };
    this.clock = new Intl.DateTimeFormat("en-GB", { timeZone: data.zone, hour: "2-digit", minute: "2-digit" });
    if (this.part) {
      this.offer();
    }
  }

  find(name) {
    return this.part.querySelector(`[data-${name}]`);
  }

  /** Show the button where this browser has a camera and reads QR codes. */
  async offer() {
    const formats = await window.BarcodeDetector?.getSupportedFormats?.().catch(() => []);
    if (!formats?.includes("qr_code") || !navigator.mediaDevices?.getUserMedia) {
      return;
    }
    this.detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    this.button = this.find("scan-open");
    this.video = this.part.querySelector("video");
    this.button.hidden = false;
    this.button.addEventListener("click", () => (this.stream ? this.stop() : this.start()));
    document.addEventListener("visibilitychange", () => { if (document.hidden) { this.stop(); } });
  }

  async start() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    } catch (error) {
      this.stop();
      const isDenied = error?.name === "NotAllowedError" || error?.name === "SecurityError";
      this.say(isDenied ? this.data.words.scan_denied : this.data.words.scan_broken);
      return;
    }
    this.video.srcObject = this.stream;
    this.video.play().catch(() => {}); // stopped before it began
    this.show(true);
    this.say(this.data.words.scan_aim);
    this.look();
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
    this.show(false);
    this.say("");
  }

  show(isOpen) {
    this.find("scan-camera").hidden = !isOpen;
    this.button.setAttribute("aria-expanded", String(isOpen));
    this.button.querySelector("span").textContent = isOpen ? this.data.words.scan_stop : this.data.words.scan;
  }

  async look() {
    if (!this.stream) {
      return;
    }
    const codes = await this.detector.detect(this.video).catch(() => []);
    for (const code of codes) {
      this.read(code.rawValue);
    }
    setTimeout(() => this.look(), LOOK_EVERY);
  }

  /** Take a code for a ticket, once while it stays before the camera. */
  read(text) {
    const now = Date.now();
    const isSame = text === this.last.text && now - this.last.at < SAME_AGAIN;
    this.last = { text, at: now };
    if (isSame) {
      return;
    }
    const [, token] = text.split(this.data.ticket_url);
    if (!token) {
      this.say(this.data.words.scan_other);
      return;
    }
    navigator.vibrate?.(60);
    this.say(fill(this.data.words.scan_kept, this.clock.format(now)));
    this.onTicket(token.replace(/\/+$/, ""));
  }

  /** Say what became of a scan; the last few stay in sight. */
  showResult(result) {
    const words = this.data.words;
    const said = result.attendance?.said ?? "";
    const sentences = { already: words.scan_already, older: words.scan_older };
    const text = result.message || fill(sentences[result.outcome] ?? words.scan_in, result.name, said);
    const line = document.createElement("li");
    line.className = "cs-row";
    line.append(Object.assign(document.createElement("span"), { className: "cs-grow", textContent: this.name(result, text) }));
    if (result.outcome === "refused" && result.user_id) {
      const link = Object.assign(document.createElement("a"), { className: "cs-btn cs-btn--s", textContent: words.scan_look });
      link.href = `${this.data.ticket_url}${encodeURIComponent(result.ticket)}/`;
      line.append(link);
    }
    const list = this.find("scans");
    list.prepend(line);
    [...list.children].slice(MOST_SHOWN).forEach((each) => each.remove());
    list.hidden = false;
    this.say("");
  }

  name(result, text) {
    return result.message && result.name ? `${result.name}: ${text}` : text;
  }

  say(text) {
    this.find("scan-status").textContent = text;
  }
}
