// The editor of a request body: fields made from the schema, and the JSON itself, which is what is sent.

import { element, labelled, mark } from "./dom.js";
import { makeField } from "./fields.js";
import { parse, pretty, steps } from "./json.js";

export class Editor {
  constructor(description, { properties = {}, required = [] }, example = {}) {
    this.raw = element("textarea", { className: "code", rows: 4, spellcheck: false });
    this.fields = Object.entries(properties)
      .map(([name, schema]) => makeField(name, description.at(schema), required.includes(name)));
    for (const field of this.fields) field.control.addEventListener("input", () => this.#take(field));
    this.raw.addEventListener("input", () => this.#spread());
    this.element = element("div", {}, ...this.fields.map((field) => field.element), labelled("Body, as it is sent", this.raw));
    this.write(example);
  }

  /** Puts a record into the editor. */
  write(record) {
    this.raw.value = pretty(record);
    this.#spread();
  }

  /** Marks the fields that a problem's pointers name, and the body for the rest; returns what to look at first. */
  markErrors(errors) {
    const found = new Map();
    for (const { pointer, detail } of errors) {
      const [name, ...within] = steps(pointer);
      const control = this.fields.find((field) => field.name === name)?.control ?? this.raw;
      const place = control === this.raw ? pointer : within.join("/");
      found.set(control, [...(found.get(control) ?? []), place ? `${place}: ${detail}` : detail]);
    }
    for (const [control, details] of found) mark(control, details.join("\n"));
    return [...found.keys()][0];
  }

  clear() {
    for (const { control } of [...this.fields, { control: this.raw }]) mark(control, "");
  }

  /** Takes one field over into the JSON. */
  #take(field) {
    this.raw.value = pretty({ ...this.#object(), [field.name]: field.read() });
  }

  /** Shows the JSON in the fields. */
  #spread() {
    const body = this.#object();
    for (const field of this.fields) field.write(body[field.name]);
  }

  /** Returns the JSON as far as it is an object. */
  #object() {
    const value = parse(this.raw.value);
    return value instanceof Object && !Array.isArray(value) ? value : {};
  }
}
