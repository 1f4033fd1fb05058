/** Describes the shapes of a network's examples and results for users. */

import type { Network } from "../../index.ts";

export interface Shapes {
  /** The shape of one example of each input: `[[28, 28, 1]]`. */
  readonly inputs: number[][];
  /** The shape of one answer of each output: `[[10]]`. */
  readonly outputs: number[][];
}

export function shapesOf({ engine: { graph } }: Network): Shapes {
  const [inputs, outputs] = [graph.inputs, graph.outputs].map((values) => values.map(({ shape }) => [...shape]));
  return { inputs, outputs };
}
