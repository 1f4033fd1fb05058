import { describe, expect, test } from "vitest";
import { type EncodeRecordsOptions, encodeRecords, type SeriesRecord } from "../../src/data/index.ts";
import { decode, encode } from "../../src/files/safetensors.ts";
import {
  concatenate,
  dense,
  embedding,
  flatten,
  globalAveragePool,
  input,
  lstm,
  Network,
  Pipeline,
  type Prediction,
  Trainer,
} from "../../src/index.ts";

const target = { kind: "classes", name: "liked", classes: ["no", "yes"] } as const;
const records: SeriesRecord[] = [
  {
    stars: 1,
    review: "slow, far too slow and sad",
    place: "b",
    heights: [
      [1, 2],
      [3, 4],
      [5, 0],
    ],
  },
  { stars: 5, review: "a warm film", place: "a", heights: [[4, 1]] },
  {
    stars: 4,
    review: "warm",
    place: "b",
    heights: [
      [4, 1],
      [0, 2],
    ],
  },
  {
    stars: 2,
    review: "so sad",
    place: "a",
    heights: [
      [9, 0],
      [3, 3],
      [5, 5],
      [2, 1],
    ],
  },
];
const targets = [0, 1, 1, 0];
const ragged = { texts: { review: {} }, series: { heights: {} } };
const padded = { texts: { review: { length: 4 } }, series: { heights: { length: 3 } } };

/** A network for a table that may have each kind of column, its training, and what it predicts. */
async function trained(ignore: string[], options: EncodeRecordsOptions, dtype: "float32" | "float64" = "float32") {
  const encoding = encodeRecords(records, { ignore, ...options });
  const values = encoding.inputs.map(({ shape, variableLength }) => input(shape, { variableLength }));
  const parts = encoding.inputs.map(({ columns: [name] }, index) => {
    if (name === "review") {
      return globalAveragePool()(embedding(encoding.vocabularies.review.size, 4, { padding: 0 })(values[index]));
    }
    return name === "heights" ? lstm(3)(values[index]) : values[index];
  });
  const joined = parts.length === 1 ? parts[0] : concatenate(...(parts as [(typeof parts)[0], (typeof parts)[0]]));
  const network = new Network({ inputs: values, outputs: dense(1, { activation: "sigmoid" })(joined), dtype });
  const trainer = new Trainer(network, { loss: "binaryCrossEntropy" });
  const history = await trainer.fit(encoding.apply(records), targets, { epochs: 3 });
  return new Pipeline({ network, encoding, target, history });
}

const said = (output: number): Prediction => ({
  prediction: output > 0.5 ? "yes" : "no",
  probabilities: { no: 1 - output, yes: output },
});

describe.each<[string, string[], Record<string, Record<string, object>>]>([
  ["numbers, categories, texts and series", [], ragged],
  ["texts beside numbers", ["place", "heights"], { texts: ragged.texts }],
  ["texts alone", ["stars", "place", "heights"], { texts: ragged.texts }],
  ["series alone", ["stars", "place", "review"], { series: ragged.series }],
  ["texts and series", ["stars", "place"], ragged],
  ["all of them, padded to one length", [], padded],
  ["texts alone, padded to one length", ["stars", "place", "heights"], { texts: padded.texts }],
])("a pipeline of %s", (_, ignore, options) => {
  const only = (names: string[]) =>
    Object.fromEntries(
      Object.entries(options).map(([kind, columns]) => [
        kind,
        Object.fromEntries(Object.entries(columns).filter(([name]) => !names.includes(name))),
      ]),
    );

  test.each(["float32", "float64"] as const)("predicts to the bit what its network does, %s", async (dtype) => {
    const pipeline = await trained(ignore, only(ignore), dtype);
    const { encoding, network } = pipeline;
    const outputs = network.predict<number[][]>(encoding.apply(records) as never);
    const predictions = pipeline.predict(records);
    expect(predictions).toEqual(outputs.map(([output]) => said(output)));
    // Records of different lengths in one call, as each alone.
    expect(records.map((record) => pipeline.predict(record))).toEqual(predictions);
    const columns = Object.fromEntries(
      Object.keys(records[0]).map((name) => [name, records.map((record) => record[name])]),
    );
    const used = Object.fromEntries(pipeline.columns.map(({ name }) => [name, columns[name]]));
    expect(pipeline.predictColumns(used)).toEqual(predictions);
    expect(pipeline.outputs(used)).toBeInstanceOf(dtype === "float32" ? Float32Array : Float64Array);
    const read = Pipeline.fromBytes(pipeline.toBytes());
    expect(read.predict(records)).toEqual(predictions);
    expect(read.encoding.inputs).toEqual(encoding.inputs);
    expect(read.toBytes()).toEqual(pipeline.toBytes());
  });

  test("answers records without words, steps or values", async () => {
    const pipeline = await trained(ignore, only(ignore));
    const empty = { stars: null, review: "", place: null, heights: [] };
    const strange = { ...empty, review: "unheard of", heights: [[1e3, -1e3]] };
    const missing = { ...empty, review: null, heights: null };
    const [first, second, third] = pipeline.predict([empty, strange, missing]);
    expect(first.probabilities!.yes).toBeGreaterThan(0);
    expect(second.probabilities!.yes).toBeGreaterThan(0);
    expect(third).toEqual(first);
  });
});

describe("a pipeline of sequences", () => {
  test("says what a record needs, and has the vocabulary of its texts", async () => {
    const pipeline = await trained([], ragged);
    expect(pipeline.columns.map(({ kind }) => kind)).toEqual(["number", "text", "encodeCategories", "series"]);
    expect(pipeline.features).toEqual(["stars", "place=a", "place=b"]);
    expect(pipeline.encoding.vocabularies.review.apply(["a slow film"])).toEqual(
      encodeRecords(records, ragged).vocabularies.review.apply(["a slow film"]),
    );
    const refused = (change: object) => () => pipeline.predict({ ...records[0], ...change } as SeriesRecord);
    expect(refused({ review: 5 })).toThrow('predict, column "review": got 5 at row 0, need a string, or null');
    expect(refused({ heights: [[1]] })).toThrow('predict, column "heights": got 1 number at row 0, step 0, need 2');
    const without = { stars: 1, place: "a", heights: [[1, 2]] };
    expect(pipeline.predict([records[0], without])[1]).toEqual(pipeline.predict({ ...without, review: null }));
  });

  const encoding = encodeRecords(records, { ignore: ["heights", "stars", "place"], texts: { review: {} } });
  const { size } = encoding.vocabularies.review;
  const made = (shape: number[], tokens: number, variableLength = true) => {
    const pooled = variableLength ? globalAveragePool() : flatten();
    return () =>
      new Pipeline({
        network: new Network({
          inputs: shape,
          variableLength,
          layers: [embedding(tokens, 2), pooled, dense(1, { activation: "sigmoid" })],
        }),
        encoding,
        target,
      });
  };

  test("whose network has an output for each word is told what makes one of a text", () => {
    const layers = [embedding(size, 2), dense(1, { activation: "sigmoid" })];
    const network = new Network({ inputs: [6], variableLength: true, layers });
    expect(() => new Pipeline({ network, encoding, target })).toThrow(
      "the output [6, 1], need one row of it: a recurrent layer without returnSequences, or a global pool",
    );
  });

  test("of texts alone takes a text for its record", () => {
    const pipeline = made([6], size)();
    const texts = ["a warm film", "", "unheard of"];
    const wanted = pipeline.predict(texts.map((review) => ({ review })));
    expect(pipeline.predict(texts)).toEqual(wanted);
    expect(pipeline.predict([texts[0], { review: texts[1] }])).toEqual(wanted.slice(0, 2));
    expect(pipeline.predict(texts[0])).toEqual(wanted[0]);
    expect(() => pipeline.predict([texts[0], 7 as never])).toThrow(
      "predict: got 7 at row 1, need an object with a value for each column",
    );
  });

  test("is not made with a network of other inputs", () => {
    expect(made([6], size)).not.toThrow();
    expect(made([5], size)).toThrow(
      'pipeline, column "review": got input([5], { variableLength: true }), need input([6], { variableLength: true })',
    );
    expect(made([6], size, false)).toThrow("got input([6]), need input([6], { variableLength: true })");
    expect(made([6], size - 1)).toThrow(
      `pipeline, column "review": got an embedding of ${size - 1} tokens, need at least ${size}, as the vocabulary has`,
    );
    const both = encodeRecords(records, { ignore: ["heights"], texts: { review: {} } });
    const { network } = made([6], size)();
    expect(() => new Pipeline({ network, encoding: both, target })).toThrow(
      "pipeline: got a network with 1 input, need 2: input([3]) and input([6], { variableLength: true })",
    );
    const value = input([1]);
    const several = new Network({ inputs: value, outputs: [dense(1)(value), dense(1)(value)] });
    const numbers = encodeRecords(records.map(({ stars }) => ({ stars })));
    expect(() => new Pipeline({ network: several, encoding: numbers, target })).toThrow(
      "pipeline: got a network with 2 outputs, need one",
    );
  });

  test("is refused as a file whose vocabulary has more tokens than the embedding", () => {
    const { tensors, metadata } = decode(made([6], size)().toBytes());
    const json = JSON.parse(metadata.pipeline);
    json.encoding.columns[0].tokens.push("more");
    const file = encode(tensors, { ...metadata, pipeline: JSON.stringify(json) });
    expect(() => Pipeline.fromBytes(file)).toThrow(`got an embedding of ${size} tokens, need at least ${size + 1}`);
  });
});
