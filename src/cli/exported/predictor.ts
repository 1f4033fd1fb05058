/** What a Worker answers: a pipeline the predictions for records, a network alone the results for examples. */

import { type Network, Pipeline } from "../../index.ts";
import { columnsOf, exampleOf } from "./columns.ts";
import { contentOf } from "./content.ts";
import { shapesOf } from "./shapes.ts";

export interface Predictor {
  /** What is predicted from what, for those who ask. */
  readonly description: object;
  /** What a body has to be, in words. */
  readonly need: string;
  /** More bytes of a body are refused. */
  readonly mostBytes: number;
  /** @throws {RangeError | TypeError} if the body is nothing that can be predicted from */
  predict(body: unknown): unknown;
}

const mebibyte = 1 << 20;
const mostRecords = 1000;
/** As many characters as a number may have in JSON, with its comma. */
const numberBytes = 26;

/** @throws {RangeError | TypeError} if the file holds neither a pipeline nor a network */
export function predictorOf(file: Uint8Array | ArrayBuffer): Predictor {
  const content = contentOf(file);
  return content instanceof Pipeline ? ofRecords(content) : ofExamples(content);
}

function ofRecords(pipeline: Pipeline): Predictor {
  return {
    description: {
      target: pipeline.target,
      columns: columnsOf(pipeline),
      example: { method: "POST", path: "/predict", body: exampleOf(pipeline) },
    },
    need: "a record or an array of records",
    mostBytes: mebibyte,
    predict(body) {
      if (Array.isArray(body) && body.length > mostRecords) {
        throw new RangeError(`body: got ${body.length} records, need at most ${mostRecords}`);
      }
      return pipeline.predict(body as never);
    },
  };
}

function ofExamples(network: Network): Predictor {
  const { inputs, outputs } = shapesOf(network);
  const isRagged = network.engine.graph.inputs.map(({ lengths }) => lengths !== undefined);
  const shapes = inputs.map((shape, index) => `[${isRagged[index] ? "up to " : ""}${shape.join(", ")}]`);
  const what = inputs.length === 1 ? shapes[0] : `each of ${shapes.join(", ")} in an array`;
  const body = `an example of ${what}, ${isRagged.includes(true) ? "nested" : "flat or nested"}, or an array of such examples`;
  return {
    description: { inputs, outputs, request: { method: "POST", path: "/predict", body } },
    need: "an example or an array of examples",
    // There is room for one example, however large.
    mostBytes: Math.max(mebibyte, numberBytes * network.inputs),
    predict: (body) => network.predict(body as never),
  };
}
