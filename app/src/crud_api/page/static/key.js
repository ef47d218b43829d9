// The key: in memory, and in the tab's session storage where the user asks for that; never in a URL.

import { byId, mark } from "./dom.js";

const [form, input, keep] = ["key-form", "key", "key-keep"].map(byId);

/** Shows the field for the key that a header wants. */
export function askForKey(header) {
  byId("key-name").textContent = header;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    markKey("");
    if (keep.checked) sessionStorage.setItem("key", input.value);
    else sessionStorage.removeItem("key");
  });
  input.value = sessionStorage.getItem("key") ?? "";
  keep.checked = input.value !== "";
}

export const givenKey = () => input.value;

/** Says what is wrong with it. */
export const markKey = (text) => mark(input, text);
