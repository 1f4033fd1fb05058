import { describe, expect, it } from "vitest";
import type { MetricName } from "../../src/index.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { classification, gradientBits, parameterBits, regression, smallTrainer } from "./problem.ts";

describe("evaluate", () => {
  it.each([1, 2, 127, 128, 129, 257, 400])("of %i rows is the mean over them all, however it takes them", (rows) => {
    const { inputs, targets } = classification(rows);
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", metrics: ["accuracy"] }, 3);
    const outputs = trainer.network.predict(inputs);
    const losses = outputs.map((row, index) => {
      return Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - row[targets[index]];
    });
    const correct = outputs.filter((row, index) => row.indexOf(Math.max(...row)) === targets[index]).length;

    const { loss, accuracy } = trainer.evaluate(inputs, targets);
    expectClose([loss], [losses.reduce((sum, each) => sum + each, 0) / rows], tolerances.golden.float64);
    expect(accuracy).toBe(correct / rows);
  });

  it("gives the loss and each metric, in the trainer's order, as plain numbers", () => {
    const { inputs, targets } = regression(9);
    const metrics: MetricName[] = ["meanSquaredError", "r2", "meanAbsoluteError"];
    const evaluation = smallTrainer({ metrics }).evaluate(inputs, targets);
    expect(Object.keys(evaluation)).toEqual(["loss", ...metrics]);
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
  });

  it("has a matrix for confusionMatrix: rows of each class, new for each call, of 400 rows as of their parts", () => {
    const { inputs, targets } = classification(400);
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", metrics: ["confusionMatrix"] }, 3);
    const { confusionMatrix } = trainer.evaluate(inputs, targets);
    const outputs = trainer.network.predict(inputs);
    const expected = [0, 1, 2].map((chosen) =>
      [0, 1, 2].map(
        (predicted) =>
          outputs.filter((row, index) => targets[index] === chosen && row.indexOf(Math.max(...row)) === predicted)
            .length,
      ),
    );
    expect(confusionMatrix).toEqual(expected);
    trainer.evaluate(inputs.slice(0, 5), targets.slice(0, 5));
    expect(confusionMatrix).toEqual(expected);
  });

  it("adds up under a summed loss: 300 rows are as much as their halves together", () => {
    const { inputs, targets } = regression(300);
    const trainer = smallTrainer({ loss: { name: "meanSquaredError", reduction: "sum" } });
    const half = (from: number, to: number) => trainer.evaluate(inputs.slice(from, to), targets.slice(from, to)).loss;
    expectClose(
      [trainer.evaluate(inputs, targets).loss],
      [half(0, 150) + half(150, 300)],
      tolerances.golden.float64, //
    );
  });

  it("changes no parameter, no gradient and no later step", () => {
    const { inputs, targets } = regression(300);
    const [trainer, twin] = [smallTrainer(), smallTrainer()];
    for (const each of [trainer, twin]) each.step(inputs.slice(0, 4), targets.slice(0, 4));
    trainer.evaluate(inputs, targets);
    expect(gradientBits(trainer.network)).toBe(gradientBits(twin.network));
    for (const each of [trainer, twin]) each.step(inputs.slice(0, 4), targets.slice(0, 4));
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });
});
