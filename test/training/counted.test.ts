import { describe, expect, test } from "vitest";
import type { Examples, Trainer, TrainerOptions } from "../../src/index.ts";
import { classification, parameterBits, smallTrainer } from "./problem.ts";
import { inputs as pairs, rows, make as twoHeads, targets as twoTargets } from "./twoHeads.ts";

const { inputs } = classification(6);
const ofClass = (number: number) => inputs.map(() => number);
const need = "need one at least that counts";

/** Each has a good set of examples, one in which nothing counts, and what is said of it. */
const cases: [string, () => Trainer, Examples, Examples, string][] = [
  [
    "classes whose weight is 0",
    () => smallTrainer({ loss: "softmaxCrossEntropy", classWeights: [1, 1, 0] }, 3),
    { inputs, targets: [0, 1, 2, 0, 1, 2] },
    { inputs, targets: ofClass(2) },
    `targets: got only targets whose weight in classWeights is 0, ${need}`,
  ],
  [
    "one-hot rows of such a class",
    () => smallTrainer({ loss: "softmaxCrossEntropy", classWeights: [1, 1, 0] }, 3),
    { inputs, targets: inputs.map((_, row) => [0, row % 2, 1 - (row % 2)]) },
    { inputs, targets: inputs.map(() => [0, 0, 1]) },
    `targets: got only targets whose weight in classWeights is 0, ${need}`,
  ],
  [
    "a binary target whose weight is 0",
    () => smallTrainer({ loss: "binaryCrossEntropyWithLogits", classWeights: [0, 1] }, 1),
    { inputs, targets: [0, 0, 1, 0, 0, 1] },
    { inputs, targets: ofClass(0) },
    `targets: got only targets whose weight in classWeights is 0, ${need}`,
  ],
  [
    "weights of examples that fall on classes without one",
    () => smallTrainer({ loss: "softmaxCrossEntropy", classWeights: [1, 1, 0] }, 3),
    { inputs, targets: [0, 1, 2, 0, 1, 2], exampleWeights: [1, 0, 0, 0, 0, 0] },
    { inputs, targets: [0, 1, 2, 0, 1, 2], exampleWeights: [0, 0, 1, 0, 0, 1] },
    `targets: got only targets whose weight in classWeights and exampleWeights is 0, ${need}`,
  ],
  [
    "missing targets beside ones of weight 0",
    () => smallTrainer({ loss: "softmaxCrossEntropy", missingTargets: true }, 3),
    { inputs, targets: [0, 1, null, 0, 1, null], exampleWeights: [1, 0, 0, 0, 0, 0] },
    { inputs, targets: [0, 1, null, 0, 1, null], exampleWeights: [0, 0, 1, 0, 0, 1] },
    `targets: got only targets that are missing or whose weight in exampleWeights is 0, ${need}`,
  ],
  [
    "weights that may be negative and are all 0",
    () => smallTrainer({ loss: "softmaxCrossEntropy", signedWeights: true }, 3),
    { inputs, targets: ofClass(1), exampleWeights: [1, -1, 0, 1, -1, 0] },
    { inputs, targets: ofClass(1), exampleWeights: ofClass(0) },
    "exampleWeights: got only zeros, need a number other than 0 among them",
  ],
  [
    "zeros for one of two outputs",
    () => twoHeads(),
    { inputs: pairs, targets: twoTargets, exampleWeights: [null, twoTargets[1].map((_, row) => row)] as never },
    { inputs: pairs, targets: twoTargets, exampleWeights: [null, twoTargets[1].map(() => 0)] as never },
    "exampleWeights 1: got only zeros, need a number above 0 among them",
  ],
];

describe.each(cases)("examples without a target that counts are refused: %s", (_, make, good, bad, message) => {
  const { targets, exampleWeights } = bad;
  test("by evaluate, epochs, fit and fitFor", async () => {
    const trainer = make();
    const before = parameterBits(trainer.network);
    const options = exampleWeights && { exampleWeights };
    expect(() => trainer.evaluate(bad.inputs, targets, options)).toThrow(`evaluate: ${message}`);
    expect(() => trainer.epochs(bad.inputs, targets, { epochs: 1, ...options }).next()).toThrow(`epochs: ${message}`);
    await expect(trainer.fit(bad.inputs, targets, { epochs: 1, ...options })).rejects.toThrow(`fit: ${message}`);
    await expect(trainer.fitFor(5, bad.inputs, targets, options)).rejects.toThrow(`fitFor: ${message}`);
    expect(parameterBits(trainer.network)).toEqual(before);
  });

  test("as validation", async () => {
    const fit = make().fit(good.inputs, good.targets, { epochs: 1, validation: bad });
    await expect(fit).rejects.toThrow(`fit: validation: ${message}`);
    const stream = make().fitBatches([good], { validation: bad });
    await expect(stream).rejects.toThrow(`fitBatches: validation: ${message}`);
  });

  test("but not where one target counts", async () => {
    const { loss } = await make().fit(good.inputs, good.targets, { epochs: 1, exampleWeights: good.exampleWeights });
    expect(loss[0]).not.toBe(0);
  });
});

describe("a batch in which nothing counts", () => {
  const options: Partial<TrainerOptions> = { loss: "softmaxCrossEntropy", classWeights: [1, 1, 0], batchSize: 1 };
  const batches = (targets: readonly number[]) =>
    targets.map((target, row) => ({ inputs: [inputs[row]], targets: [target] }));

  test("is trained on among others", async () => {
    await expect(smallTrainer(options, 3).fit(inputs, [0, 1, 2, 0, 1, 2], { epochs: 2 })).resolves.toBeDefined();
    await expect(smallTrainer(options, 3).fitBatches(batches([0, 2, 1]))).resolves.toBeDefined();
  });

  test("is refused at the end of an epoch of such batches", async () => {
    const trainer = smallTrainer(options, 3);
    await expect(trainer.fitBatches(batches([2, 2]))).rejects.toThrow(
      `fitBatches: epoch 1: targets: got only targets that are missing or weigh 0, ${need}`,
    );
    // The next call begins anew.
    const { loss } = await trainer.fitBatches(batches([0, 1]));
    expect(loss).toHaveLength(1);
  });

  test("names the output", async () => {
    const trainer = twoHeads({ missingTargets: true });
    const targets = [twoTargets[0], Array.from({ length: rows }, () => null)] as never;
    await expect(trainer.fitBatches([{ inputs: pairs, targets }])).rejects.toThrow("fitBatches: epoch 1: targets 1:");
  });
});

test("an output whose loss has a weight of 0 needs no targets, by fit and by fitBatches", async () => {
  const targets = [twoTargets[0], Array.from({ length: rows }, () => null)] as never;
  const make = () => twoHeads({ missingTargets: true, lossWeights: [1, 0], batchSize: "full" });
  const [fitted, streamed] = [make(), make()];
  const { loss } = await fitted.fit(pairs, targets, { epochs: 1 });
  expect(loss[0]).toBeGreaterThan(0);
  await streamed.fitBatches([{ inputs: pairs, targets }]);
  expect(parameterBits(streamed.network)).toEqual(parameterBits(fitted.network));
});
