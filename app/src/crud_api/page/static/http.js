// A request: sent, and shown as the curl line that would send it.

import { parse } from "./json.js";

const PATIENCE = 15_000; // milliseconds

/** Sends a request; resolves to what was answered, rejects where nothing was. */
export async function send(request) {
  const started = performance.now();
  const signal = AbortSignal.timeout(PATIENCE);
  const response = await fetch(request.url, { ...request, cache: "no-store", signal });
  const text = await response.text();
  const json = parse(text);
  const { status, headers } = response;
  const ok = status < 400;
  const reason = (!ok && json?.title) || response.statusText;
  return { ok, status, reason, headers, text, json, milliseconds: Math.round(performance.now() - started) };
}

/** Writes a request as a curl line; the key stays a variable of the reader's shell. */
export function curl({ method, url, headers, body }, keyHeader) {
  const implied = body === undefined ? "GET" : "POST";
  const given = Object.entries(headers).filter(([name]) => name !== keyHeader);
  return [
    method === "HEAD" ? "curl --head" : `curl -i${method === implied ? "" : ` -X ${method}`}`,
    ...(keyHeader ? [`-H "${keyHeader}: $KEY"`] : []),
    ...given.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-raw ${quoted(body)}`]),
    quoted(new URL(url, location.href).href),
  ].join(" \\\n  ");
}

const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;
