// The page of crud-api, made from the API's description at run time.

import { Call } from "./call.js";
import { Description } from "./description.js";
import { byId, prose } from "./dom.js";
import { send } from "./http.js";
import { askForKey } from "./key.js";
import { Records } from "./records.js";

async function start() {
  const { ok, status, json } = await send({ url: "/openapi.json" });
  if (!ok) throw new Error(`it answers ${status}`);
  const description = new Description(json);
  const { title, version, description: text } = description.info;
  document.title = byId("title").textContent = title;
  byId("version").textContent = version;
  byId("text").append(...prose(text));

  const collection = description.collection();
  const choose = (id, record) => calls.forEach((call) => call.choose(collection.id, id, record));
  const records = collection && new Records(collection, choose);
  const answered = ({ method }, { ok, json }) => {
    if (!ok || method === "GET" || !records) return;
    if (json?.[collection.id]) choose(json[collection.id], json);
    records.refresh();
  };

  const calls = description.calls().map((call) => new Call(description, call, answered));
  const header = calls.find((call) => call.keyHeader)?.keyHeader;
  if (header) askForKey(header);
  byId("calls").append(...calls.map((call) => call.element));
  byId("calls").hidden = false;
  calls.forEach((call) => call.show());
  records?.refresh();
}

start().catch(({ message }) => {
  byId("failure").textContent = `/openapi.json cannot be read: ${message}. Reload this page when the server answers.`;
});
