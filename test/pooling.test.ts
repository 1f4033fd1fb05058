/** Pooling, upsampling, padding and cropping against PyTorch's numbers, forward and back; fixtures/pooling.py made them and says how. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as simdnet from "../src/index.ts";
import type { Dtype } from "../src/kernels/dtype.ts";
import { expectClose, tolerances } from "./tolerances.ts";

const { dense, fromValues, Network, reshape, Trainer } = simdnet;

const makers = {
  ...{ maxPool1d: simdnet.maxPool1d, maxPool2d: simdnet.maxPool2d },
  ...{ averagePool1d: simdnet.averagePool1d, averagePool2d: simdnet.averagePool2d },
  ...{ globalAveragePool: simdnet.globalAveragePool, globalMaxPool: simdnet.globalMaxPool },
  ...{ upsample2d: simdnet.upsample2d, zeroPad2d: simdnet.zeroPad2d, crop2d: simdnet.crop2d },
};

interface Case {
  layer: keyof typeof makers;
  args: unknown[];
  shape: number[];
  input: number[];
  outputShape: number[];
  output: number[];
  outputGrad: number[];
  inputGrad: number[];
}

const { cases }: { cases: Case[] } = JSON.parse(readFileSync("test/fixtures/pooling.json", "utf8"));
const titled = cases.map((each): [string, Case] => [
  `${each.layer}(${each.args.map((value) => JSON.stringify(value)).join(", ")}) of [${each.shape}]`,
  each,
]);

const layerOf = ({ layer, args }: Case) =>
  (makers[layer] as (...values: unknown[]) => simdnet.LayerDescription)(...args);

/** A network that gives back a case's output, since its first weights are the case's input, and the rows that it takes for that. */
function networkOf(each: Case, dtype: Dtype) {
  const size = each.shape.reduce((product, side) => product * side, 1);
  const count = each.input.length / size;
  const values = dense(size, { bias: false, weightInitializer: fromValues(each.input) });
  const network = new Network({ inputs: count, layers: [values, reshape(each.shape), layerOf(each)], dtype });
  const rows = Array.from({ length: count }, (_, row) => Array.from({ length: count }, (__, k) => Number(row === k)));
  return { network, rows };
}

describe.each(titled)("%s", (_, each) => {
  it.each<Dtype>(["float32", "float64"])("agrees with PyTorch in %s: output and gradient", (dtype) => {
    const tolerance = dtype === "float64" ? tolerances.network.float64 : tolerances.golden.float32;
    const { network, rows } = networkOf(each, dtype);
    expect(network.layers[2].outputShape).toEqual(each.outputShape);
    expectClose(network.predict(new Float64Array(rows.flat())), each.output, tolerance, "output");
    // The gradient of the mean of squared errors is 2 / count times the error.
    const { length: count } = each.output;
    const targets = each.output.map((value, index) => value - (each.outputGrad[index] * count) / 2);
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    trainer.gradients(rows, new Float64Array(targets));
    expectClose(network.parameters[0].gradients!, each.inputGrad, tolerance, "gradient");
  });
});

describe("the cases", () => {
  it("cover every layer, and the padding of every form", () => {
    expect([...new Set(cases.map(({ layer }) => layer))].sort()).toEqual(Object.keys(makers).sort());
    const paddings = cases.map(({ args: [, options] }) => (options as { padding?: unknown } | undefined)?.padding);
    const forms = paddings.map((padding) => (Array.isArray(padding) ? typeof padding[0] : (padding ?? "valid")));
    expect(new Set(forms)).toEqual(new Set(["valid", "same", 1, "object", "number", "causal"]));
  });
});
