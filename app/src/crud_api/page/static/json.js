// JSON as text, and pointers into it (RFC 6901).

/** Parses a text; what is no JSON becomes `otherwise`. */
export function parse(text, otherwise) {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** Writes a value for people. */
export const pretty = (value) => JSON.stringify(value, null, 2);

/** Splits a pointer, with or without the # of a URI. */
export const steps = (pointer) =>
  pointer.replace(/^#?\//, "").split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
