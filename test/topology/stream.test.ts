import { describe, expect, test } from "vitest";
import {
  attention,
  batchNorm,
  concatenate,
  dense,
  flatten,
  gru,
  input,
  type Layer,
  layerNorm,
  lstm,
  Network,
  positionalEncoding,
  reshape,
  simpleRnn,
  split,
  Trainer,
} from "../../src/index.ts";
import { dtypes, random } from "../kernels/scratch.ts";

const steps = 7;
const features = 3;
const sequence = Array.from({ length: steps }, (_, step) => random(features, step));
const makers = { simpleRnn, lstm, gru };

describe.each(dtypes)("%s", (dtype) => {
  describe.each(["simpleRnn", "lstm", "gru"] as const)("a stream of %s", (name) => {
    test.each([true, false])("has the bits of the whole sequence, outputs for each step: %s", (returnSequences) => {
      const layers: Layer[] = [dense(4), batchNorm(), makers[name](5, { returnSequences: true }), layerNorm()];
      const network = new Network({
        inputs: [steps, features],
        layers: [...layers, makers[name](2, { returnSequences }), dense(2)],
        dtype,
      });
      const stream = network.stream();
      const outputs = sequence.map((step) => stream.push(step));
      const [whole] = network.predict<number[][][]>([sequence]);
      if (returnSequences) expect(outputs).toEqual(whole);
      else expect(outputs.at(-1)).toEqual(whole);
      expect(stream.steps).toBe(steps);
      stream.reset();
      expect(sequence.map((step) => stream.push(step))).toEqual(outputs);
    });
  });

  test("typed arrays come back for typed arrays, and a stream may go on for longer than the shape", () => {
    const network = new Network({ inputs: [2, 1], layers: [lstm(3)], dtype });
    const longer = network.withInputs([6, 1]);
    const stream = network.stream();
    const Values = dtype === "float32" ? Float32Array : Float64Array;
    const numbers = random(6, 1);
    const outputs = numbers.map((x) => stream.push(Values.of(x)));
    expect(outputs.at(-1)).toBeInstanceOf(Values);
    expect([...outputs.at(-1)!]).toEqual(longer.predict([numbers.map((x) => [x])])[0]);
    // A result is a copy.
    expect(outputs[0]).not.toEqual(outputs[1]);
  });
});

test("its state goes on in another stream, and a number is a step of one feature", () => {
  const network = new Network({
    inputs: [4, 1],
    variableLength: true,
    layers: [gru(3, { returnSequences: true }), lstm(2)],
  });
  const [first, second] = [network.stream(), network.stream()];
  first.push(0.5);
  first.push([0.25]);
  second.state = JSON.parse(JSON.stringify([...first.state]));
  expect(second.steps).toBe(2);
  expect(second.push(1)).toEqual(first.push(1));
  expect(first.push(1)).not.toEqual(new Array(2).fill(0));
});

test("layers behind one that ends the sequence begin anew at each step", () => {
  const value = input([10, 3], { variableLength: true });
  const inner = reshape([3, 2])(lstm(6)(value));
  const output = concatenate(
    lstm(4)(inner),
    flatten()(attention({ heads: 1, causal: true })(positionalEncoding()(inner))),
  );
  const network = new Network({ inputs: value, outputs: output });
  const stream = network.stream();
  const steps10 = Array.from({ length: 10 }, (_, step) => random(3, step));
  steps10.forEach((step, index) => {
    expect(stream.push(step)).toEqual(network.predict(steps10.slice(0, index + 1)));
  });
});

test("it keeps the parameters that the network had, until a reset", () => {
  const network = new Network({ inputs: [4, 1], layers: [simpleRnn(2)] });
  const stream = network.stream();
  const before = stream.push(1);
  new Trainer(network, { loss: "meanSquaredError" }).step([[[1], [2], [3], [4]]], [[1, 2]]);
  const other = network.stream();
  const after = other.push(1);
  expect(after).not.toEqual(before);
  stream.reset();
  expect(stream.push(1)).toEqual(after);
});

describe("it refuses", () => {
  const network = new Network({ inputs: [4, 2], layers: [lstm(2)] });

  test.each<[string, () => unknown, string]>([
    [
      "layers that look ahead",
      () => new Network({ inputs: [4, 2], layers: [dense(2), gru(3, { reverse: true })] }).stream(),
      "stream: got gru1, which looks at later steps, need layers that look back only",
    ],
    [
      "layers that need all steps at once",
      () => new Network({ inputs: [4, 2], layers: [flatten(), dense(1)] }).stream(),
      "stream: got flatten1, which needs all steps at once, need layers that look back only",
    ],
    [
      "several outputs",
      () => {
        const value = input([4, 2]);
        return new Network({ inputs: value, outputs: split([1, 1])(value) }).stream();
      },
      "stream: got a network of 1 input and 2 outputs, need one of each; network.part() gives a part",
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  test("a layer of a sequence and another value", () => {
    const value = input([4, 2]);
    const other = reshape([4, 2])(dense(8)(lstm(3)(value)));
    const network = new Network({ inputs: value, outputs: attention({ heads: 1 })(value, other) });
    expect(() => network.stream()).toThrow(
      "stream: got attention1 of a sequence and another value, need one or the other",
    );
  });

  test.each<[string, unknown, string]>([
    ["too few features", [1], "push: got 1 number, need the 2 of a step"],
    ["a number for two features", 1, "push: got 1 number, need the 2 of a step"],
    ["NaN", [1, Number.NaN], "push: got NaN at row 0, column 1, need a finite number"],
    ["NaN in a typed array", Float32Array.of(1, Number.NaN), "push: got NaN at row 0, column 1, need a finite number"],
    ["what is no number", [1, "2"], 'push: got "2" at row 0, column 1, need a number'],
    ["a text", "ab", 'push: got "ab", need the 2 numbers of a step'],
  ])("%s, and goes on as if nothing had been pushed", (_, step, message) => {
    const [stream, other] = [network.stream(), network.stream()];
    for (const each of [stream, other]) each.push([1, 2]);
    expect(() => stream.push(step as number[])).toThrow(message);
    expect(stream.steps).toBe(1);
    expect(stream.push([3, 4])).toEqual(other.push([3, 4]));
  });

  test.each<[string, unknown, string]>([
    ["too few numbers", [1, 2], "state: got an array of 2, need the 5 numbers of a stream's state"],
    ["a number that is not finite", [1, 2, 3, 4, Number.NaN], "state: got NaN at 4, need a finite number"],
    ["a number beyond float32", [1, 2, 3, 4, 1e39], "state: got 1e+39 at 4, need a number in the range of float32"],
    ["no whole number of steps", [0.5, 0, 0, 0, 0], "state: got 0.5 at 0, need a number of steps, from 0 to Infinity"],
    ["nothing", undefined, "state: got undefined, need the 5 numbers of a stream's state"],
  ])("%s for its state", (_, state, message) => {
    const stream = network.stream();
    stream.push([1, 2]);
    const kept = stream.state;
    expect(() => {
      stream.state = state as number[];
    }).toThrow(message);
    expect(stream.state).toEqual(kept);
  });
});
