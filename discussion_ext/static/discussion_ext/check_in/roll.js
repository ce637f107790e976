/* The list of people: who is here, who is searched for, and who is added. */
import { fill } from "./words.js";

export class Roll {
  constructor(root, data, { call, onTick }) {
    Object.assign(this, { root, data, call, onTick });
    this.list = root.querySelector("[data-roll]");
    this.present = data.present;
    this.seats = data.seats;
    this.clock = new Intl.DateTimeFormat("en-GB", { timeZone: data.zone, hour: "2-digit", minute: "2-digit" });
    this.list.addEventListener("submit", (event) => this.press(event));
    this.startSearch();
    this.startWalkIns();
  }

  row(userId) {
    return this.list.querySelector(`[data-person="${Number(userId)}"]`);
  }

  press(event) {
    event.preventDefault();
    const row = event.target.closest("[data-person]");
    const isHere = row.querySelector("button").getAttribute("aria-pressed") === "true";
    this.onTick({ userId: Number(row.dataset.person), state: isHere ? "absent" : "present" });
  }

  /** Draw one person as here or not, with what is said of them. */
  draw(row, isHere, said) {
    const button = row.querySelector("button");
    const was = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(isHere));
    button.classList.toggle("cs-btn--main", isHere);
    button.value = isHere ? "absent" : "present";
    row.querySelector("[data-said]").textContent = said;
    if (was !== isHere) {
      this.present += isHere ? 1 : -1;
      this.showCount();
    }
  }

  showCount() {
    this.root.querySelector("[data-count]").textContent = fill(this.data.words.count, this.present, this.seats);
  }

  /** Draw the last tick of each person that still waits for the server. */
  showWaiting(ticks) {
    for (const tick of ticks) {
      const row = this.row(tick.user_id);
      if (row) {
        const time = this.clock.format(new Date(tick.made_at));
        this.draw(row, tick.state === "present", fill(this.data.words.waiting, time));
      }
    }
  }

  showResult(result) {
    const isIn = result.attendance?.state === "present";
    const row = this.row(result.user_id) ?? (isIn && result.name ? this.insert(result.user_id, result.name) : null);
    if (!row) {
      return;
    }
    const known = result.attendance;
    const said = result.message || known?.said || this.data.words.not_yet;
    this.draw(row, known?.state === "present", said);
  }

  /** Take over the server's page of the roll; people whose ticks still wait for the server stay as they are drawn. */
  refresh(page, ticks) {
    const waiting = new Map(ticks.map((tick) => [tick.user_id, tick.state === "present"]));
    let ahead = 0;
    for (const { user_id: userId, name, note, attendance } of page.results) {
      const isHere = attendance?.state === "present";
      if (waiting.has(userId)) {
        ahead += Number(waiting.get(userId)) - Number(isHere);
      } else {
        this.draw(this.row(userId) ?? this.insert(userId, name, note), isHere, attendance?.said ?? this.data.words.not_yet);
      }
    }
    this.present = page.present + ahead;
    this.seats = page.seats;
    this.showCount();
  }

  startSearch() {
    const [opener, field] = [this.root.querySelector("[data-search-open]"), this.root.querySelector("[data-search]")];
    const input = field.querySelector("input");
    opener.hidden = false;
    opener.addEventListener("click", () => {
      field.hidden = !field.hidden;
      opener.setAttribute("aria-expanded", String(!field.hidden));
      if (field.hidden) {
        input.value = "";
        this.filter("");
      } else {
        input.focus({ preventScroll: true });
      }
    });
    input.addEventListener("input", () => this.filter(input.value));
  }

  filter(typed) {
    const wanted = fold(typed);
    let shown = 0;
    for (const row of this.list.children) {
      row.hidden = !fold(row.querySelector("b").textContent).includes(wanted);
      shown += row.hidden ? 0 : 1;
    }
    const status = this.root.querySelector("[data-search-status]");
    const words = this.data.words;
    status.textContent = wanted ? (shown ? fill(words.showing, shown) : words.no_match) : "";
  }

  startWalkIns() {
    const form = this.root.querySelector("[data-walk-in-search]");
    const [status, found] = [this.root.querySelector("[data-walk-in-status]"), this.root.querySelector("[data-found]")];
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const typed = new URLSearchParams({ q: new FormData(form).get("q") });
      const { status: answer, body } = await this.call(`${this.data.walk_ins_url}?${typed}`);
      const results = answer === 200 ? body.results : [];
      found.replaceChildren(...results.map((person) => this.drawFound(person)));
      found.hidden = !results.length;
      const said = answer === 200 ? this.data.words.nobody : body.detail ?? this.data.words.offline;
      status.textContent = results.length ? "" : said;
    });
    found.addEventListener("submit", (event) => {
      event.preventDefault();
      const line = event.target.closest("li");
      const person = Number(new FormData(event.target).get("person"));
      this.add(person, line.querySelector("b").textContent);
      line.remove();
      found.hidden = !found.children.length;
      this.row(person)?.querySelector("button").focus(); // the button that was pressed is gone
    });
  }

  drawFound(person) {
    const line = document.createElement("li");
    line.className = "cs-row cs-row--fix";
    const name = document.createElement("span");
    name.className = "cs-grow";
    name.append(Object.assign(document.createElement("b"), { textContent: person.name }));
    const form = document.createElement("form");
    const button = document.createElement("button");
    Object.assign(button, { type: "submit", className: "cs-btn cs-btn--s", textContent: this.data.words.add });
    button.setAttribute("aria-label", fill(this.data.words.add_name, person.name));
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "person", value: person.user_id }));
    form.append(button);
    line.append(name, form);
    return line;
  }

  /** Put somebody new on the list and tick them. */
  add(userId, name) {
    if (!this.row(userId)) {
      this.insert(userId, name);
      this.seats += 1;
    }
    this.onTick({ userId, state: "present" });
  }

  insert(userId, name, note = "") {
    const row = this.root.querySelector("[data-row-template]").content.firstElementChild.cloneNode(true);
    row.dataset.person = String(userId);
    row.querySelector("b").textContent = name;
    row.querySelector("[data-note]").textContent = note;
    row.querySelector(".cs-avatar").textContent = Array.from(name.trim())[0] ?? "";
    row.querySelector("button").setAttribute("aria-label", fill(this.data.words.is_here, name));
    row.querySelector("[name=person]").value = String(userId);
    this.list.prepend(row);
    this.list.hidden = false;
    this.root.querySelector("[data-empty]")?.remove();
    return row;
  }
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim();
}
