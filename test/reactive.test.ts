/** Frameworks that watch objects, by proxies or by copies: they leave the objects of the package alone, and its functions take theirs. */
import { isReactive, reactive, readonly, ref, toRaw } from "@vue/reactivity";
import { produce } from "immer";
import { isObservable, observable, runInAction } from "mobx";
import { describe, expect, test } from "vitest";
import {
  encodeCategories,
  encodeRecords,
  impute,
  iris,
  minMaxScale,
  standardize,
  vocabulary,
} from "../src/data/index.ts";
import * as simdnet from "../src/index.ts";

const { adam, checkpoint, cosineDecay, dense, earlyStopping, input, lstm, mt19937, Network, pcg32, Pipeline } = simdnet;
const { progress, Trainer } = simdnet;

const { inputs, targets } = iris();
const newNetwork = () => new Network({ inputs: 4, layers: [dense(8, { activation: "tanh" }), dense(3)], seed: 1 });
const newTrainer = (network = newNetwork()) => new Trainer(network, { loss: "sparseSoftmaxCrossEntropy", seed: 2 });

const records = [
  { size: 1, colour: "red" },
  { size: 2, colour: "blue" },
];

function newPipeline() {
  const encoding = encodeRecords(records);
  const network = new Network({ inputs: encoding.features.length, layers: [dense(2, { activation: "softmax" })] });
  return new Pipeline({ network, encoding, target: { kind: "classes", name: "kind", classes: ["a", "b"] } });
}

/** The training that callbacks are given. */
async function newTraining() {
  let given: unknown;
  const onStart = (training: unknown) => {
    given = training;
  };
  await newTrainer().fit(inputs, targets, { epochs: 1, callbacks: [{ onStart }] });
  return given as { readonly epochs: number; readonly monitors: readonly string[] };
}

/** An object of each class that a user holds, and a use of it that reads what is private. */
const objects: [name: string, make: () => unknown, use: (object: never) => unknown][] = [
  ["Network", newNetwork, (network: simdnet.Network) => network.predict(inputs.slice(0, 2))],
  ["LayerView", () => newNetwork().layers[0], (layer: simdnet.LayerView) => layer.trainable],
  [
    "Value",
    () => input([4, 2]),
    (value: simdnet.Value) => new Network({ inputs: value, outputs: lstm(2)(value) }).outputs,
  ],
  [
    "Stream",
    () => new Network({ inputs: [4, 2], layers: [lstm(2)], variableLength: true }).stream(),
    (stream: simdnet.Stream) => [stream.push([1, 2]), stream.reset()],
  ],
  ["Trainer", newTrainer, (trainer: simdnet.Trainer) => trainer.evaluate(inputs, targets)],
  ["Pipeline", newPipeline, (pipeline: simdnet.Pipeline) => pipeline.predict(records)],
  [
    "Object", // a schedule: frozen data, which vue leaves alone, too
    () => cosineDecay({ initial: 0.1, steps: 10 }),
    (schedule: ReturnType<typeof cosineDecay>) => schedule.at(3),
  ],
  ["EarlyStopping", () => earlyStopping(), (callback: simdnet.Callback) => callback.state],
  ["Checkpoint", () => checkpoint(() => {}), (callback: simdnet.Callback) => callback.state],
  [
    "Progress",
    () => progress({ isTTY: true, write: () => {} }),
    (callback: simdnet.Callback) => callback.onStart!(null as never),
  ],
  ["Training", newTraining, ({ epochs, monitors }: simdnet.Training) => [epochs, monitors]],
  ["Generator", () => pcg32(1), (generator: ReturnType<typeof pcg32>) => typeof generator.normal()],
  ["Generator", () => mt19937(1), (generator: ReturnType<typeof mt19937>) => typeof generator.normal()],
  ["Scale", () => standardize(inputs), (scale: ReturnType<typeof standardize>) => scale.apply(inputs)],
  ["Scale", () => minMaxScale(inputs), (scale: ReturnType<typeof standardize>) => scale.toJSON()],
  ["Imputation", () => impute(inputs), (imputation: ReturnType<typeof impute>) => imputation.apply(inputs)],
  [
    "CategoryEncoding",
    () => encodeCategories(["a", "b"]),
    (encoding: ReturnType<typeof encodeCategories>) => encoding.apply(["b", "a"]),
  ],
  [
    "RecordEncoding",
    () => encodeRecords(records),
    (encoding: ReturnType<typeof encodeRecords>) => encoding.apply(records),
  ],
  ["Vocabulary", () => vocabulary(["a b", "b c"]), (words: ReturnType<typeof vocabulary>) => words.apply(["c a"])],
];

describe.each(objects)("%s", (name, make, use) => {
  test("names itself", async () => {
    expect(Object.prototype.toString.call(await make())).toBe(`[object ${name}]`);
  });

  test("vue leaves it alone", async () => {
    const object = (await make()) as object;
    const expected = use(object as never);
    const held = [ref(object).value, reactive({ object }).object, reactive([object])[0], readonly({ object }).object];
    for (const value of held) {
      expect(value === object).toBe(true);
      expect(use(value as never)).toEqual(expected);
    }
  });

  test("mobx leaves it alone", async () => {
    const object = (await make()) as object;
    const expected = use(object as never);
    const held = [
      observable({ object }).object,
      observable.box(object).get(),
      observable([object])[0],
      observable(new Map([["object", object]])).get("object"),
    ];
    for (const value of held) {
      expect(value === object && !isObservable(value)).toBe(true);
      expect(use(value as never)).toEqual(expected);
    }
  });

  test("immer neither drafts nor freezes it", async () => {
    const object = (await make()) as object;
    const expected = use(object as never);
    const wasFrozen = Object.isFrozen(object);
    const state = produce({ object, list: [object], count: 0 }, (draft) => {
      draft.count++;
      expect((draft.object as object) === object).toBe(true);
    });
    expect(state.object === object && state.list[0] === object && state.count === 1).toBe(true);
    expect(Object.isFrozen(object)).toBe(wasFrozen);
    expect(use(state.object as never)).toEqual(expected);
  });
});

interface State {
  layers: unknown[];
  options: { loss: "sparseSoftmaxCrossEntropy"; optimizer: ReturnType<typeof adam>; seed: number };
  inputs: readonly (readonly number[])[];
  targets: readonly number[];
  history: unknown;
}

const newState = (): State => ({
  layers: [dense(8, { activation: "tanh", weightInitializer: simdnet.heNormal() }), dense(3)],
  options: {
    loss: "sparseSoftmaxCrossEntropy",
    optimizer: adam({ learningRate: cosineDecay({ initial: 0.02, steps: 50 }) }),
    seed: 2,
  },
  inputs: inputs.map((row) => [...row]),
  targets: [...targets],
  history: null,
});

/** Makes a network of what a state holds, and trains it on the state's examples. */
async function train(state: State) {
  const network = new Network({ inputs: 4, layers: state.layers as never, seed: 1 });
  const trainer = new Trainer(network, state.options);
  const history = await trainer.fit(state.inputs, state.targets, { epochs: 3 });
  return { history, bytes: trainer.toBytes() };
}

describe("options and examples in a state", () => {
  test("of vue train the same network", async () => {
    const expected = await train(newState());
    const state = reactive(newState());
    expect(isReactive(state.inputs) && isReactive(state.options.optimizer)).toBe(true);
    const { history, bytes } = await train(state as State);
    expect(bytes).toEqual(expected.bytes);
    state.history = history;
    expect((toRaw(state.history) as simdnet.History).loss).toEqual(expected.history.loss);
  });

  test("of mobx train the same network", async () => {
    const expected = await train(newState());
    const given = newState();
    // mobx makes actions of functions, which layers are. It takes their plain descriptions.
    const state = observable({ ...given, layers: given.layers.map((layer) => ({ ...(layer as object) })) });
    expect(isObservable(state.inputs) && isObservable(state.options)).toBe(true);
    const { history, bytes } = await train(state);
    expect(bytes).toEqual(expected.bytes);
    runInAction(() => {
      state.history = history;
    });
    expect([...(state.history as simdnet.History).loss]).toEqual(expected.history.loss);
  });

  test("of immer, which freezes them, train the same network", async () => {
    const expected = await train(newState());
    const state = produce(newState(), (draft) => {
      draft.options.seed = 2;
      draft.history = { begun: true };
    });
    expect(Object.isFrozen(state.inputs[0]) && Object.isFrozen(state.options)).toBe(true);
    const { history, bytes } = await train(state);
    expect(bytes).toEqual(expected.bytes);
    const done = produce(state, (draft) => {
      draft.history = history;
    });
    expect((done.history as simdnet.History).loss).toEqual(expected.history.loss);
  });
});
