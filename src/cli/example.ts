/** An example of what a model takes, as code, and its answer: for those who use what is exported. */

import { type Network, Pipeline } from "../index.ts";
import { exampleOf } from "./exported/columns.ts";
import { shapesOf } from "./exported/shapes.ts";

export interface Example {
  /** What is given to `predict`, in JavaScript. */
  readonly code: string;
  /** What `predict` gives back, as JSON; of many numbers, how many. */
  readonly answer: string;
}

/** An answer of more numbers is not shown. */
const mostNumbers = 20;

/** Returns the record that is most like the training's, or an image of zeros: the kind of example that the model takes. */
export function exampleFor(model: Pipeline | Network): Example {
  if (model instanceof Pipeline) {
    const record = exampleOf(model);
    return { code: JSON.stringify(record), answer: JSON.stringify(model.predict(record)) };
  }
  const sizes = shapesOf(model).inputs.map((shape) => shape.reduce((product, side) => product * side));
  const zeros = sizes.map((size) => new Array<number>(size).fill(0));
  const codes = sizes.map((size) => `Array(${size}).fill(0)`);
  const [example, code] = sizes.length === 1 ? [zeros[0], codes[0]] : [zeros, `[${codes.join(", ")}]`];
  const answer = JSON.stringify(model.predict<number[]>(example as number[]));
  return { code, answer: model.outputs > mostNumbers ? `${model.outputs} numbers` : answer };
}
