import { describe, expect, it } from "vitest";
import { adam, adamW, dense, fromValues, Network, type Optimizer, sgd, Trainer } from "../../src/index.ts";
import type { Dtype } from "../../src/memory/kernels.ts";
import { checkOptimizer } from "../../src/training/optimizers.ts";
import { expectClose, tolerances } from "../tolerances.ts";
import { expectRefusal, gradientBits, parameterBits, regression, smallTrainer } from "./problem.ts";

describe("the defaults are PyTorch's", () => {
  it("sgd: 1e-3 without momentum or decay", () => {
    expect(sgd()).toEqual({ name: "sgd", learningRate: 1e-3, momentum: 0, nesterov: false, weightDecay: 0 });
  });

  it("adam: 1e-3, betas 0.9 and 0.999, epsilon 1e-8, no decay; adamW: the same with a decay of 0.01", () => {
    const common = { learningRate: 1e-3, betas: [0.9, 0.999], epsilon: 1e-8 };
    expect(adam()).toEqual({ name: "adam", ...common, weightDecay: 0 });
    expect(adamW()).toEqual({ name: "adamW", ...common, weightDecay: 0.01 });
  });

  it("a trainer's is adam()", () => {
    const { inputs, targets } = regression(6);
    const [unsaid, said] = [undefined, adam()].map((optimizer) => smallTrainer({ optimizer }));
    for (const trainer of [unsaid, said]) trainer.step(inputs, targets);
    expect(parameterBits(unsaid.network)).toBe(parameterBits(said.network));
  });
});

describe("an optimizer is plain data", () => {
  const all: [string, Optimizer][] = [
    ["sgd", sgd({ learningRate: 0.1, momentum: 0.5, nesterov: true, weightDecay: 0.2 })],
    ["adam", adam({ learningRate: 0.1, betas: [0.5, 0.6], epsilon: 1e-4, weightDecay: 0.2 })],
    ["adamW", adamW({ learningRate: 0.1, betas: [0.5, 0.6], epsilon: 1e-4, weightDecay: 0.2 })],
  ];

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
    ["a learning rate of 0: nothing", adam({ learningRate: 0 }), [1, 1]],
  ];
  it.each(cases)("%s", (_, optimizer, expected) => {
    expectClose(updates(optimizer, 2), expected, tolerances.golden.float64);
  });
});

describe("what an optimizer remembers", () => {
  const momenta: [string, Optimizer][] = [
    ["sgd with momentum", sgd({ learningRate: 0.1, momentum: 0.9 })],
    ["adam", adam({ learningRate: 0.1 })],
  ];
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

describe("options out of range are refused", () => {
  const number = "need a number from 0";
  const share = "need a number from 0 to below 1";
  const refused: [string, () => unknown, Error][] = [
    ["a negative rate", () => sgd({ learningRate: -1 }), new RangeError(`sgd: got learningRate -1, ${number}`)],
    [
      "a rate of NaN",
      () => adam({ learningRate: Number.NaN }),
      new RangeError(`adam: got learningRate NaN, ${number}`),
    ],
    [
      "a rate of Infinity",
      () => adamW({ learningRate: Number.POSITIVE_INFINITY }),
      new RangeError(`adamW: got learningRate Infinity, ${number}`),
    ],
    [
      "a rate as a string",
      () => sgd({ learningRate: "0.1" as never }),
      new RangeError(`sgd: got learningRate "0.1", ${number}`),
    ],
    [
      "a rate of null",
      () => sgd({ learningRate: null as never }),
      new RangeError(`sgd: got learningRate null, ${number}`),
    ],
    ["a negative decay", () => adam({ weightDecay: -0.1 }), new RangeError(`adam: got weightDecay -0.1, ${number}`)],
    ["a momentum of 1", () => sgd({ momentum: 1 }), new RangeError(`sgd: momentum: got 1, ${share}`)],
    ["a negative momentum", () => sgd({ momentum: -0.5 }), new RangeError(`sgd: momentum: got -0.5, ${share}`)],
    [
      "nesterov without momentum",
      () => sgd({ nesterov: true }),
      new RangeError("sgd: got nesterov without momentum, need momentum above 0"),
    ],
    [
      "nesterov of 1",
      () => sgd({ momentum: 0.5, nesterov: 1 as never }),
      new TypeError("sgd: got nesterov 1, need true or false"),
    ],
    ["a beta of 1", () => adam({ betas: [0.9, 1] }), new RangeError(`adam: betas: got 1, ${share}`)],
    ["a beta of NaN", () => adam({ betas: [Number.NaN, 0.9] }), new RangeError(`adam: betas: got NaN, ${share}`)],
    [
      "one beta",
      () => adam({ betas: [0.9] as never }),
      new TypeError("adam: got betas an array of 1, need an array of two numbers"),
    ],
    [
      "betas of 0.9",
      () => adam({ betas: 0.9 as never }),
      new TypeError("adam: got betas 0.9, need an array of two numbers"),
    ],
    ["an epsilon of 0", () => adam({ epsilon: 0 }), new RangeError("adam: got epsilon 0, need a number above 0")],
    [
      "a misspelt option",
      () => adamW({ learningrate: 0.1 } as never),
      new RangeError(
        'adamW option: got "learningrate", need one of learningRate, betas, epsilon, weightDecay; did you mean "learningRate"?',
      ),
    ],
    [
      "another's option",
      () => sgd({ betas: [0, 0] } as never),
      new RangeError('sgd option: got "betas", need one of learningRate, momentum, nesterov, weightDecay'),
    ],
    ["a number for options", () => sgd(0.1 as never), new TypeError("sgd: got 0.1, need an object of options")],
    ["null for options", () => adam(null as never), new TypeError("adam: got null, need an object of options")],
  ];
  it.each(refused)("%s", (_, act, error) => expect(act).toThrow(error));
});

describe("a trainer refuses as its optimizer, and nothing has changed", () => {
  const list = "sgd(), adam(), adamW()";
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

describe("options beyond float32", () => {
  const make = (optimizer: Optimizer, dtype: Dtype) =>
    new Trainer(new Network({ inputs: 1, layers: [dense(1)], dtype }), { loss: "meanSquaredError", optimizer });

  it.each<[Optimizer, string]>([
    [adam({ epsilon: 1e-50 }), "adam: got epsilon 1e-50, which is 0 in float32, need another"],
    [sgd({ learningRate: 1e39 }), "sgd: got learningRate 1e+39, which is Infinity in float32, need another"],
  ])("%o are refused by a network of float32, and taken by one of float64", (optimizer, message) => {
    expect(() => make(optimizer, "float32")).toThrow(new RangeError(message));
    expect(make(optimizer, "float64").step([[1]], [[1]])).toBeGreaterThanOrEqual(0);
  });
});
