/** Recurrent layers against PyTorch's numbers: the pass, the loss, every gradient, and the parameters after a training; fixtures/recurrent.py made them. */
import { readFileSync } from "node:fs";
import { describe, test } from "vitest";
import { adam, bidirectional, dense, gru, lstm, Network, simpleRnn, Trainer } from "../src/index.ts";
import { expectClose, tolerances } from "./tolerances.ts";

interface Case {
  readonly kind: "simpleRnn" | "lstm" | "gru";
  readonly shape: [number, number];
  readonly units: number;
  readonly options: object;
  readonly merge?: "concatenate" | "sum" | "average" | "multiply";
  readonly lengths?: number[];
  readonly inputs: number[][][];
  readonly targets: number[][] | number[][][];
  readonly start: Record<string, number[]>;
  readonly output: number[][] | number[][][];
  readonly loss: number;
  readonly gradients: Record<string, number[]>;
  readonly end: Record<string, number[]>;
}

interface Fixture {
  readonly steps: number;
  readonly learningRate: number;
  readonly cases: readonly Case[];
}

const { steps, learningRate, cases } = JSON.parse(
  readFileSync(new URL("fixtures/recurrent.json", import.meta.url), "utf8"),
) as Fixture;
const makers = { simpleRnn, lstm, gru };
const tolerance = tolerances.network.float64;

function networkOf({ kind, shape, units, options, start, lengths, merge }: Case): Network {
  const layer = merge
    ? bidirectional(makers[kind](units, options), { name: "layer", merge })
    : makers[kind](units, { name: "layer", ...options });
  const layers = [dense(shape[1], { name: "dense" }), layer];
  const network = new Network({ inputs: shape, variableLength: lengths !== undefined, layers, dtype: "float64" });
  for (const { name, values } of network.parameters) values.set(start[name]);
  return network;
}

describe.each(cases)("$kind of $units units, $options, on $shape, lengths $lengths, merge $merge", (golden) => {
  test("the pass, the loss, all gradients and five steps of Adam are PyTorch's", () => {
    const { inputs, targets, output, loss, gradients, end } = golden;
    const network = networkOf(golden);
    expectClose([network.predict(inputs)].flat(9) as number[], output.flat(9) as number[], tolerance, "output");
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: adam({ learningRate }) });
    expectClose([trainer.gradients(inputs, targets)], [loss], tolerance, "loss");
    for (const { name, gradients: actual } of network.parameters) {
      expectClose(actual!, gradients[name], tolerance, `gradient of ${name}`);
    }
    for (let step = 0; step < steps; step++) trainer.step(inputs, targets);
    for (const { name, values } of network.parameters) expectClose(values, end[name], tolerance, name);
  });
});
