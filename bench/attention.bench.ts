/** Attention as a share of the machine's peak: its kernels, and a layer with its projections, forward and with the backward pass. */
import { type Dtype, elementBytes } from "#dist/kernels/dtype.js";
import { type Address, eachRow, none, type Operation, op } from "#dist/kernels/operations.js";
import { attentionBytes, attentionKind, attention as attentionLayer } from "#dist/topology/layers/attention.js";
import { attentionBackwardBytes, attentionTraining } from "#dist/topology/layers/attentionTraining.js";
import type { BackwardSite } from "#dist/topology/layers/layer.js";
import { attentionForward, type Matrix } from "../test/reference/attention/attention.ts";
import { attentionBackward } from "../test/reference/attention/gradients.ts";
import * as dense from "../test/reference/products/dense.ts";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import { peakWork } from "./peak.ts";
import { type Block, Scratch } from "./scratch.ts";

interface Shape {
  /** The number of sequences in a batch. */
  readonly rows: number;
  readonly steps: number;
  /** The columns of all heads, which are also the features of the layer. */
  readonly features: number;
  readonly heads: number;
  readonly causal?: boolean;
  /** The shares of the peak that forward, and forward with backward, must reach in float32. */
  readonly goals?: readonly [number, number];
  /** True if it is also measured in float64. */
  readonly isMain?: boolean;
}

const shapes: readonly Shape[] = [
  { rows: 4, steps: 256, features: 128, heads: 4, goals: [0.5, 0.45], isMain: true },
  { rows: 4, steps: 256, features: 128, heads: 4, causal: true },
  { rows: 2, steps: 512, features: 128, heads: 4 },
  { rows: 16, steps: 64, features: 128, heads: 4 },
  { rows: 4, steps: 256, features: 256, heads: 4, isMain: true },
  { rows: 32, steps: 32, features: 64, heads: 4 },
  { rows: 64, steps: 8, features: 32, heads: 4 },
];

const passes = ["forward", "forward and backward"] as const;
type Pass = (typeof passes)[number];

export function attention(rounds: number): Bench[] {
  return [
    benchOf("attention's kernels", kernelsOf, "float32", rounds),
    benchOf("layers of attention", layerOf, "float32", rounds),
    benchOf("attention's kernels", kernelsOf, "float64", rounds),
  ];
}

function benchOf(what: string, workOf: typeof kernelsOf, dtype: Dtype, rounds: number): Bench {
  return {
    title: `${what}, ${dtype}`,
    unit: "GFLOP/s",
    versus: "peak",
    *rows() {
      const peak = peakWork(dtype);
      for (const shape of dtype === "float32" ? shapes : shapes.filter(({ isMain }) => isMain)) {
        for (const pass of passes) {
          const goalRatio = dtype === "float32" ? shape.goals?.[passes.indexOf(pass)] : undefined;
          yield measure({ ...workOf(new Scratch(dtype), pass, shape), goalRatio }, peak, rounds);
        }
      }
    },
  };
}

/** Returns a name: "256 × 128, 4 heads, causal: forward". */
const nameOf = ({ steps, features, heads, causal }: Shape, pass: Pass) =>
  `${steps} × ${features}, ${heads} heads${causal ? ", causal" : ""}: ${pass}`;

/** Counts multiplications and additions by the definition. With causal, a query has on average half of the keys, plus half a key. */
function countOf({ rows, steps, features, causal }: Shape, pass: Pass): number {
  const pairs = causal ? (steps * (steps + 1)) / 2 : steps * steps;
  return 2 * rows * pairs * features * (pass === "forward" ? 2 : 6);
}

const cut = <Element>(values: readonly Element[], length: number) =>
  Array.from({ length: values.length / length }, (_, index) => values.slice(index * length, (index + 1) * length));

/** Returns a block as examples, each a matrix. */
const examplesOf = ({ view }: Block, { steps, features }: Shape): Matrix[] =>
  cut(cut(Array.from(view()), features), steps);

function kernelsOf(scratch: Scratch, pass: Pass, shape: Shape): Work {
  const { rows, steps, features, heads, causal } = shape;
  const bytes = elementBytes[scratch.dtype];
  const keyUnits = features / heads;
  const count = rows * steps * features;
  const [query, key, value, outputGrad] = Array.from({ length: 4 }, () => scratch.random(count, 2));
  const [output, queryGrad, keyGrad, valueGrad] = Array.from({ length: 4 }, () => scratch.zeros(count));
  const statistics = scratch.zeros(2 * rows * steps * heads).address;
  const ofSteps = { queryOffsets: none, keyOffsets: none, querySteps: steps, keySteps: steps };
  const inputs = { query: query.address, key: key.address, value: value.address, statistics };
  const fields = { ...inputs, ...ofSteps, heads, keyUnits, isCausal: Number(causal ?? false), stream: 0, rate: 0 };
  const forward = { space: scratch.space(attentionBytes(steps, keyUnits, bytes)), output: output.address };
  const backward = {
    space: scratch.space(attentionBackwardBytes(steps, keyUnits, bytes)),
    outputGrad: outputGrad.address,
    queryGrad: queryGrad.address,
    keyGrad: keyGrad.address,
    valueGrad: valueGrad.address,
  };
  const run = scratch.program(
    (batch) => [
      op("attentionForward", eachRow(heads), { batch, ...fields, ...forward }),
      ...(pass === "forward" ? [] : [op("attentionBackward", eachRow(heads), { batch, ...fields, ...backward })]),
    ],
    rows,
  );
  const name = nameOf(shape, pass);
  return {
    name,
    run,
    check() {
      const [q, k, v, g] = [query, key, value, outputGrad].map((block) => examplesOf(block, shape));
      const isCausal = causal ?? false;
      const last = rows - 1;
      const sizes = { heads, keyUnits, isCausal };
      const check = (what: string, block: Block, expected: Matrix) =>
        compare(`${name}, ${what}`, examplesOf(block, shape)[last].flat(), expected.flat(), scratch.tolerance);
      check("output", output, attentionForward(q[last], k[last], v[last], sizes));
      if (pass === "forward") return;
      const expected = attentionBackward(q[last], k[last], v[last], g[last], sizes);
      check("gradient of the query", queryGrad, expected.queryGrad);
      check("gradient of the key", keyGrad, expected.keyGrad);
      check("gradient of the value", valueGrad, expected.valueGrad);
    },
    count: countOf(shape, pass),
  };
}

/** Measures a layer of self-attention whose projections have as many columns as it has features. */
function layerOf(scratch: Scratch, pass: Pass, shape: Shape): Work {
  const { rows, steps, features, heads, causal } = shape;
  const bytes = elementBytes[scratch.dtype];
  const description = { ...attentionLayer({ heads, causal }) };
  const sides = [steps, features];
  const shapesOfUse = { elementBytes: bytes, inputs: [sides], output: sides };
  const blocks: Record<string, Address> = {};
  const all = {
    ...attentionKind.blocks!(description, shapesOfUse),
    ...attentionTraining.blocks!(description, shapesOfUse),
  };
  for (const [name, block] of Object.entries(all)) {
    if (typeof block !== "object" || block.per === "sequence") continue;
    if (block.per === "operation") blocks[name] = scratch.space(8 * block.elements);
    else blocks[name] = scratch.zeros(rows * block.elements).address;
  }
  const parameters = attentionKind.parameters!(description, [sides]).map(({ shape: each, fanIn }) => {
    const elements = each.reduce((a, b) => a * b);
    return scratch.random(elements, 2 / Math.sqrt(fanIn));
  });
  const addresses = parameters.map(({ address }) => address);
  const count = rows * steps * features;
  const [input, outputGrad] = [scratch.random(count), scratch.random(count)];
  const [output, inputGrad] = [scratch.zeros(count), scratch.zeros(count)];
  const site: BackwardSite = {
    elementBytes: bytes,
    inputShapes: [sides],
    outputShape: sides,
    outputShapes: [sides],
    inputs: [input.address],
    offsets: [none],
    actsOnSteps: false,
    stepBatches: [none],
    outputBatch: none,
    output: output.address,
    outputs: [output.address],
    blocks,
    parameters: addresses,
    statistics: [],
    batch: none,
    isTrained: true,
    position: 0,
    outputGrad: outputGrad.address,
    outputGrads: [outputGrad.address],
    inputGrads: [inputGrad.address],
    parameterMarks: [],
    parameterGrads: parameters.map(({ view }) => scratch.zeros(view().length).address),
  };
  const run = scratch.program((batch) => {
    const forward: readonly Operation[] = attentionTraining.forward!(description, {
      ...site,
      batch,
      stepBatches: [batch],
    });
    return pass === "forward"
      ? forward
      : [...forward, ...attentionTraining.backward(description, { ...site, batch, stepBatches: [batch] })];
  }, rows);
  const name = nameOf(shape, pass);
  const projections = 8 * rows * steps * features * features;
  return {
    name,
    run,
    check() {
      const sizes = { rows: steps, fanIn: features, fanOut: features };
      const heading = { heads, keyUnits: features / heads, isCausal: causal ?? false };
      const tolerance = 10 * scratch.tolerance;
      const last = (block: Block) => examplesOf(block, shape)[rows - 1];
      const project = (index: number, x: Matrix) => {
        const [weight, bias] = [parameters[index], parameters[index + 4]].map(({ view }) => view());
        return cut(dense.denseForward(x.flat(), weight, bias, sizes), features);
      };
      const back = (index: number, grad: Matrix) =>
        cut(dense.denseBackwardInput(grad.flat(), parameters[index].view(), sizes), features);
      const [query, key, value] = [0, 1, 2].map((index) => project(index, last(input)));
      const expected = project(3, attentionForward(query, key, value, heading));
      compare(name, last(output).flat(), expected.flat(), tolerance);
      if (pass === "forward") return;
      const gradients = attentionBackward(query, key, value, back(3, last(outputGrad)), heading);
      const parts = [gradients.queryGrad, gradients.keyGrad, gradients.valueGrad].map((each, index) => {
        return back(index, each).flat();
      });
      const sum = parts[0].map((x, index) => x + parts[1][index] + parts[2][index]);
      compare(`${name}, gradient of the input`, last(inputGrad).flat(), sum, tolerance);
    },
    count: countOf(shape, pass) + projections * (pass === "forward" ? 1 : 3),
  };
}
