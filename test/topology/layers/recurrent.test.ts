import { describe, expect, test } from "vitest";
import {
  gru,
  lstm,
  Network,
  normal,
  pcg32,
  type RecurrentOptions,
  simpleRnn,
  uniform,
  zeros,
} from "../../../src/index.ts";
import { Arena } from "../../../src/memory/arena.ts";
import { glorotUniform, initialize, orthogonal } from "../../../src/topology/initializers.ts";
import { checkLayer, kindOf } from "../../../src/topology/layers/kinds.ts";
import { randomRows } from "../../training/problem.ts";
import { expectFile } from "./images.ts";

const makers = { simpleRnn, lstm, gru };
const columnsOf = { simpleRnn: 1, lstm: 4, gru: 3 };
const start = { biasInitializer: uniform(-1, 1) };

describe.each(["simpleRnn", "lstm", "gru"] as const)("%s", (name) => {
  const make = makers[name];
  const gates = columnsOf[name];
  const kind = kindOf(make(1));
  const networkOf = (options: RecurrentOptions = {}, dtype: Network["dtype"] = "float64") =>
    new Network({ inputs: [5, 3], layers: [make(4, { ...start, ...options })], dtype, seed: 3 });

  test("has the state after the last step, and reads from the first, unless it is told otherwise", () => {
    expect({ ...make(4) }).toEqual({
      ...{ kind: name, units: 4, returnSequences: false, reverse: false, name: undefined },
      weightInitializer: glorotUniform(),
      recurrentWeightInitializer: orthogonal(),
    });
    expect(kind.outputShape!(make(4), [[5, 3]])).toEqual([4]);
    expect(kind.outputShape!(make(4, { returnSequences: true }), [[5, 3]])).toEqual([5, 4]);
  });

  test.each<[string, () => unknown, string]>([
    ["no units", () => make(0), `${name}: units: got 0, need a whole number from 1`],
    ["half a unit", () => make(1.5), `${name}: units: got 1.5, need`],
    [
      "a text for a switch",
      () => make(1, { reverse: "yes" as never }),
      `${name}: got reverse "yes", need true or false`,
    ],
    [
      "a number for a switch",
      () => make(1, { returnSequences: 1 as never }),
      `${name}: got returnSequences 1, need true`,
    ],
    ["a misspelt option", () => make(1, { reversed: true } as never), 'did you mean "reverse"?'],
    ["a name of nothing", () => make(1, { name: "" }), `${name}: got name "", need a text`],
    [
      "features",
      () => new Network({ inputs: 3, layers: [make(1)] }),
      `${name}: got a value [3], need [steps, features]`,
    ],
    ["an image", () => new Network({ inputs: [4, 3, 2], layers: [make(1)] }), `${name}: got a value [4, 3, 2], need`],
    [
      "an initializer that is none",
      () => new Network({ inputs: [2, 1], layers: [make(1, { recurrentWeightInitializer: "zeros" as never })] }),
      `${name}1.recurrentWeight`,
    ],
  ])("refuses %s", (_, made, message) => {
    expect(made).toThrow(message);
  });

  test("has a weight, a recurrent weight and a bias of all gates side by side", () => {
    const parameters = kind.parameters!(make(4), [[5, 3]]);
    const shapes = parameters.map(({ name: own, shape, isWeight }) => [own, shape, isWeight]);
    const candidate = name === "gru" ? [["candidateBias", [4], false]] : [];
    expect(shapes).toEqual([
      ["weight", [3, 4 * gates], true],
      ["recurrentWeight", [4, 4 * gates], true],
      ["bias", [4 * gates], false],
      ...candidate,
    ]);
    expect(parameters[0]).toMatchObject({ fanIn: 3, fanOut: 4 });
    expect(parameters[1]).toMatchObject({ fanIn: 4, fanOut: 4 });
  });

  test("draws glorotUniform for each gate's weight, then an orthogonal matrix for each gate, and no bias", () => {
    const { parameters } = new Network({ inputs: [5, 3], layers: [make(4)], dtype: "float64", seed: pcg32(7) });
    const generator = pcg32(7);
    const arena = new Arena("float64");
    const drawn = (shape: number[], initializer: ReturnType<typeof orthogonal>) => {
      const [fanIn, fanOut] = shape;
      const address = arena.allocate(fanIn * fanOut);
      initialize(initializer, { name: "gate", address, shape, count: fanIn * fanOut, fanIn, fanOut }, arena, generator);
      return Array.from(arena.view(address, fanIn * fanOut));
    };
    for (const [index, fanIn] of [3, 4].entries()) {
      const values = Array.from(parameters[index].values);
      for (let gate = 0; gate < gates; gate++) {
        const own = values.filter((_, place) => Math.floor((place % (4 * gates)) / 4) === gate);
        expect(own).toEqual(drawn([fanIn, 4], index === 0 ? glorotUniform() : orthogonal()));
      }
    }
    const forget = (_: number, index: number) => Number(name === "lstm" && index >= 4 && index < 8);
    expect(Array.from(parameters[2].values)).toEqual(Array.from({ length: 4 * gates }, () => 0).map(forget));
    expect(parameters[3]?.values.every((value) => value === 0) ?? true).toBe(true);
  });

  test("takes other first values, which a file leaves out", () => {
    const options = { weightInitializer: normal(0, 1), recurrentWeightInitializer: zeros(), ...start };
    const network = networkOf(options);
    expect(network.parameters[1].values.every((value) => value === 0)).toBe(true);
    expect(network.parameters[2].values.every((value) => value !== 0)).toBe(true);
    const { description } = Network.fromBytes(network.toBytes()).layers[0];
    expect(description).toMatchObject({ weightInitializer: glorotUniform() });
  });

  test("goes through a file with its options, and says them in its title", () => {
    for (const options of [
      {},
      { returnSequences: true },
      { reverse: true },
      { returnSequences: true, reverse: true },
    ]) {
      const layers = [make(4, { ...options, trainable: false, learningRateFactor: 0.5 })];
      expectFile(new Network({ inputs: [5, 3], layers, seed: 3 }));
      const title = `${name} 4${options.returnSequences ? ", sequences" : ""}${options.reverse ? ", reverse" : ""}`;
      expect(networkOf(options).layers[0].title).toBe(title);
    }
    const plain = JSON.parse(JSON.stringify(make(4, { returnSequences: true, name: "own" })));
    expect(checkLayer(plain)).toEqual({ ...make(4, { returnSequences: true, name: "own" }) });
    expect(checkLayer({ kind: name, units: 4 } as never)).toEqual({ ...make(4) });
    for (const wrong of [{ units: "4" }, { units: 4, reverse: 0 }, { units: 4, steps: 3 }, {}]) {
      expect(() => checkLayer({ kind: name, ...wrong } as never)).toThrow(new RegExp(`^${name}`));
    }
  });

  test("reads a sequence in reverse as it reads the reversed one, and leaves outputs at their steps", () => {
    const rows = randomRows(3, 15, 1);
    const turned = rows.map((row) => [4, 3, 2, 1, 0].flatMap((step) => row.slice(3 * step, 3 * step + 3)));
    for (const dtype of ["float32", "float64"] as const) {
      const [last, steps] = [false, true].map((returnSequences) =>
        [true, false].map((reverse) => networkOf({ returnSequences, reverse }, dtype)),
      );
      expect(last[0].predict(rows)).toEqual(last[1].predict(turned));
      const back = (steps[0].predict(rows) as number[][][]).flat(9) as unknown as number[];
      const ahead = (steps[1].predict(turned) as number[][][]).flat(9) as unknown as number[];
      const places = Array.from({ length: 15 }, (_, place) => 5 * Math.floor(place / 5) + 4 - (place % 5));
      expect(back).toEqual(places.flatMap((place) => ahead.slice(4 * place, 4 * place + 4)));
      expect(last[1].predict(turned)).toEqual([0, 1, 2].map((row) => ahead.slice(20 * row + 16, 20 * row + 20)));
    }
  });

  test("a row has the same bits alone and among 40, whatever the others hold", () => {
    for (const dtype of ["float32", "float64"] as const) {
      const network = networkOf({ returnSequences: true }, dtype);
      const rows = randomRows(40, 15, 2);
      const together = network.predict(rows);
      for (const row of [0, 17, 31, 32, 39]) {
        expect(network.predict([rows[row]])[0]).toEqual(together[row]);
        expect(network.predict([rows[5], rows[row]])[1]).toEqual(together[row]);
      }
    }
  });
});
