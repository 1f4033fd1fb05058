/** An example of what a model takes, as code, and its answer: for those who use what is exported. */

import { type Nested, type Network, Pipeline } from "../index.ts";
import { exampleOf } from "./exported/columns.ts";

export interface Example {
  /** What is given to `predict`, in JavaScript. */
  readonly code: string;
  /** What `predict` gives back, as JSON; of many numbers, how many. */
  readonly answer: string;
}

/** An answer of more numbers is not shown. */
const mostNumbers = 20;

const zerosOf = ([side, ...rest]: readonly number[]): Nested =>
  Array.from({ length: side }, () => (rest.length > 0 ? zerosOf(rest) : 0)) as Nested;

const codeOf = ([side, ...rest]: readonly number[]): string =>
  `Array(${side}).fill(${rest.length > 0 ? codeOf(rest) : 0})`;

/** Returns the record that is most like the training's, or an image of zeros: the kind of example that the model takes. */
export function exampleFor(model: Pipeline | Network): Example {
  if (model instanceof Pipeline) {
    const record = exampleOf(model);
    const [{ name, kind }, ...others] = model.columns;
    // Where the only column is a text, it may stand for the record.
    const example = kind === "text" && others.length === 0 ? (record[name] as string) : record;
    return { code: JSON.stringify(example), answer: JSON.stringify(model.predict(example)) };
  }
  // Sequences that may differ in length are nested, all others flat.
  const sides = model.engine.graph.inputs.map(({ shape, lengths }) =>
    lengths ? shape : [shape.reduce((product, side) => product * side)],
  );
  const zeros = sides.map(zerosOf);
  const codes = sides.map(codeOf);
  const [example, code] = sides.length === 1 ? [zeros[0], codes[0]] : [zeros, `[${codes.join(", ")}]`];
  const answer = JSON.stringify(model.predict<number[]>(example as never));
  return { code, answer: model.outputs > mostNumbers ? `${model.outputs} numbers` : answer };
}
