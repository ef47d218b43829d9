// What the page reads from the API's description (OpenAPI 3.1). Nothing here knows a resource by name.

import { steps } from "./json.js";

const METHODS = ["get", "post", "put", "patch", "delete"];

export class Description {
  constructor(document) {
    this.document = document;
    this.info = document.info;
  }

  /** Follows a node's $ref. */
  at(node = {}) {
    return node.$ref ? this.at(steps(node.$ref).reduce((found, step) => found?.[step], this.document)) : node;
  }

  /** Lists the calls in the document's order, without those that a link can make. */
  calls() {
    return Object.entries(this.document.paths).flatMap(([path, item]) => {
      const calls = METHODS.filter((method) => item[method]).map((method) => this.#call(path, item, method));
      return calls.some(({ method, parameters }) => method !== "GET" || parameters.length) ? calls : [];
    });
  }

  #call(path, item, method) {
    const { summary, description, parameters = [], requestBody, security } = item[method];
    const [mediaType, content] = Object.entries(this.at(requestBody).content ?? {})[0] ?? [];
    return {
      method: method.toUpperCase(),
      path,
      summary,
      description,
      parameters: [...(item.parameters ?? []), ...parameters].map((parameter) => this.at(parameter)),
      mediaType,
      schema: content && this.at(content.schema),
      example: content?.example,
      keyHeader: this.#keyHeader(security ?? this.document.security ?? []),
    };
  }

  /** Names the header that wants a key. */
  #keyHeader(security) {
    const schemes = security.flatMap(Object.keys).map((name) => this.at(this.document.components.securitySchemes[name]));
    return schemes.find((scheme) => scheme.type === "apiKey" && scheme.in === "header")?.name;
  }

  /** Finds the collection: a path that lists what another one, with an id in braces behind it, reads. */
  collection() {
    const paths = Object.keys(this.document.paths);
    for (const path of paths) {
      const id = paths.find((other) => other.startsWith(`${path}/{`))?.slice(path.length + 2, -1);
      const [list, schema] = id ? this.#listed(this.document.paths[path].get) : [];
      if (list) return { path, id, list, columns: [...new Set([id, ...Object.keys(this.at(schema.items).properties ?? {})])] };
    }
    return undefined;
  }

  /** Returns the property of an answer that holds the records, and its schema. */
  #listed(operation) {
    const { content } = this.at(operation?.responses["200"]);
    const { properties = {} } = this.at(content?.["application/json"]?.schema);
    return Object.entries(properties).find(([, schema]) => schema.type === "array") ?? [];
  }
}
