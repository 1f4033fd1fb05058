import { describe, expect, test } from "vitest";
import { dense, Network, Trainer, type TrainerOptions } from "../../src/index.ts";
import { StepPrograms } from "../../src/training/stepPrograms.ts";
import { gradientBits, parameterBits } from "./problem.ts";

const inputs = [
  [0.5, -1],
  [1, 0.25],
  [-0.75, 2],
];
const classes = [0, 2, 1];
const rows = [
  [1, 0, 0],
  [0, 0, 1],
  [0, 1, 0],
];
const weights = [1, 0.5, 2];

const make = (options: Partial<TrainerOptions> = {}) =>
  new Trainer(new Network({ inputs: 2, layers: [dense(4, { activation: "tanh" }), dense(3)], seed: 2 }), {
    loss: "softmaxCrossEntropy",
    ...options,
  });

/** The names of the operations of a trainer's programs. */
function namesOf(options: Partial<TrainerOptions>) {
  const made: StepPrograms[] = [];
  const { bind } = StepPrograms.prototype;
  StepPrograms.prototype.bind = function (...args) {
    made.push(this);
    return bind.apply(this, args);
  };
  try {
    make(options).step(inputs, classes);
  } finally {
    StepPrograms.prototype.bind = bind;
  }
  const { forward, backward, gradients } = made[0];
  const names = ({ operations }: typeof forward) => operations.map(({ name }) => name);
  return { forward: names(forward), backward: names(backward), gradients: names(gradients) };
}

describe("a step", () => {
  test("is two lists: forward with the loss, and back from its gradient to the update", () => {
    const { forward, backward, gradients } = namesOf({});
    expect(forward).toEqual(["denseForward", "tanhForward", "denseForward", "sparseSoftmaxCrossEntropyForward"]);
    expect(backward[0]).toBe("sparseSoftmaxCrossEntropyBackward");
    expect(backward.slice(gradients.length)).toEqual(["adamStep"]);
    expect(backward.slice(0, gradients.length)).toEqual(gradients);
  });

  test("has its penalties behind the loss, and its limits before the update: values, then the norm", () => {
    const { forward, backward, gradients } = namesOf({ l2: 0.1, clipValue: 1, clipNorm: 1 });
    expect(forward.slice(-2)).toEqual(["addPenalty", "addPenalty"]);
    expect(gradients.slice(-2)).toEqual(["addPenaltyGradient", "addPenaltyGradient"]);
    const limits = [...new Array(4).fill("clip"), "addSquares", ...new Array(4).fill("limitNorm")];
    expect(backward.slice(gradients.length)).toEqual([...limits, "adamStep"]);
  });
});

test("batches of every form, in any order, have the bits of trainers that see one form alone", () => {
  const batches = [
    [classes, undefined],
    [rows, undefined],
    [classes, { exampleWeights: weights }],
    [rows, { exampleWeights: weights }],
  ] as const;
  const mixed = make();
  for (const [targets, options] of [...batches, ...batches.toReversed()]) {
    const loss = mixed.gradients(inputs, targets, options);
    const alone = make();
    expect(loss).toBe(alone.gradients(inputs, targets, options));
    expect(gradientBits(mixed.network)).toBe(gradientBits(alone.network));
  }
});

test("two trainers of one network take turns, each with its own loss and limits", () => {
  const pairs = [make({ clipNorm: 0.01 }), make({ loss: "meanSquaredError" })];
  const shared = make().network;
  const turns = [
    new Trainer(shared, { loss: "softmaxCrossEntropy", clipNorm: 0.01 }),
    new Trainer(shared, { loss: "meanSquaredError" }),
  ];
  expect(turns[0].gradients(inputs, rows)).toBe(pairs[0].gradients(inputs, rows));
  expect(turns[1].gradients(inputs, rows)).toBe(pairs[1].gradients(inputs, rows));
  expect(turns[0].gradients(inputs, rows)).toBe(pairs[0].gradients(inputs, rows));
  expect(gradientBits(shared)).toBe(gradientBits(pairs[0].network));
  turns[0].step(inputs, rows);
  pairs[0].step(inputs, rows);
  expect(parameterBits(shared)).toBe(parameterBits(pairs[0].network));
});
