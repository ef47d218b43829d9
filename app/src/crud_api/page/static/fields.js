// Form fields made from a JSON schema. They refuse nothing: what is wrong, the API says.

import { element, labelled } from "./dom.js";
import { parse } from "./json.js";

const LINE = 200; // a longer text gets more than a line

/** Makes the field of a property or parameter; `short` is one that needs but a line. */
export function makeField(name, given, required, short) {
  const schema = withoutNull(given);
  const options = schema.enum ?? (schema.type === "boolean" ? [true, false] : undefined);
  const { read, write } = options ? other : schema.type === "string" ? text : listsText(schema) ? lines : other;
  const control = options ? select(options) : short || isShort(schema) ? line() : area();
  return {
    name,
    control,
    element: labelled(name, control, hint(schema, required)),
    /** Returns the value; undefined is an empty field. */
    read: () => (control.value === "" ? undefined : read(control.value)),
    write: (value) => { control.value = value === undefined || value === null ? "" : write(value); },
  };
}

const text = { read: String, write: (value) => (typeof value === "string" ? value : JSON.stringify(value)) };
const lines = {
  read: (typed) => typed.split("\n").filter((line) => line !== ""),
  write: (value) => (Array.isArray(value) ? value.join("\n") : JSON.stringify(value)),
};
// What is no JSON is sent as text.
const other = { read: (typed) => parse(typed, typed), write: JSON.stringify };

const isShort = ({ type, maxLength }) => type === "integer" || type === "number" || (type === "string" && maxLength <= LINE);
const listsText = (schema) => schema.type === "array" && schema.items?.type === "string";

const line = () => element("input", { autocomplete: "off", spellcheck: false });
const area = () => element("textarea", { rows: 2, spellcheck: false });
const select = (values) => element("select", {}, element("option", { value: "" }, "—"),
  ...values.map((value) => element("option", { value: JSON.stringify(value) }, String(value))));

/** Takes null out of what is allowed: a field cannot say it, the raw body can. */
function withoutNull(schema) {
  const choices = (schema.anyOf ?? []).filter(({ type }) => type !== "null");
  const types = [schema.type].flat().filter((type) => type !== "null");
  return { ...schema, ...(choices.length === 1 ? choices[0] : { type: types.length === 1 ? types[0] : undefined }) };
}

/** Describes a schema in a line, such as "required · string · 1–200 long". */
function hint(schema, required) {
  const type = listsText(schema) ? "strings, one a line" : schema.type ?? "any JSON";
  return [
    required ? "required" : "optional",
    schema.enum ? "" : type,
    schema.format,
    range(schema.minLength, schema.maxLength, " long"),
    range(schema.minItems, schema.maxItems, " of them"),
    range(schema.minimum, schema.maximum, ""),
    schema.description ?? schema.pattern,
  ].filter(Boolean).join(" · ");
}

function range(least, most, unit) {
  const limits = least === undefined ? `up to ${most}` : most === undefined ? `from ${least}` : `${least}–${most}`;
  return (least ?? most) === undefined ? "" : limits + unit;
}
