/** Requests and answers in JSON: routes, bodies of limited size, and refusals, each with a sentence. */

import { Conflict } from "./store.js";

/** The most characters of the request that a sentence quotes. */
const mostQuoted = 60;

/** An error of the sender: answered with 400 and its message. */
export class Refusal extends Error {}

/**
 * Returns a handler of requests from a table: path → method → a function that answers the text of the body.
 *
 * @param {Record<string, Record<string, (text: string) => Response | Promise<Response>>>} routes
 * @param {number} most bytes of a body
 * @returns {(request: Pick<Request, "method" | "url" | "body">) => Promise<Response>} a function that never rejects
 */
export function handlerOf(routes, most) {
  const paths = Object.keys(routes);
  return async (request) => {
    // A sender that has not sent everything does not listen yet. So a body is read to its end even if it is not wanted.
    const body = await textOf(request, most).catch(() => undefined);
    const pathname = pathOf(request.url);
    if (!paths.includes(pathname)) return refuse(404, `got ${shorten(pathname)}, need ${paths.join(" or ")}`);
    const methods = Object.keys(routes[pathname]);
    if (!methods.includes(request.method)) {
      const allow = methods.join(", ");
      return refuse(405, `${pathname}: got ${request.method}, need ${allow}`, { allow });
    }
    // The sender has gone, or a chunked body is malformed.
    if (body === undefined) return refuse(400, "body: got a part of it, need all");
    if (body.length > most) return refuse(400, `body: got ${body.length} bytes, need at most ${most}`);
    try {
      return await routes[pathname][request.method](body.text);
    } catch (error) {
      if (error instanceof Refusal) return refuse(400, error.message);
      console.error(error);
      return refuse(500, "an error that is not yours; it is in the log");
    }
  };
}

/** @param {number} status */
export function refuse(status, error, headers = {}) {
  return Response.json({ error }, { status, headers });
}

/** Answers a change that other servers preceded at each try. Throws any other error again. */
export function refuseConflict(error) {
  if (!(error instanceof Conflict)) throw error;
  return refuse(503, "other servers store too much at this moment", { "retry-after": "1" });
}

/**
 * Returns the object in a body, which must have exactly these fields.
 *
 * @param {string} text
 * @param {readonly string[]} fields
 * @throws {Refusal} if it is not JSON, or not such an object
 */
export function bodyOf(text, fields) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refusal(
      `body: got ${text.length} characters that are not JSON, need an object with ${fields.join(", ")}`,
    );
  }
  const names = typeof body === "object" && body !== null && !Array.isArray(body) ? Object.keys(body) : [];
  if (names.length !== fields.length || !fields.every((field) => names.includes(field))) {
    throw new Refusal(
      `body: got ${shownNames(body, names)}, need an object with ${fields.join(", ")} and nothing else`,
    );
  }
  return body;
}

/**
 * Runs work that refuses bad numbers with its own message.
 *
 * @template Result
 * @param {() => Result} work
 * @throws {Refusal} instead of the library's RangeError or TypeError
 */
export function orRefuse(work) {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new Refusal(error.message);
    throw error;
  }
}

/** Returns a value of a body as a quotation. */
export const quoted = (value) => shorten(JSON.stringify(value));

function shorten(text) {
  return text.length > mostQuoted ? `${text.slice(0, mostQuoted)}…` : text;
}

/** Some servers let invalid addresses through. */
function pathOf(url) {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

/** Reads the whole body, and keeps at most `most` bytes. */
async function textOf(request, most) {
  const decoder = new TextDecoder();
  const reader = request.body?.getReader();
  let text = "";
  let length = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) return { text: text + decoder.decode(), length };
    length += value.length;
    if (length <= most) text += decoder.decode(value, { stream: true });
  }
}

function shownNames(body, names) {
  if (Array.isArray(body)) return "an array";
  if (typeof body !== "object" || body === null) return body === null ? "null" : `a ${typeof body}`;
  return names.length === 0 ? "an empty object" : `one with ${names.length} fields: ${shorten(names.join(", "))}`;
}
