/** Convolutions against PyTorch's numbers: the pass, the loss, every gradient, and the parameters after a training; fixtures/convolutions.py made them. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  adam,
  conv1d,
  conv2d,
  convTranspose2d,
  dense,
  depthwiseConv2d,
  fromValues,
  type LayerDescription,
  Network,
  Trainer,
} from "../src/index.ts";
import { expectClose, tolerances } from "./tolerances.ts";

interface Case {
  readonly kind: "conv1d" | "conv2d" | "convTranspose2d" | "depthwiseConv2d";
  readonly shape: number[];
  readonly filters: number;
  readonly size: number;
  readonly options: object;
  readonly inputs: number[][];
  readonly targets: number[][];
  readonly outputShape: number[];
  readonly start: Record<string, number[]>;
  readonly output: number[];
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
  readFileSync(new URL("fixtures/convolutions.json", import.meta.url), "utf8"),
) as Fixture;
const makers = { conv1d, conv2d, convTranspose2d };
const tolerance = tolerances.network.float64;

function networkOf({ kind, shape, filters, size, options, start }: Case): Network {
  const initializers = (layer: string) => ({
    weightInitializer: fromValues(start[`${layer}.weight`]),
    ...(start[`${layer}.bias`] && { biasInitializer: fromValues(start[`${layer}.bias`]) }),
  });
  const named = { name: "layer", ...options, ...initializers("layer") };
  const make = makers[kind as keyof typeof makers] as (
    filters: number,
    size: number,
    options: object,
  ) => LayerDescription;
  const layers = [
    dense(shape.at(-1)!, { name: "dense", ...initializers("dense") }),
    kind === "depthwiseConv2d" ? depthwiseConv2d(size, named) : make(filters, size, named),
  ];
  return new Network({ inputs: shape, layers, dtype: "float64" });
}

describe.each(cases)("$kind of $filters filters $size, $options, on $shape", (golden) => {
  test("the pass, the loss, all gradients and five steps of Adam are PyTorch's", () => {
    const { inputs, targets, outputShape, output, loss, gradients, end } = golden;
    const network = networkOf(golden);
    expect(network.layers[1].outputShape).toEqual(outputShape);
    expectClose(network.predict(inputs).flat(), output, tolerance, "output");
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer: adam({ learningRate }) });
    expectClose([trainer.gradients(inputs, targets)], [loss], tolerance, "loss");
    for (const { name, gradients: actual } of network.parameters) {
      expectClose(actual!, gradients[name], tolerance, `gradient of ${name}`);
    }
    for (let step = 0; step < steps; step++) trainer.step(inputs, targets);
    for (const { name, values } of network.parameters) expectClose(values, end[name], tolerance, name);
  });
});
