// Elements, made without markup: whatever a record holds stays text.

/** Makes an element with properties or attributes; children are nodes or text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Makes nodes of a text in which `code` stands between backticks. */
export const prose = (text = "") => text.split("`").map((part, place) => (place % 2 ? element("code", {}, part) : part));

export const byId = (id) => document.getElementById(id);

let fields = 0;

/** Puts a control under its label, with a hint and a place for what is wrong with it. */
export function labelled(label, control, hint = "") {
  control.id = `field-${++fields}`;
  const below = ["hint", "error"].map((kind) => element("p", { className: kind, id: `${control.id}-${kind}` }));
  below[0].append(...prose(hint));
  control.setAttribute("aria-describedby", below.map(({ id }) => id).join(" "));
  return element("div", { className: "field" }, element("label", { htmlFor: control.id }, label), control, ...below);
}

/** Says under a control what is wrong with it; an empty text takes that back. */
export function mark(control, text) {
  byId(`${control.id}-error`).textContent = text;
  control.ariaInvalid = text ? "true" : null;
}
