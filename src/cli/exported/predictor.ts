/** Answers the requests of a Worker: predictions for records from a pipeline, results for examples from a network alone. */

import type { Picture } from "../../data/index.ts";
import { type Network, Pipeline } from "../../index.ts";
import { columnsOf, exampleOf, jsonOf } from "./columns.ts";
import { contentOf } from "./content.ts";
import { checkFinite } from "./finite.ts";
import { convertPictures } from "./jsonPictures.ts";
import { shapesOf } from "./shapes.ts";

export interface Predictor {
  /** A description of inputs and results, for users. */
  readonly description: object;
  /** The form of a body, in words. */
  readonly need: string;
  /** The most bytes of a body. */
  readonly mostBytes: number;
  /** @throws {RangeError} if the bytes are neither JSON nor, for a model of pictures, the file of a picture */
  parse(bytes: Uint8Array<ArrayBuffer>): unknown;
  /** @throws {RangeError | TypeError} if the body is no valid input */
  predict(body: unknown): unknown;
}

const mebibyte = 1 << 20;
const mostRecords = 1000;
/** The most characters of a number in JSON, with its comma. */
const numberBytes = 26;

/** Enough for a picture of a million pixels as JSON, or for the file of a camera. */
const pictureBytes = 16 * mebibyte;

/** Decodes the bytes of a picture's file. */
type Decoder = (bytes: Uint8Array<ArrayBuffer>) => Picture;

/**
 * @param decode decodes the files of pictures; without it, bodies are JSON only
 * @throws {RangeError | TypeError} if the file holds neither a pipeline nor a network
 */
export function predictorOf(file: Uint8Array | ArrayBuffer, decode?: Decoder): Predictor {
  const content = contentOf(file);
  if (!(content instanceof Pipeline)) return examplePredictor(content);
  const pictures = content.columns.filter(({ kind }) => kind === "picture").map(({ name }) => name);
  return pictures.length > 0 ? picturePredictor(content, pictures, decode) : recordPredictor(content);
}

/** @param need the form of a body, for the message */
function parseJSON(bytes: Uint8Array, need: string): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    const got = text.length === 1 ? "1 character that is" : `${text.length} characters that are`;
    throw new RangeError(`body: got ${got} not JSON, need ${need}`);
  }
}

/** The first characters of a JSON body: an object, an array, or a space. */
const jsonBegins = new Set(["{", "[", " ", "\n", "\r", "\t"].map((character) => character.charCodeAt(0)));

function picturePredictor(pipeline: Pipeline, names: readonly string[], decode: Decoder | undefined): Predictor {
  const records = recordPredictor(pipeline);
  const isAlone = pipeline.columns.length === 1;
  const need =
    isAlone && decode
      ? "a PNG, JPEG, PGM or PPM picture, or as JSON a picture { data, width, height } or an array of them"
      : records.need;
  return {
    ...records,
    need,
    description: { ...records.description, body: need },
    mostBytes: pictureBytes,
    parse(bytes) {
      if (!isAlone || !decode || jsonBegins.has(bytes[0])) return convertPictures(parseJSON(bytes, need), names);
      try {
        return decode(bytes);
      } catch (error) {
        throw new RangeError(`body: ${(error as Error).message}`);
      }
    },
  };
}

function recordPredictor(pipeline: Pipeline): Predictor {
  const need = "a record or an array of records";
  return {
    description: {
      target: pipeline.target,
      columns: columnsOf(pipeline),
      example: { method: "POST", path: "/predict", body: JSON.parse(jsonOf(exampleOf(pipeline))) },
    },
    need,
    mostBytes: mebibyte,
    parse: (bytes) => parseJSON(bytes, need),
    predict(body) {
      if (Array.isArray(body) && body.length > mostRecords) {
        throw new RangeError(`body: got ${body.length} records, need at most ${mostRecords}`);
      }
      return pipeline.predict(body as never);
    },
  };
}

function examplePredictor(network: Network): Predictor {
  const need = "an example or an array of examples";
  const { inputs, outputs } = shapesOf(network);
  const isRagged = network.engine.graph.inputs.map(({ lengths }) => lengths !== undefined);
  const shapes = inputs.map((shape, index) => `[${isRagged[index] ? "up to " : ""}${shape.join(", ")}]`);
  const what = inputs.length === 1 ? shapes[0] : `each of ${shapes.join(", ")} in an array`;
  const body = `an example of ${what}, ${isRagged.includes(true) ? "nested" : "flat or nested"}, or an array of such examples`;
  return {
    description: { inputs, outputs, request: { method: "POST", path: "/predict", body } },
    need,
    parse: (bytes) => parseJSON(bytes, need),
    // One example always fits, however large.
    mostBytes: Math.max(mebibyte, numberBytes * network.inputs),
    predict: (body) => checkFinite(network.predict(body as never)),
  };
}
