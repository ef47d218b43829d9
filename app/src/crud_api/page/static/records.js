// The records, live: rows stay the elements they are, so that a refresh takes nobody's focus.

import { byId, element } from "./dom.js";
import { send } from "./http.js";

const [PAUSE, LIMIT] = [3_000, 20]; // milliseconds between refreshes, records on a page
const [body, state, live, first, next] = ["rows", "state", "live", "first", "next"].map(byId);

export class Records {
  #rows = new Map();
  #timer;
  #following;

  /** `chosen` is called with the id and the record whose button was pressed. */
  constructor(collection, chosen) {
    Object.assign(this, collection, { chosen });
    this.url = this.start = `${this.path}?limit=${LIMIT}`;
    byId("columns").append(...this.columns.map((name) => element("th", { scope: "col" }, name)));
    first.addEventListener("click", () => this.#turn(this.start));
    next.addEventListener("click", () => this.#turn(this.#following));
    live.addEventListener("input", () => this.refresh());
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
    byId("records").hidden = false;
  }

  #turn(url) {
    if (url) this.url = url;
    this.refresh();
  }

  /** Fetches the page, and again after a pause while the user wants that and looks. */
  async refresh() {
    clearTimeout(this.#timer);
    const url = this.url;
    const answer = await send({ url }).catch(() => ({ status: "", reason: "The server does not answer." }));
    if (url !== this.url) return;
    if (answer.ok) this.#show(answer.json);
    const count = `${this.#rows.size || "No"} ${this.#rows.size === 1 ? "record" : "records"} on this page.`;
    this.#say(answer.ok ? count : `${answer.status} ${answer.json?.detail ?? answer.reason} This is what there was.`.trim(), answer.ok);
    clearTimeout(this.#timer);
    if (live.checked && !document.hidden) this.#timer = setTimeout(() => this.refresh(), PAUSE);
  }

  /** Tells the state; only a change is announced. */
  #say(text, ok) {
    if (state.textContent !== text) state.textContent = text;
    state.classList.toggle("error", !ok);
  }

  #show(page) {
    const records = new Map(page[this.list].map((record) => [record[this.id], record]));
    for (const [id, row] of this.#rows) if (!records.has(id)) this.#remove(id, row);
    for (const [place, [id, record]] of [...records].entries()) {
      const row = this.#rows.get(id) ?? this.#add(id);
      this.#fill(row, record);
      if (body.rows[place] !== row) body.insertBefore(row, body.rows[place] ?? null);
    }
    this.#following = page.next;
    next.ariaDisabled = String(!page.next);
    first.ariaDisabled = String(this.url === this.start);
  }

  #add(id) {
    const button = element("button", { type: "button", title: "Use in the calls", onclick: () => this.chosen(id, row.record) }, id);
    const row = element("tr", {}, element("th", { scope: "row" }, button), ...this.columns.slice(1).map(() => element("td")));
    this.#rows.set(id, row);
    return row;
  }

  #fill(row, record) {
    row.record = record;
    for (const [place, name] of this.columns.entries()) {
      const value = record[name] ?? "";
      const text = typeof value === "string" ? value : JSON.stringify(value);
      if (row.cells[place].textContent !== text) row.cells[place].textContent = text;
    }
  }

  #remove(id, row) {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    if (row.contains(document.activeElement)) neighbour?.querySelector("button").focus();
    row.remove();
    this.#rows.delete(id);
  }
}
