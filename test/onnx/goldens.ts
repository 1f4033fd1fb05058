/** The networks of the fixtures that PyTorch answers for: images, sequences, pools (test/fixtures). */

import { readFileSync } from "node:fs";
import {
  averagePool1d,
  averagePool2d,
  bidirectional,
  conv1d,
  conv2d,
  convTranspose2d,
  crop2d,
  type Dtype,
  dense,
  depthwiseConv2d,
  globalAveragePool,
  globalMaxPool,
  gru,
  lstm,
  maxPool1d,
  maxPool2d,
  Network,
  simpleRnn,
  upsample2d,
  zeroPad2d,
} from "../../src/index.ts";
import type { Example } from "./examples.ts";

interface Case {
  readonly kind: string;
  readonly shape: readonly number[];
  readonly filters?: number;
  readonly units?: number;
  readonly size?: number;
  readonly options: object;
  readonly start: Readonly<Record<string, readonly number[]>>;
  readonly lengths?: readonly number[];
  readonly merge?: string;
}

interface PoolCase {
  readonly layer: string;
  readonly args: readonly unknown[];
  readonly shape: readonly number[];
}

const casesOf = <Content>(name: string): readonly Content[] =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8")).cases;

/** Makes a layer of numbers and options. */
type Make = (...args: unknown[]) => never;
const makers = {
  ...{ conv1d, conv2d, convTranspose2d, depthwiseConv2d, simpleRnn, lstm, gru },
  ...{ maxPool1d, maxPool2d, averagePool1d, averagePool2d, globalAveragePool, globalMaxPool },
  ...{ upsample2d, zeroPad2d, crop2d },
} as unknown as Readonly<Record<string, Make>>;

/** An example with the lengths of its sequences, if they differ. */
export type GoldenExample = Example & { readonly lengths?: readonly number[] | undefined };

function exampleOf({ kind, shape, filters, units, size, options, start, lengths, merge }: Case): GoldenExample {
  const named = { name: "layer", ...options };
  const layer = () => {
    if (merge !== undefined)
      return bidirectional(makers[kind](units, options), { name: "layer", merge: merge as "sum" });
    if (units !== undefined) return makers[kind](units, named);
    return kind === "depthwiseConv2d" ? makers[kind](size, named) : makers[kind](filters, size, named);
  };
  return {
    name: `${kind}, ${JSON.stringify({ ...options, size, lengths, merge })}, on ${shape.join(" × ")}`,
    lengths,
    network(dtype: Dtype) {
      const layers = [dense(shape.at(-1)!, { name: "dense" }), layer()];
      const network = new Network({ inputs: shape, variableLength: lengths !== undefined, layers, dtype });
      for (const { name, values } of network.parameters) values.set(start[name]);
      return network;
    },
  };
}

const pools = casesOf<PoolCase>("pooling").map(
  ({ layer, args, shape }): GoldenExample => ({
    name: `${layer}, ${JSON.stringify(args)}, on ${shape.join(" × ")}`,
    network: (dtype) => new Network({ inputs: shape, layers: [makers[layer](...args)], dtype }),
  }),
);

export const goldenNetworks: readonly GoldenExample[] = [
  ...[...casesOf<Case>("convolutions"), ...casesOf<Case>("recurrent")].map(exampleOf),
  ...pools,
];
