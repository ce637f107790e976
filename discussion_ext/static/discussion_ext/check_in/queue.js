/* Ticks that were made and not yet taken by the server. They outlive the page in localStorage where there is one. */
const PAUSES = [2, 5, 10, 20, 30];
const MOST = 200;

export class TickQueue {
  constructor(store, { send, onChange, onResult, onProblem }) {
    Object.assign(this, { store, send, onChange, onResult, onProblem });
    this.isKept = true;
    this.ticks = this.read();
    this.isSending = false;
    this.failures = 0;
    this.timer = null;
  }

  get size() {
    return this.ticks.length;
  }

  read() {
    try {
      const found = JSON.parse(localStorage.getItem(this.store) ?? "[]");
      return Array.isArray(found) ? found.filter((tick) => tick?.request_key && (tick.user_id || tick.ticket) && tick.made_at) : [];
    } catch {
      return [];
    }
  }

  /** Keep what waits, with what other windows of this page have kept meanwhile, and without what is done. */
  write(done = new Set()) {
    const all = new Map([...this.read(), ...this.ticks].map((tick) => [tick.request_key, tick]));
    this.ticks = [...all.values()].filter((tick) => !done.has(tick.request_key));
    this.ticks.sort((one, other) => one.made_at.localeCompare(other.made_at));
    try {
      if (this.ticks.length) {
        localStorage.setItem(this.store, JSON.stringify(this.ticks));
      } else {
        localStorage.removeItem(this.store);
      }
      this.isKept = true;
    } catch {
      this.isKept = false;
    }
  }

  /** Keep a tick: of a person (`userId`) or of what a ticket says (`ticket`). */
  add({ userId, ticket, state }) {
    const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"));
    const who = ticket ? { ticket } : { user_id: userId };
    this.ticks.push({ request_key: key.join(""), ...who, state, made_at: new Date().toISOString() });
    this.write();
    this.onChange();
    this.flush();
  }

  async flush() {
    if (this.isSending || !this.ticks.length) {
      return;
    }
    clearTimeout(this.timer);
    this.isSending = true;
    const sent = this.ticks.slice(0, MOST);
    const { status, body } = await this.send(sent);
    this.isSending = false;
    if (status === 200) {
      this.failures = 0;
      this.onProblem("");
      this.write(new Set(sent.map((tick) => tick.request_key)));
      body.results.forEach((result, place) => this.onResult({ ...sent[place], ...result }));
      this.onChange();
    } else if (status === 401 || status === 403) {
      this.onProblem(body.detail && status === 403 && body.detail !== "" ? body.detail : "signed_out");
    } else if (status !== 0 && status !== 429) {
      this.onProblem(Object.values(body).flat().map(String).join(" ") || "…");
    }
    if (this.ticks.length) {
      const pause = status === 200 ? 0 : PAUSES[Math.min(this.failures, PAUSES.length - 1)];
      this.failures += 1;
      this.timer = setTimeout(() => this.flush(), pause * 1000);
    }
  }
}
