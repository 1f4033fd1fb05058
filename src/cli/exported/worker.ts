/**
 * A Worker that answers with a model's predictions. `simdnet export` wrote it; you may change it.
 *
 *   GET /          a description of the model's inputs and results
 *   POST /predict  a record, an example or a picture → its prediction; an array of them → an array of predictions
 *
 * An invalid request is answered with { "error": a sentence }.
 */

import model from "./model.safetensors";
import { predictorOf } from "./runtime.ts";

// Read once, when the Worker starts.
const predictor = predictorOf(model);

/** An error that the sender can fix. */
class Refusal extends Error {}

type Body = Uint8Array<ArrayBuffer>;

/** Path → method → the function that answers, given the bytes of the body. */
const routes: Readonly<Record<string, Readonly<Record<string, (body: Body) => Response>>>> = {
  "/": { GET: () => Response.json(predictor.description) },
  "/predict": { POST: (body) => Response.json(predictBody(body)) },
};

function predictBody(body: Body) {
  try {
    return predictor.predict(predictor.parse(body));
  } catch (error) {
    // The library refuses invalid input by these errors.
    if (error instanceof RangeError || error instanceof TypeError) throw new Refusal(error.message);
    throw error;
  }
}

async function answer(request: Request): Promise<Response> {
  // A client reads the answer only after it has sent everything, so every body is read to its end.
  const { mostBytes } = predictor;
  const { bytes, length } = await bytesOf(request, mostBytes);
  const { pathname } = new URL(request.url);
  if (!Object.hasOwn(routes, pathname)) {
    return refusal(404, `got ${pathname}, need ${Object.keys(routes).join(" or ")}`);
  }
  const methods = routes[pathname];
  if (!Object.hasOwn(methods, request.method)) {
    const allow = Object.keys(methods).join(", ");
    return refusal(405, `${pathname}: got ${request.method}, need ${allow}`, { allow });
  }
  if (length > mostBytes) return refusal(400, `body: got ${length} bytes, need at most ${mostBytes}`);
  try {
    return methods[request.method](bytes);
  } catch (error) {
    if (error instanceof Refusal) return refusal(400, error.message);
    console.error(error);
    return refusal(500, "an error that is not yours; it is in the log");
  }
}

const refusal = (status: number, error: string, headers = {}) => Response.json({ error }, { status, headers });

/** Reads the whole body and keeps at most about `mostBytes` of it. */
async function bytesOf({ body }: Request, mostBytes: number): Promise<{ bytes: Body; length: number }> {
  const reader = body?.getReader();
  const pieces: Body[] = [];
  let length = 0;
  for (;;) {
    const { value } = (await reader?.read()) ?? {};
    if (!value) return { bytes: new Uint8Array(await new Blob(pieces).arrayBuffer()), length };
    length += value.length;
    if (length <= mostBytes) pieces.push(value);
  }
}

export default { fetch: answer };
