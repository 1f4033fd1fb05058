/** An example of what a model takes, as code, and its answer: for those who use what is exported. */

import { type Nested, type Network, Pipeline, type RecordLike } from "../index.ts";
import { escapeControls, jsonText } from "./display.ts";
import { exampleOf, jsonOf } from "./exported/columns.ts";
import { guard } from "./failure.ts";

export interface Example {
  /** What is given to `predict`, in JavaScript. */
  readonly code: string;
  /** The same as JSON, of a record. */
  readonly json?: string;
  /** What `predict` gives back, as JSON; of many numbers, how many. */
  readonly answer: string;
}

/** An answer of more numbers is not shown. */
const mostNumbers = 20;

const zerosOf = ([side, ...rest]: readonly number[]): Nested =>
  Array.from({ length: side }, () => (rest.length > 0 ? zerosOf(rest) : 0)) as Nested;

const zerosCode = ([side, ...rest]: readonly number[]): string =>
  `Array(${side}).fill(${rest.length > 0 ? zerosCode(rest) : 0})`;

/** A value as JSON, but for the bytes of pictures. */
function codeOf(value: unknown): string {
  if (value instanceof Uint8Array) return `Uint8Array.of(${value.join(", ")})`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return jsonText(value);
  const members = Object.entries(value).map(([name, each]) => `${jsonText(name)}:${codeOf(each)}`);
  return `{${members.join(",")}}`;
}

/** Returns the record that is most like the training's, or an image of zeros: the kind of example that the model takes. */
export function exampleFor(model: Pipeline | Network): Example {
  if (model instanceof Pipeline) {
    const record = exampleOf(model);
    const [{ name, kind }, ...others] = model.columns;
    // Where the only column is a text or a picture, it may stand for the record.
    const isAlone = (kind === "text" || kind === "picture") && others.length === 0;
    const example = isAlone ? (record[name] as RecordLike) : record;
    const answer = jsonText(guard("an example for it", () => model.predict(example)));
    return { code: codeOf(example), json: escapeControls(jsonOf(example)), answer };
  }
  // Sequences that may differ in length are nested, all others flat.
  const sides = model.engine.graph.inputs.map(({ shape, lengths }) =>
    lengths ? shape : [shape.reduce((product, side) => product * side)],
  );
  const zeros = sides.map(zerosOf);
  const codes = sides.map(zerosCode);
  const [example, code] = sides.length === 1 ? [zeros[0], codes[0]] : [zeros, `[${codes.join(", ")}]`];
  const answer = JSON.stringify(model.predict<number[]>(example as never));
  return { code, answer: model.outputs > mostNumbers ? `${model.outputs} numbers` : answer };
}
