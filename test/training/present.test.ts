/** Missing targets: they count neither in the loss nor in metrics. */
import { describe, expect, test } from "vitest";
import { dense, input, type MetricName, Network, Trainer, type TrainerOptions } from "../../src/index.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { goldenTrainer, inputs, rows } from "./goldenTargets.ts";
import { randomRows } from "./problem.ts";

describe("missing targets", () => {
  const numbers = randomRows(rows, 3, 8);
  const isMissing = (row: number, column: number) => (row * 3 + column) % 4 === 1;
  const holes = numbers.map((row, index) =>
    row.map((value, column) => (isMissing(index, column) ? Number.NaN : value)),
  );
  const missingTargets = true;

  test("are NaN or null, nested or flat, in lists of class numbers, too", () => {
    const trainer = goldenTrainer({ loss: "meanSquaredError", missingTargets });
    const expected = trainer.evaluate(inputs, holes);
    const nulls = holes.map((row) => row.map((value) => (Number.isNaN(value) ? null : value)));
    expect(trainer.evaluate(inputs, nulls)).toEqual(expected);
    expect(trainer.evaluate(inputs, new Float64Array(holes.flat()))).toEqual(expected);
    const classes = goldenTrainer({ loss: "sparseSoftmaxCrossEntropy", missingTargets });
    const ofClasses = [null, 1, null, 2, 0, null, 1];
    const kept = [1, 3, 4, 6];
    expect(classes.evaluate(inputs, ofClasses)).toEqual(
      classes.evaluate(
        kept.map((row) => inputs[row]),
        kept.map((row) => ofClasses[row]!),
      ), //
    );
  });

  test("may be all of a batch: nothing is learned of it, and nothing is not finite", () => {
    const trainer = goldenTrainer({ loss: "meanSquaredError", missingTargets });
    expect(trainer.gradients(inputs.slice(0, 1), [[Number.NaN, Number.NaN, Number.NaN]])).toBe(0);
    for (const { gradients } of trainer.network.parameters) expect(gradients!.every((value) => value === 0)).toBe(true);
  });

  test("do not count in a metric of numbers: it is that of the others", () => {
    const metrics: MetricName[] = ["meanSquaredError", "meanAbsoluteError", "rootMeanSquaredError", "r2"];
    const trainer = goldenTrainer({ loss: "meanSquaredError", metrics, missingTargets });
    const found = trainer.evaluate(inputs, holes);
    const outputs = trainer.network.predict(inputs);
    const pairs = holes.flatMap((row, index) =>
      row.flatMap((target, column) => (Number.isNaN(target) ? [] : [[outputs[index][column] - target, column]])),
    );
    const squares = pairs.reduce((sum, [error]) => sum + error * error, 0) / pairs.length;
    const absolute = pairs.reduce((sum, [error]) => sum + Math.abs(error), 0) / pairs.length;
    const columns = [0, 1, 2].map((column) => {
      const kept = inputs.map((_, row) => row).filter((row) => !Number.isNaN(holes[row][column]));
      const targets = kept.map((row) => holes[row][column]);
      const mean = targets.reduce((sum, value) => sum + value, 0) / kept.length;
      const total = targets.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return 1 - kept.reduce((sum, row) => sum + (outputs[row][column] - holes[row][column]) ** 2, 0) / total;
    });
    expectClose(
      [found.loss, found.meanSquaredError!, found.meanAbsoluteError!, found.rootMeanSquaredError!, found.r2!],
      [squares, squares, absolute, Math.sqrt(squares), (columns[0] + columns[1] + columns[2]) / 3],
      tolerances.golden.float64,
    );
  });

  test("do not count in a metric of classes: a row with one is left out, whatever else stands in it", () => {
    const classes = inputs.map((_, row) => row % 3);
    const hot = classes.map((each, row) =>
      [0, 1, 2].map((column) => (isMissing(row, column) ? Number.NaN : Number(column === each))),
    );
    const trainer = goldenTrainer({ loss: "meanSquaredError", metrics: ["accuracy"], missingTargets });
    const outputs = trainer.network.predict(inputs);
    const whole = classes.map((_, row) => row).filter((row) => !hot[row].some(Number.isNaN));
    expect(whole.length).toBeGreaterThan(0);
    const right = whole.filter((row) => outputs[row].indexOf(Math.max(...outputs[row])) === classes[row]).length;
    expectClose([trainer.evaluate(inputs, hot).accuracy!], [right / whole.length], tolerances.golden.float64);
    const odd = hot.with(1, [Number.NaN, 1, 1]);
    expect(() => trainer.evaluate(inputs, odd)).not.toThrow();
    expect(() => trainer.evaluate(inputs, hot.with(whole[0], [0, 1, 1]))).toThrow(
      `evaluate: targets: got [0, 1, 1] at row ${whole[0]}, need a one-hot row`,
    );
  });

  test.each<[TrainerOptions["loss"], MetricName[], number]>([
    ["softmaxCrossEntropy", ["accuracy", "precision", "recall", "f1", "confusionMatrix"], 3],
    ["binaryCrossEntropyWithLogits", ["accuracy", "precision", "recall", "f1", "rocAuc", "confusionMatrix"], 1],
    ["softmaxCrossEntropy", ["rocAuc", "accuracy"], 2],
  ])("%s: a metric %s of %i outputs is that of the examples that have a target", (loss, metrics, units) => {
    const network = new Network({ inputs: 4, layers: [dense(units)], dtype: "float64", seed: 2 });
    const many = randomRows(300, 4, 4);
    const targets = many.map((_, row) => (row % 7 === 2 ? Number.NaN : row % Math.max(units, 2)));
    const kept = many.map((_, row) => row).filter((row) => !Number.isNaN(targets[row]));
    const found = new Trainer(network, { loss, metrics, missingTargets }).evaluate(many, targets);
    const plain = new Trainer(network, { loss, metrics }).evaluate(
      kept.map((row) => many[row]),
      kept.map((row) => targets[row]),
    );
    expectClose([found.loss], [plain.loss], tolerances.golden.float64);
    for (const name of metrics) {
      if (name === "confusionMatrix") expect(found[name]).toEqual(plain[name]);
      else expectClose([found[name]!], [plain[name]!], tolerances.golden.float64);
    }
  });

  test("do not count in the counts of labels: a column without any is left out", () => {
    const metrics: MetricName[] = ["precision", "recall", "f1", "accuracy"];
    const loss = "binaryCrossEntropyWithLogits";
    const labels = inputs.map((_, row) => [row % 2, Number.NaN, row % 3 === 0 ? Number.NaN : 1]);
    const found = goldenTrainer({ loss, metrics, missingTargets }).evaluate(inputs, labels);
    const outputs = goldenTrainer({ loss }).network.predict(inputs);
    const of = (column: number) => {
      const kept = labels.map((_, row) => row).filter((row) => !Number.isNaN(labels[row][column]));
      const yes = kept.filter((row) => outputs[row][column] > 0);
      const actual = kept.filter((row) => labels[row][column] === 1);
      const right = yes.filter((row) => actual.includes(row)).length;
      const correct = kept.filter((row) => outputs[row][column] > 0 === (labels[row][column] === 1)).length;
      const share = (all: number) => (right === 0 ? 0 : right / all);
      return [
        share(yes.length),
        share(actual.length),
        right === 0 ? 0 : (2 * right) / (yes.length + actual.length),
        correct,
        kept.length,
      ];
    };
    const [first, last] = [of(0), of(2)];
    const means = [0, 1, 2].map((index) => (first[index] + last[index]) / 2);
    const accuracy = (first[3] + last[3]) / (first[4] + last[4]);
    expectClose(
      [found.precision!, found.recall!, found.f1!, found.accuracy!],
      [...means, accuracy],
      tolerances.golden.float64,
    );
  });

  test("metrics go on from a file within an epoch", async () => {
    const make = () => goldenTrainer({ loss: "meanSquaredError", metrics: ["r2"], missingTargets, batchSize: 3 });
    const whole = await make().fit(inputs, holes, { epochs: 1 });
    const stopped = make();
    const controller = new AbortController();
    await stopped.fit(inputs, holes, { epochs: 1, signal: controller.signal, onBatch: () => controller.abort() });
    expect(await Trainer.fromBytes(stopped.toBytes()).fit(inputs, holes, { epochs: 1 })).toEqual(whole);
  });

  const range = "need a finite number";
  test.each<[string, () => unknown, string]>([
    [
      "NaN without the option",
      () => goldenTrainer({ loss: "meanSquaredError" }).step(inputs, holes),
      `step: targets: got NaN at row 0, column 1, ${range}`,
    ],
    [
      "null without the option",
      () => goldenTrainer({ loss: "meanSquaredError" }).step([inputs[0]], [[1, null, 2]]),
      "step: targets: got null at row 0, column 1, need a number",
    ],
    [
      "an infinite target",
      () =>
        goldenTrainer({ loss: "meanSquaredError", missingTargets }).step(
          [inputs[0]],
          [[1, Number.POSITIVE_INFINITY, 2]],
        ),
      `step: targets: got Infinity at row 0, column 1, ${range}`,
    ],
    [
      "an input that is missing",
      () => goldenTrainer({ loss: "meanSquaredError", missingTargets }).step([[1, 2, Number.NaN, 4]], [[1, 2, 3]]),
      `step: inputs: got NaN at row 0, column 2, ${range}`,
    ],
    [
      "half a row of a loss of whole rows",
      () => goldenTrainer({ loss: "softmaxCrossEntropy", missingTargets }).step([inputs[0]], [[1, Number.NaN, 0]]),
      "step: targets: got 1 missing number of 3 at row 0, need all of a row or none, as softmaxCrossEntropy compares whole rows",
    ],
    [
      "a class that is none, beside missing ones",
      () => goldenTrainer({ loss: "softmaxCrossEntropy", missingTargets }).step(inputs.slice(0, 2), [Number.NaN, 3]),
      "step: targets: got 3 at row 1, need a class number from 0 to 2",
    ],
    [
      "targets that are all missing",
      () => goldenTrainer({ loss: "softmaxCrossEntropy", missingTargets }).evaluate(inputs.slice(0, 1), [Number.NaN]),
      "evaluate: targets: got only missing targets, need one at least that is not",
    ],
    [
      "an option that is no boolean",
      () => goldenTrainer({ loss: "huber", missingTargets: 1 as never }),
      "trainer: got missingTargets 1, need true or false",
    ],
    [
      "a loss without targets",
      () => {
        const row = input(4);
        const outputs = [dense(2)(row), dense(2)(row), dense(2)(row)];
        return new Trainer(new Network({ inputs: row, outputs }), { loss: "triplet", missingTargets });
      },
      "trainer: got missingTargets with the loss triplet, need a loss that has targets",
    ],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));

  test("refuses a split that leaves only missing ones on a side", async () => {
    const targets = inputs.map((_, row) => (row < 5 ? row % 3 : Number.NaN));
    const trainer = goldenTrainer({ loss: "softmaxCrossEntropy", missingTargets });
    const act = trainer.fit(inputs, targets, { epochs: 1, validationSplit: { share: 0.2, from: "end" } });
    await expect(act).rejects.toThrow("fit: the examples for validation: targets: got only missing targets");
  });

  test("are a class of their own where a split is drawn: each side has its part", async () => {
    const targets = Array.from({ length: 40 }, (_, row) => (row % 4 === 3 ? Number.NaN : row % 4));
    const many = randomRows(40, 4, 3);
    for (let seed = 0; seed < 5; seed++) {
      const trainer = goldenTrainer({
        loss: "softmaxCrossEntropy",
        missingTargets,
        seed,
        metrics: ["confusionMatrix"],
      });
      let counts: number[] = [];
      await trainer.fit(many, targets, {
        epochs: 1,
        validationSplit: 0.2,
        onEpoch: ({ validation }) => {
          counts = validation!.confusionMatrix!.map((row) => row.reduce((sum, count) => sum + count, 0));
        },
      });
      expect(counts).toEqual([2, 2, 2]);
    }
  });
});
