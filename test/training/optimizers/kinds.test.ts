import { describe, expect, it } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  dense,
  exponentialDecay,
  fromValues,
  lion,
  Network,
  nadam,
  type Optimizer,
  rmsprop,
  sgd,
  sparseAdam,
  Trainer,
} from "../../../src/index.ts";
import { checkOptimizer, kindOf } from "../../../src/training/optimizers/kinds.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { expectRefusal, gradientBits, parameterBits, regression, smallTrainer } from "../problem.ts";

it("a trainer's optimizer is adam() unless it is said", () => {
  const { inputs, targets } = regression(6);
  const [unsaid, said] = [undefined, adam()].map((optimizer) => smallTrainer({ optimizer }));
  for (const trainer of [unsaid, said]) trainer.step(inputs, targets);
  expect(parameterBits(unsaid.network)).toBe(parameterBits(said.network));
});

/** Every kind with every option other than its default, and how many blocks it remembers. */
const all: [string, Optimizer, number][] = [
  ["sgd", sgd({ learningRate: 0.1, momentum: 0.5, nesterov: true, weightDecay: 0.2 }), 1],
  ["sgd without momentum", sgd({ learningRate: 0.1 }), 0],
  ["rmsprop", rmsprop({ learningRate: 0.1, alpha: 0.5, epsilon: 1e-4, weightDecay: 0.2 }), 1],
  ["rmsprop, centered", rmsprop({ learningRate: 0.1, centered: true }), 2],
  ["rmsprop with momentum", rmsprop({ learningRate: 0.1, momentum: 0.5 }), 2],
  ["rmsprop, centered, with momentum", rmsprop({ learningRate: 0.1, momentum: 0.5, centered: true }), 3],
  ["adagrad", adagrad({ learningRate: 0.1, learningRateDecay: 0.5, epsilon: 1e-4, weightDecay: 0.2 }), 1],
  ["adadelta", adadelta({ learningRate: 0.1, rho: 0.5, epsilon: 1e-4, weightDecay: 0.2 }), 2],
  ["adam", adam({ learningRate: 0.1, betas: [0.5, 0.6], epsilon: 1e-4, weightDecay: 0.2 }), 2],
  ["adamW", adamW({ learningRate: 0.1, betas: [0.5, 0.6], epsilon: 1e-4, weightDecay: 0.2 }), 2],
  ["adamax", adamax({ learningRate: 0.1, betas: [0.5, 0.6], epsilon: 1e-4, weightDecay: 0.2 }), 2],
  ["nadam", nadam({ learningRate: 0.1, betas: [0.5, 0.6], epsilon: 1e-4, momentumDecay: 0.1, weightDecay: 0.2 }), 2],
  ["lion", lion({ learningRate: 0.01, betas: [0.5, 0.6], weightDecay: 0.2 }), 1],
  ["sparseAdam", sparseAdam({ learningRate: 0.1, betas: [0.5, 0.6], epsilon: 1e-4 }), 2],
  ["adam with a schedule", adam({ learningRate: exponentialDecay({ initial: 0.1, factor: 0.5 }) }), 2],
];

it.each(all)("%s remembers as many blocks as it needs", (_, optimizer, blocks) => {
  expect(kindOf(optimizer).stateBlocks(optimizer)).toHaveLength(blocks);
});

describe("an optimizer is plain data", () => {
  it.each(all)("that JSON keeps: %s trains the same from it, to the bit", (_, optimizer) => {
    const { inputs, targets } = regression(6);
    const stored: Optimizer = JSON.parse(JSON.stringify(optimizer));
    expect(stored).toEqual(optimizer);
    const trainers = [optimizer, stored].map((each) => smallTrainer({ optimizer: each }));
    for (const trainer of trainers) for (let step = 0; step < 3; step++) trainer.step(inputs, targets);
    expect(parameterBits(trainers[0].network)).toBe(parameterBits(trainers[1].network));
  });

  it("that the caller may change afterwards without changing a trainer", () => {
    const { inputs, targets } = regression(6);
    const betas: [number, number] = [0.9, 0.999];
    const optimizer = { ...adam({ learningRate: 0.01, betas }) };
    const [trainer, twin] = [smallTrainer({ optimizer }), smallTrainer()];
    Object.assign(optimizer, { learningRate: 5 });
    betas[0] = 0;
    expect(trainer.step(inputs, targets)).toBe(twin.step(inputs, targets));
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });
});

describe("the first updates of a parameter of 1 with the gradient 2", () => {
  /** y = weight · 1 against the target: the gradient of (y - target)² is 2 (y - target). */
  const updates = (optimizer: Optimizer, count: number): number[] => {
    const layers = [dense(1, { bias: false, weightInitializer: fromValues([1]) })];
    const network = new Network({ inputs: 1, layers, dtype: "float64" });
    const trainer = new Trainer(network, { loss: "meanSquaredError", optimizer });
    return Array.from({ length: count }, () => {
      const [weight] = network.parameters[0].values;
      trainer.step([[1]], [[weight - 1]]);
      return network.parameters[0].values[0];
    });
  };
  const decayed = (factor: number, step: number) => [1 * factor - step, (1 * factor - step) * factor - step];

  const cases: [string, Optimizer, number[]][] = [
    ["sgd: 0.1 · 2", sgd({ learningRate: 0.1 }), [0.8, 0.6]],
    ["sgd with momentum 0.5: 2, then 2 + 1", sgd({ learningRate: 0.1, momentum: 0.5 }), [0.8, 0.5]],
    ["nesterov: 2 + 1, then 2 + 1.5", sgd({ learningRate: 0.1, momentum: 0.5, nesterov: true }), [0.7, 0.35]],
    ["sgd with decay 0.5: 2 + 0.5 · weight", sgd({ learningRate: 0.1, weightDecay: 0.5 }), [0.75, 0.5125]],
    ["adam: the sign times 0.1", adam({ learningRate: 0.1, epsilon: 1e-300 }), [0.9, 0.8]],
    [
      "adamW: 0.95 of the weight first",
      adamW({ learningRate: 0.1, epsilon: 1e-300, weightDecay: 0.5 }),
      decayed(0.95, 0.1),
    ],
    ["rmsprop of alpha 0: the sign times 0.1", rmsprop({ learningRate: 0.1, alpha: 0, epsilon: 1e-300 }), [0.9, 0.8]],
    ["adagrad: 2 / √4, then 2 / √8", adagrad({ learningRate: 0.1, epsilon: 1e-300 }), [0.9, 0.9 - 0.1 / Math.SQRT2]],
    [
      "adagrad of decay 1: half the rate in the second",
      adagrad({ learningRate: 0.1, learningRateDecay: 1, epsilon: 1e-300 }),
      [0.9, 0.9 - 0.05 / Math.SQRT2],
    ],
    ["adamax: the sign times 0.1", adamax({ learningRate: 0.1, epsilon: 1e-300 }), [0.9, 0.8]],
    ["lion: the sign times 0.1", lion({ learningRate: 0.1 }), [0.9, 0.8]],
    [
      "lion with decay 0.5: 0.95 of the weight first",
      lion({ learningRate: 0.1, weightDecay: 0.5 }),
      decayed(0.95, 0.1),
    ],
    [
      "a schedule that halves it: 0.1 · 2, then 0.05 · 2",
      sgd({ learningRate: exponentialDecay({ initial: 0.1, factor: 0.5 }) }),
      [0.8, 0.7],
    ],
    ["a learning rate of 0: nothing", adam({ learningRate: 0 }), [1, 1]],
  ];
  it.each(cases)("%s", (_, optimizer, expected) => {
    expectClose(updates(optimizer, 2), expected, tolerances.golden.float64);
  });
});

describe("what an optimizer remembers", () => {
  const momenta = all.filter(([, , blocks]) => blocks > 0);
  const { inputs, targets } = regression(300);
  const head = (count: number) => [inputs.slice(0, count), targets.slice(0, count)] as const;

  it.each(momenta)("survives predict, evaluate, gradients and larger batches: %s", (_, optimizer) => {
    const [trainer, twin] = [smallTrainer({ optimizer }), smallTrainer({ optimizer })];
    // The twin plans for the largest batch at once; then nothing moves.
    twin.gradients(inputs, targets);
    for (const rows of [2, 3, 40, 300, 5]) {
      expect(trainer.step(...head(rows))).toBe(twin.step(...head(rows)));
      trainer.network.predict(inputs);
      trainer.evaluate(inputs, targets);
      trainer.gradients(...head(2 * rows));
      expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
    }
  });

  it.each(momenta)("survives another trainer of the same network: %s", (_, optimizer) => {
    const [trainer, twin] = [smallTrainer({ optimizer }), smallTrainer({ optimizer })];
    for (const each of [trainer, twin]) each.step(...head(4));
    // It trains with a rate of 0 and momenta of its own.
    const guest = new Trainer(trainer.network, { loss: "meanSquaredError", optimizer: adam({ learningRate: 0 }) });
    guest.step(...head(50));
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
    for (const each of [trainer, twin]) each.step(...head(4));
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });

  it("makes a difference: with it forgotten, the second step goes elsewhere", () => {
    const [trainer, forgetful] = [smallTrainer(), smallTrainer()];
    for (const each of [trainer, forgetful]) each.step(...head(4));
    trainer.step(...head(4));
    const optimizer = adam({ learningRate: 0.01 });
    new Trainer(forgetful.network, { loss: "meanSquaredError", optimizer }).step(...head(4));
    expect(gradientBits(trainer.network)).toBe(gradientBits(forgetful.network));
    expect(parameterBits(trainer.network)).not.toBe(parameterBits(forgetful.network));
  });
});

describe("a trainer refuses as its optimizer, and nothing has changed", () => {
  const list = "sgd(), rmsprop(), adagrad(), adadelta(), adam(), adamW(), adamax(), nadam(), lion(), sparseAdam()";
  const refused: [string, unknown, Error][] = [
    ["a name", "adam", new RangeError(`trainer: optimizer: got "adam", need one of ${list}; did you mean "adam()"?`)],
    [
      "a function uncalled",
      adam,
      new RangeError(`trainer: optimizer: got "adam", need one of ${list}; did you mean "adam()"?`),
    ],
    ["null", null, new RangeError(`trainer: optimizer: got null, need one of ${list}`)],
    ["an empty object", {}, new RangeError(`trainer: optimizer: got an object, need one of ${list}`)],
    ["an array", [adam()], new RangeError(`trainer: optimizer: got an array of 1, need one of ${list}`)],
    [
      "a strange name",
      { ...adam(), name: "adamw" },
      new RangeError(`trainer: optimizer: got "adamw", need one of ${list}; did you mean "adamW()"?`),
    ],
    [
      "a name of an object's own",
      { name: "toString" },
      new RangeError(`trainer: optimizer: got "toString", need one of ${list}`),
    ],
    [
      "stored options out of range",
      { ...adam(), epsilon: -1 },
      new RangeError("adam: got epsilon -1, need a number above 0"),
    ],
    [
      "stored options that are unknown",
      { ...sgd(), rate: 1 },
      new RangeError('sgd option: got "rate", need one of learningRate, momentum, nesterov, weightDecay'),
    ],
  ];
  it.each(refused)("%s", async (_, optimizer, error) => {
    expect(() => checkOptimizer(optimizer as Optimizer)).toThrow(error);
    await expectRefusal(({ network }) => {
      return new Trainer(network, { loss: "meanSquaredError", optimizer: optimizer as Optimizer });
    }, error);
  });
});
