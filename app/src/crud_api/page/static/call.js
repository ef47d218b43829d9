// One call of the API: its form, the request it makes, and the answer.

import { element, prose } from "./dom.js";
import { Editor } from "./editor.js";
import { makeField } from "./fields.js";
import { curl, send } from "./http.js";
import { pretty } from "./json.js";
import { givenKey, markKey } from "./key.js";

const HEADERS = ["content-type", "location", "link", "etag", "allow", "retry-after", "www-authenticate", "x-request-id"];

export class Call {
  #busy = false;

  /** `answered` is called with this call and each answer. */
  constructor(description, call, answered) {
    Object.assign(this, call, { answered });
    this.fields = call.parameters.map(({ name, in: place, schema, description: hint, required }) =>
      ({ place, ...makeField(name, { description: hint, ...description.at(schema) }, required, true) }));
    this.editor = call.schema && new Editor(description, call.schema, call.example);
    this.curl = element("pre", { className: "curl" });
    this.status = element("p", { className: "status", role: "status" });
    this.answer = element("pre", { hidden: true });
    this.element = this.#makeElement();
  }

  #makeElement() {
    const form = element("form", { noValidate: true, onsubmit: (event) => this.#submit(event), oninput: () => this.show() },
      element("p", {}, ...prose(this.description)),
      ...this.fields.map((field) => field.element),
      this.editor?.element ?? "",
      element("button", {}, "Send"));
    const summary = element("summary", {}, element("b", {}, this.method), element("code", {}, this.path), ` ${this.summary ?? ""}`);
    return element("details", {}, summary, form, this.curl, this.status, this.answer);
  }

  /** Shows the request as it would be sent now. */
  show() {
    this.curl.textContent = curl(this.#request(), this.keyHeader);
  }

  /** Fills in the id of a chosen record, and the record where a call replaces it. */
  choose(name, id, record) {
    const field = this.fields.find((field) => field.name === name);
    field?.write(id);
    if (field && this.method === "PUT") this.editor.write(record);
    this.editor?.clear();
    this.show();
  }

  #request() {
    const [headers, query] = [{}, new URLSearchParams()];
    let url = this.path;
    for (const { name, place, control: { value } } of this.fields) {
      if (place === "path") url = url.replace(`{${name}}`, () => encodeURIComponent(value));
      else if (value && place === "query") query.append(name, value);
      else if (value && place === "header") headers[name] = value;
    }
    if (this.keyHeader && givenKey()) headers[this.keyHeader] = givenKey();
    if (this.editor) headers["Content-Type"] = this.mediaType;
    return { method: this.method, url: query.size ? `${url}?${query}` : url, headers, body: this.editor?.raw.value };
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#busy) return;
    this.#busy = true;
    this.status.textContent = "…";
    this.editor?.clear();
    try {
      this.#showAnswer(await send(this.#request()));
    } catch (error) {
      this.status.textContent = `No answer: ${error.message}`;
      this.answer.hidden = true;
    }
    this.#busy = false;
  }

  #showAnswer(answer) {
    const { ok, status, reason, headers, json, text, milliseconds } = answer;
    this.status.textContent = `${status} ${reason}, ${milliseconds} ms${!ok && json?.detail ? `\n${json.detail}` : ""}`;
    this.status.classList.toggle("error", !ok);
    const shown = HEADERS.filter((name) => headers.has(name)).map((name) => `${name}: ${headers.get(name)}`);
    this.answer.textContent = [...shown, "", json === undefined ? text : pretty(json)].join("\n").trim();
    this.answer.hidden = false;
    if (status === 401) markKey(json?.detail ?? reason);
    if (!ok && json?.errors) this.editor?.markErrors(json.errors)?.focus();
    this.answered(this, answer);
  }
}
