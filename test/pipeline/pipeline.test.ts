import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { predictorOf } from "../../src/cli/exported/predictor.ts";
import { classNumbers, encodeRecords, parseCsv, type TableRecord } from "../../src/data/index.ts";
import { decode, encode } from "../../src/files/safetensors.ts";
import {
  batchNorm,
  dense,
  flatten,
  type History,
  Network,
  Pipeline,
  type PipelineOptions,
  reshape,
  Trainer,
} from "../../src/index.ts";

const records: TableRecord[] = [
  { mass: 1, island: "b", id: 7, sex: "female" },
  { mass: null, island: "a", id: 8, sex: "male" },
  { mass: 5, island: null, id: 9, sex: "male" },
  { mass: 3, island: "a", id: 10, sex: "female" },
];
const encoding = encodeRecords(records, { ignore: ["id", "sex"], minimumCount: 1 });
const classes = ["female", "male"];

async function trained(): Promise<Pipeline> {
  const network = new Network({ inputs: encoding.features.length, layers: [dense(1, { activation: "sigmoid" })] });
  const trainer = new Trainer(network, { loss: "binaryCrossEntropy" });
  const targets = classNumbers(
    records.map(({ sex }) => String(sex)),
    classes,
  ).map((number) => [number]);
  const history = await trainer.fit(encoding.apply(records), targets, { epochs: 20 });
  return new Pipeline({
    network,
    encoding,
    target: { kind: "classes", name: "sex", classes },
    history,
    notes: { seed: 0 },
  });
}

const pipeline = await trained();
const bytes = pipeline.toBytes();

describe("a pipeline", () => {
  test("predicts from records what the network makes of their rows", () => {
    const outputs = pipeline.network.predict(encoding.apply(records));
    const predictions = pipeline.predict(records);
    outputs.forEach(([output], row) => {
      expect(predictions[row]).toEqual({
        prediction: output > 0.5 ? "male" : "female",
        probabilities: { female: 1 - output, male: output },
      });
    });
    expect(pipeline.predict(records[0])).toEqual(predictions[0]);
    expect(pipeline.predict([])).toEqual([]);
  });

  test("needs its columns alone, in any order; what is missing is null, an empty text or no key", () => {
    const [whole] = pipeline.predict(records.slice(2, 3));
    expect(pipeline.predict({ island: null, mass: 5, anything: "else" })).toEqual(whole);
    expect(pipeline.predict({ island: " ", mass: 5 })).toEqual(whole);
    expect(pipeline.predict({ mass: 5 })).toEqual(whole);
    expect(pipeline.predictColumns({ mass: [5] })).toEqual([whole]);
    expect(pipeline.predict({})).toEqual(pipeline.predict({ mass: null, island: null }));
    expect(pipeline.predict({ mass: "" })).toEqual(pipeline.predict({}));
    expect(pipeline.columns.map(({ name }) => name)).toEqual(["mass", "island"]);
    expect(pipeline.features).toEqual(["mass", "island=a", "island=b"]);
  });

  test("predicts from a table by columns, and gives the network's outputs for it", () => {
    const columns = { mass: Float64Array.of(1, Number.NaN), island: ["b", "a"] };
    expect(pipeline.predictColumns(columns)).toEqual(pipeline.predict(records.slice(0, 2)));
    const outputs = pipeline.outputs(columns);
    expect([...outputs]).toEqual(pipeline.network.predict(encoding.apply(records.slice(0, 2))).flat());
  });

  test("says the same of a row with booleans and missing keys by every way: CSV, JSON, Worker, module", () => {
    const lines = ["age,member,outcome", "20,true,keeps", "40,false,leaves", "30,true,leaves", "25,false,keeps"];
    const table = parseCsv(lines.join("\n")).records;
    const encoding = encodeRecords(table, { ignore: ["outcome"] });
    const layers = [dense(2, { activation: "softmax" })];
    const network = new Network({ inputs: encoding.features.length, layers, seed: 4 });
    const target = { kind: "classes", name: "outcome", classes: ["keeps", "leaves"] } as const;
    const model = new Pipeline({ network, encoding, target });
    const fromCsv = parseCsv("age,member\n30,true\n,false\n50,").records;
    const json = '[{"age":30,"member":true},{"member":false,"note":"x"},{"age":50}]';
    const expected = model.predict(fromCsv);
    expect(new Set(expected.map(({ probabilities }) => probabilities!.keeps))).toHaveLength(3);
    expect(model.predict(JSON.parse(json))).toEqual(expected);
    const bytes = model.toBytes();
    const worker = predictorOf(bytes);
    expect(worker.predict(worker.parse(new TextEncoder().encode(json)))).toEqual(expected);
    expect(Pipeline.fromBytes(bytes).predict(JSON.parse(json))).toEqual(expected);
    expect(JSON.parse(json).map((record: TableRecord) => model.predict(record))).toEqual(expected);
  });

  test("predicts a number in its own unit", () => {
    const network = new Network({ inputs: 3, layers: [dense(1)] });
    const target = { kind: "number", name: "mass", offset: 100, divisor: 20 } as const;
    const [output] = network.predict(encoding.apply(records)[0]);
    expect(new Pipeline({ network, encoding, target }).predict(records[0])).toEqual({ prediction: 100 + 20 * output });
  });

  test("makes probabilities of the logits of a linear output, also behind a flatten", () => {
    for (const more of [[], [reshape([1, 1]), flatten()]]) {
      const network = new Network({ inputs: 3, layers: [dense(1), ...more] });
      for (const { values } of network.parameters) values.fill(50);
      const { prediction, probabilities } = new Pipeline({ network, encoding, target: pipeline.target }).predict({
        mass: 100,
        island: "a",
      });
      expect(prediction).toBe("male");
      expect(probabilities).toEqual({ female: 0, male: 1 });
    }
  });

  test("does not answer where the network's numbers overflow", () => {
    const network = new Network({
      inputs: 3,
      layers: [dense(4, { activation: "relu" }), dense(2, { activation: "softmax" })],
    });
    for (const { values } of network.parameters) values.fill(3e38);
    const model = new Pipeline({ network, encoding, target: pipeline.target });
    const message = "predict, row 0: got an output of NaN from the network, need finite numbers";
    expect(() => model.predict(records[2])).toThrow(new RangeError(message));
    expect(() => model.outputs({ mass: [5], island: ["a"] })).toThrow(new RangeError(message));
  });

  test("does not answer with a class whose probability is none", () => {
    const network = new Network({ inputs: 3, layers: [dense(1), batchNorm()] });
    for (const { values } of network.parameters) values.fill(50);
    const model = new Pipeline({ network, encoding, target: pipeline.target });
    expect(() => model.predict({ mass: 100, island: "a" })).toThrow(
      "need a probability, which a network has that ends with softmax",
    );
  });

  test("takes a record that lacks a column and has another name that is short and alike", () => {
    expect(pipeline.predict({ island: "a", mask: 1 })).toEqual(pipeline.predict({ island: "a" }));
  });

  test.each([
    ["relu", 1, 'pipeline: got the last activation "relu", need softmax, sigmoid or linear to predict classes'],
    ["relu", 2, 'pipeline: got the last activation "relu", need softmax'],
    ["tanh", 2, 'pipeline: got the last activation "tanh", need softmax'],
    ["logSoftmax", 2, 'pipeline: got the last activation "logSoftmax", need softmax'],
    ["softmax", 1, 'pipeline: got the last activation "softmax" of 1 output, which is always 1, need "sigmoid"'],
  ] as const)("refuses classes from a network that ends with %s of %i", (activation, units, message) => {
    const network = new Network({ inputs: 3, layers: [dense(units, { activation })] });
    expect(() => new Pipeline({ network, encoding, target: pipeline.target })).toThrow(message);
  });

  test.each<[unknown, string]>([
    [{ other: 1 }, 'predict, row 0: got "other", need some of "mass", "island"'],
    [[{}, { id: 3, other: 1 }], 'predict, row 1: got "id", "other", need some of "mass", "island"'],
    [{ mass: 1, islands: "a" }, 'predict, row 0: got "islands", need island; did you mean "island"?'],
    [{ mass: "1", island: "a" }, 'predict, column "mass": got "1" at row 0, need a finite number, or null'],
    [{ mass: 1, island: 7 }, 'predict, column "island": got 7 at row 0, need a string, or null'],
    [{ mass: true, island: "a" }, 'predict, column "mass": got true at row 0, need a finite number, or null'],
    [null, "predict: got null at row 0, need an object with a value for each column"],
    [[[1, 2]], "predict: got an array of 2 at row 0, need an object with a value for each column"],
    ["text", 'predict: got "text" at row 0, need an object with a value for each column'],
  ])("refuses to predict from %j", (record, message) => {
    expect(() => pipeline.predict(record as TableRecord)).toThrow(message);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ network: {} }, "pipeline: network: got an object, need a Network"],
    [{ encoding: undefined }, "pipeline: got encoding undefined, need what encodeRecords or transformFromJSON returns"],
    [{ target: undefined }, "pipeline, target: got name undefined, need the name of a column"],
    [{ network: new Network({ inputs: 2, layers: [dense(1)] }) }, "pipeline: got a network of 2 inputs, need 3"],
    [
      { network: new Network({ inputs: [3, 1], layers: [dense(1)] }) },
      "pipeline: got a network with the output [3, 1], need one row of it: flatten()",
    ],
    [{ weights: 1 }, 'pipeline option: got "weights", need one of network, encoding, target, seen, history, notes'],
  ])("is not made with %j", (options, message) => {
    const target = pipeline.target;
    const whole = { network: pipeline.network, encoding, target, ...options };
    expect(() => new Pipeline(whole as PipelineOptions)).toThrow(message);
  });
});

describe("a pipeline's file", () => {
  test("gives back all of it, to the bit", () => {
    const read = Pipeline.fromBytes(bytes);
    expect(read.predict(records)).toEqual(pipeline.predict(records));
    const parts = ({ target, columns, features, history, notes }: Pipeline) => ({
      target,
      columns,
      features,
      history,
      notes,
    });
    expect(parts(read)).toEqual(parts(pipeline));
    expect(read.toBytes()).toEqual(bytes);
  });

  test("has a history whose values are not finite as NaN", () => {
    const { network, target, history } = pipeline;
    const validation = { loss: history!.loss.map(() => Number.POSITIVE_INFINITY) } as History["validation"];
    const strange = { ...history!, validation };
    const read = Pipeline.fromBytes(new Pipeline({ network, encoding, target, history: strange }).toBytes());
    expect(read.history).toEqual({ ...history, validation: { loss: history!.loss.map(() => Number.NaN) } });
  });

  test("is a network's, too", () => {
    expect(Network.fromBytes(bytes).predict([[1, 0, 1]])).toEqual(pipeline.network.predict([[1, 0, 1]]));
  });

  test("of version 1, as first written, predicts what it did", () => {
    const read = Pipeline.fromBytes(readFileSync("test/fixtures/pipeline-1.safetensors"));
    const golden = JSON.parse(readFileSync("test/fixtures/pipeline-1.json", "utf8"));
    expect(read.predict(golden.records)).toEqual(golden.predictions);
  });

  const changed = (change: (json: Record<string, unknown>) => void): Uint8Array => {
    const { tensors, metadata } = decode(bytes);
    const json = JSON.parse(metadata.pipeline);
    change(json);
    return encode(tensors, { ...metadata, pipeline: JSON.stringify(json) });
  };

  test.each<[string, () => Uint8Array, string]>([
    ["a network alone", () => pipeline.network.toBytes(), "fromBytes: got a file of a network alone, need one"],
    ["another's file", () => encode([]), "fromBytes: got a file of something else, need one that a pipeline's toBytes"],
    ["half of it", () => bytes.slice(0, bytes.length / 2), "safetensors: got"],
    ["a later version", () => changed((json) => Object.assign(json, { version: 2 })), "of version 2, need version 1"],
    [
      "no encoding",
      () => changed((json) => Object.assign(json, { encoding: null })),
      "fromBytes, encoding, columns: got undefined, need an array",
    ],
    [
      "a history of nothing",
      () => changed((json) => Object.assign(json, { history: {} })),
      "pipeline, history: got undefined as epoch, need a number for each epoch",
    ],
    ["a list of notes", () => changed((json) => Object.assign(json, { notes: [1] })), "got notes an array of 1, need"],
    [
      "other classes",
      () => changed((json) => Object.assign(json.target as object, { classes: ["a", "b", "c"] })),
      "pipeline: got a network of 1 output, need 3 for 3 classes",
    ],
  ])("is refused if it is %s", (_, file, message) => {
    expect(() => Pipeline.fromBytes(file())).toThrow(message);
  });
});
