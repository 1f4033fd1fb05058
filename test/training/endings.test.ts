import { describe, expect, it } from "vitest";
import {
  activation,
  add,
  averagePool1d,
  concatenate,
  customLoss,
  dense,
  dropout,
  flatten,
  fromValues,
  globalAveragePool,
  input,
  type LossName,
  multiply,
  Network,
  permute,
  reshape,
  split,
  subtract,
  Trainer,
  type Value,
} from "../../src/index.ts";

type Ending = "linear" | "tanh" | "relu" | "softplus" | "sigmoid" | "hardSigmoid" | "softmax" | "logSoftmax";

const rawScores: readonly Ending[] = ["linear", "tanh", "relu", "softplus"];
const taken: [LossName, readonly Ending[]][] = [
  ["softmaxCrossEntropy", rawScores],
  ["sparseSoftmaxCrossEntropy", rawScores],
  ["binaryCrossEntropyWithLogits", rawScores],
  ["hinge", rawScores],
  ["squaredHinge", rawScores],
  ["categoricalCrossEntropy", ["linear", "softmax"]],
  ["binaryCrossEntropy", ["linear", "sigmoid", "hardSigmoid"]],
  ["kullbackLeibler", ["linear", "logSoftmax"]],
  ["poisson", ["linear", "tanh", "logSoftmax"]],
];
const all: readonly Ending[] = [...rawScores, "sigmoid", "hardSigmoid", "softmax", "logSoftmax"];

const listOf = (name: Ending) => new Network({ inputs: 3, layers: [dense(4, { activation: name })] });
const train = (network: Network, loss: LossName | LossName[]) => () => new Trainer(network, { loss });

describe("a trainer refuses a last activation that its loss does not take, in every pair:", () => {
  it.each(taken)("%s takes %s and linear", (loss, endings) => {
    for (const ending of all) {
      const making = expect(train(listOf(ending), loss), ending);
      if (endings.includes(ending)) making.not.toThrow();
      else making.toThrow(`trainer: got the last activation "${ending}" with the loss ${loss}, which takes `);
    }
  });

  it.each([
    [
      "softmax",
      "softmaxCrossEntropy",
      "raw scores, of which it takes the softmax itself, need no last activation, or the loss categoricalCrossEntropy, of one-hot rows",
    ],
    [
      "logSoftmax",
      "softmaxCrossEntropy",
      "raw scores, of which it takes the softmax itself, need no last activation, or the loss kullbackLeibler",
    ],
    [
      "sigmoid",
      "binaryCrossEntropyWithLogits",
      "raw scores, of which it takes the sigmoid itself, need no last activation, or the loss binaryCrossEntropy",
    ],
    [
      "relu",
      "categoricalCrossEntropy",
      'outputs from 0 to 1, need the last activation "softmax", or the loss softmaxCrossEntropy',
    ],
    [
      "softmax",
      "binaryCrossEntropy",
      'outputs from 0 to 1, each by itself, need the last activation "sigmoid", or the loss binaryCrossEntropyWithLogits, or the loss categoricalCrossEntropy, of one-hot rows',
    ],
    ["softplus", "poisson", "the logarithms of rates, need no last activation"],
    ["sigmoid", "poisson", "the logarithms of rates, need no last activation"],
  ] as const)("%s before %s names what suits", (ending, loss, need) => {
    expect(train(listOf(ending), loss)).toThrow(
      new RangeError(`trainer: got the last activation "${ending}" with the loss ${loss}, which takes ${need}`),
    );
  });

  const shapes: [string, (value: Value) => Value][] = [
    ["a layer of its own", (value) => activation("softmax")(value)],
    ["a linear one behind it", (value) => activation("linear")(activation("softmax")(value))],
    ["flatten behind it", (value) => flatten()(activation("softmax")(value))],
    ["reshape and permute behind it", (value) => reshape([6, 4])(permute([1, 0])(activation("softmax")(value)))],
    ["dropout behind it", (value) => dropout(0.5)(activation("softmax")(value))],
    ["pools behind it", (value) => globalAveragePool()(averagePool1d(2)(activation("softmax")(value)))],
    ["a part of it", (value) => split([1, 3])(activation("softmax")(value))[1]],
    ["another part beside it", (value) => concatenate(value, activation("softmax")(value))],
    ["a sum of two", (value) => add(activation("softmax")(value), activation("softmax")(value))],
    ["a product of two", (value) => multiply(activation("softmax")(value), activation("softmax")(value))],
    [
      "sums of parts of sums",
      (value) => {
        const half = activation("softmax")(value);
        const sum = add(half, reshape([6, 4])(flatten()(half)));
        return flatten()(add(sum, dropout(0.5)(multiply(half, sum))));
      },
    ],
  ];
  it.each(shapes)("with %s", (_, end) => {
    const value = input([6, 4]);
    const network = new Network({ inputs: value, outputs: end(dense(4)(value)) });
    expect(train(network, "softmaxCrossEntropy")).toThrow('got the last activation "softmax"');
  });

  it("of each of several outputs, by its number", () => {
    const value = input(3);
    const outputs = [dense(2)(value), dense(2, { activation: "sigmoid" })(value)];
    const network = new Network({ inputs: value, outputs });
    expect(train(network, ["softmaxCrossEntropy", "binaryCrossEntropyWithLogits"])).toThrow(
      'trainer: output 1: got the last activation "sigmoid"',
    );
    expect(train(network, ["softmaxCrossEntropy", "binaryCrossEntropy"])).not.toThrow();
  });

  it("but a loss of one's own takes any, beside others", () => {
    const value = input(3);
    const outputs = [dense(2, { activation: "softmax" })(value), dense(2, { activation: "softmax" })(value)];
    const network = new Network({ inputs: value, outputs });
    const own = customLoss("own", () => 0);
    expect(() => new Trainer(network, { loss: [own, own] })).not.toThrow();
    expect(() => new Trainer(network, { loss: [own, "softmaxCrossEntropy"] })).toThrow(
      'trainer: output 1: got the last activation "softmax"',
    );
  });
});

describe("a softmax of one output, which is always 1, is refused before every loss:", () => {
  const need = 'need the last activation "sigmoid", or an output for each class';
  const losses = ["meanSquaredError", "huber", "binaryCrossEntropy", "poisson", "cosineSimilarity"] as const;
  it.each([...losses, customLoss("own", () => 0)])("%s", (loss) => {
    const make = (name: Ending) => {
      const network = new Network({ inputs: 3, layers: [dense(1, { activation: name })] });
      return () => new Trainer(network, { loss });
    };
    const got = (name: string, number: number) =>
      new RangeError(`trainer: got the last activation "${name}" of 1 output, which is always ${number}, ${need}`);
    expect(make("softmax")).toThrow(got("softmax", 1));
    expect(make("logSoftmax")).toThrow(got("logSoftmax", 0));
  });

  it("one at each position, and one beside another output", () => {
    const value = input([6, 4]);
    const single = dense(1, { activation: "softmax" })(value);
    for (const output of [single, flatten()(single), concatenate(single, dense(2)(value))]) {
      const network = new Network({ inputs: value, outputs: output });
      expect(train(network, "meanSquaredError")).toThrow('"softmax" of 1 output, which is always 1');
    }
    const network = new Network({ inputs: value, outputs: [dense(2)(value), single] });
    expect(train(network, "meanSquaredError")).toThrow('trainer: output 1: got the last activation "softmax" of 1');
  });

  it("but not a part of a wider one", () => {
    const value = input(3);
    const output = split([1, 3])(dense(4, { activation: "softmax" })(value))[0];
    expect(train(new Network({ inputs: value, outputs: output }), "binaryCrossEntropy")).toThrow("each by itself");
    expect(train(new Network({ inputs: value, outputs: output }), "meanSquaredError")).not.toThrow();
  });
});

describe("what is not an activation's work is not judged:", () => {
  it.each<[string, (value: Value, ends: (name: Ending) => Value) => Value]>([
    ["a softmax further in front", (_, ends) => dense(4)(ends("softmax"))],
    ["a softmax beside raw scores in a sum", (_, ends) => add(ends("softmax"), ends("linear"))],
    ["raw scores behind a gate", (_, ends) => multiply(ends("sigmoid"), ends("linear"))],
    ["an input behind a gate", (value, ends) => multiply(value, ends("sigmoid"))],
    ["a difference of probabilities", (_, ends) => subtract(ends("sigmoid"), ends("sigmoid"))],
    ["a product of experts: a sum of logarithms", (_, ends) => add(ends("logSoftmax"), ends("logSoftmax"))],
  ])("%s", (_, end) => {
    const value = input(4);
    const output = end(value, (name) => dense(4, { activation: name })(value));
    expect(train(new Network({ inputs: value, outputs: output }), "softmaxCrossEntropy")).not.toThrow();
  });

  it("a network that begins with a sum of softmaxes", () => {
    const value = input(3);
    const middle = add(...[1, 2].map(() => dense(4, { activation: "softmax" })(value)));
    const network = new Network({ inputs: middle, outputs: flatten()(middle) });
    expect(train(network, "softmaxCrossEntropy")).not.toThrow();
  });

  it("a network that begins behind a softmax", () => {
    const value = input(3);
    const middle = dense(4, { activation: "softmax" })(value);
    const output = flatten()(middle);
    expect(train(new Network({ inputs: middle, outputs: output }), "softmaxCrossEntropy")).not.toThrow();
  });

  it("but a categorical cross-entropy of an output above 1 is refused when it comes, also in the pass of tiny networks", () => {
    const network = () => new Network({ inputs: 1, layers: [dense(2, { biasInitializer: fromValues([2, 2]) })] });
    const refused =
      /categoricalCrossEntropy: got an output of .*, need outputs from 0 to 1: the last activation "softmax"/;
    const make = () => new Trainer(network(), { loss: "categoricalCrossEntropy" });
    expect(() => make().step([[0]], [[1, 0]])).toThrow(refused);
    expect(() => [...make().epochs([[0]], [[1, 0]], { epochs: 9, every: 9 })]).toThrow(refused);
  });
});
