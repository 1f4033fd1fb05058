/** Makes an example of a model's input, as code, with its prediction. Exported modules and Workers show it to their users. */

import { type Nested, type Network, Pipeline, type RecordLike } from "../index.ts";
import { escapeJSON, jsonText } from "./display.ts";
import { exampleOf, jsonOf } from "./exported/columns.ts";
import { guard } from "./failure.ts";

export interface Example {
  /** The argument of `predict`, in JavaScript. */
  readonly code: string;
  /** The same as JSON, if it is a record. */
  readonly json?: string;
  /** The result of `predict` as JSON; if it has many numbers, their count. */
  readonly answer: string;
}

/** A result of more numbers is not shown. */
const mostNumbers = 20;

const zerosOf = ([side, ...rest]: readonly number[]): Nested =>
  Array.from({ length: side }, () => (rest.length > 0 ? zerosOf(rest) : 0)) as Nested;

const zerosCode = ([side, ...rest]: readonly number[]): string =>
  `Array(${side}).fill(${rest.length > 0 ? zerosCode(rest) : 0})`;

/** Returns a value as JavaScript: as JSON, with the bytes of pictures as Uint8Array.of. */
function codeOf(value: unknown): string {
  if (value instanceof Uint8Array) return `Uint8Array.of(${value.join(", ")})`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return jsonText(value);
  const members = Object.entries(value).map(([name, each]) => `${jsonText(name)}:${codeOf(each)}`);
  return `{${members.join(",")}}`;
}

/** Returns an example for a model: a typical record for a pipeline, zeros for a network. */
export function exampleFor(model: Pipeline | Network): Example {
  if (model instanceof Pipeline) {
    const record = exampleOf(model);
    const [{ name, kind }, ...others] = model.columns;
    // A model with a single column of texts or pictures takes the value in place of a record.
    const isAlone = (kind === "text" || kind === "picture") && others.length === 0;
    const example = isAlone ? (record[name] as RecordLike) : record;
    const answer = jsonText(guard("an example for it", () => model.predict(example)));
    return { code: codeOf(example), json: escapeJSON(jsonOf(example)), answer };
  }
  // Sequences of variable length are nested, all others flat.
  const sides = model.engine.graph.inputs.map(({ shape, lengths }) =>
    lengths ? shape : [shape.reduce((product, side) => product * side)],
  );
  const zeros = sides.map(zerosOf);
  const codes = sides.map(zerosCode);
  const [example, code] = sides.length === 1 ? [zeros[0], codes[0]] : [zeros, `[${codes.join(", ")}]`];
  const answer = JSON.stringify(model.predict<number[]>(example as never));
  return { code, answer: model.outputs > mostNumbers ? `${model.outputs} numbers` : answer };
}
