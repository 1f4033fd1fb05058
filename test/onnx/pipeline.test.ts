/** Pipelines as ONNX files: their inputs and outputs. runtime.long.test.ts runs them in ONNX Runtime. */
import { describe, expect, test } from "vitest";
import { encodeRecords } from "../../src/data/index.ts";
import { dense, Network, Pipeline } from "../../src/index.ts";
import { fromOnnx, toOnnx } from "../../src/onnx/index.ts";
import { decodeModel } from "../../src/onnx/protobuf.ts";
import type { ValueProto } from "../../src/onnx/schema.ts";
import { cases, textCase } from "./pipelines.ts";

const modelOf = (name: string, dtype: "float32" | "float64" = "float32") => {
  const { pipeline } = [...cases, textCase].find((each) => each.name === name)!;
  return decodeModel("test", toOnnx(pipeline(dtype)));
};

/** "mass: 11 batch 1" */
const shown = (values: readonly ValueProto[] = []) =>
  values.map(({ name, type }) => {
    const { type: code, shape } = type!.tensor!;
    return `${name}: ${code} ${shape!.dims!.map(({ value, parameter }) => value ?? parameter).join(" ")}`;
  });

describe("the file of a pipeline", () => {
  test("has an input for each column, of doubles or texts, and one for each part of a date", () => {
    expect(shown(modelOf("a number").graph!.inputs)).toEqual([
      "mass: 11 batch 1",
      "age: 11 batch 1",
      "island: 8 batch 1",
      "sex: 8 batch 1",
      "seen.year: 11 batch 1",
      "seen.month: 11 batch 1",
      "seen.weekday: 11 batch 1",
    ]);
  });

  test("has texts as the tokens that the network takes", () => {
    expect(shown(modelOf("a text beside a category").graph!.inputs)).toEqual([
      "island: 8 batch 1",
      "note: 7 batch 4",
      "lengths: 6 batch",
    ]);
  });

  test("has the prediction, and the probabilities of classes", () => {
    const outputs = (name: string, dtype?: "float64") => shown(modelOf(name, dtype).graph!.outputs);
    expect(outputs("a logarithm")).toEqual(["prediction: 11 batch 1"]);
    expect(outputs("three classes")).toEqual(["prediction: 8 batch", "probabilities: 1 batch 3"]);
    expect(outputs("three classes by logits", "float64")).toEqual([
      "prediction: 11 batch",
      "probabilities: 11 batch 3",
    ]);
    expect(outputs("two classes by one output")).toEqual(["prediction: 8 batch", "probabilities: 1 batch 2"]);
  });

  test("numbers texts with a mark and the empty text as the missing one, and others behind all categories", () => {
    const { graph, opsets } = modelOf("a number");
    const [island, sex] = graph!.nodes!.filter(({ operator }) => operator === "LabelEncoder");
    const decoded = ({ attributes }: typeof island) =>
      attributes!.map(({ texts, ints, int }) => texts?.map((bytes) => new TextDecoder().decode(bytes)) ?? ints ?? int);
    expect(decoded(island)).toEqual([["", "Biscoe", "Dream", "Torgersen"], [3, 0, 1, 2], 3]);
    expect(decoded(sex)).toEqual([["", "unknown", "female", "male"], [0, 0, 0, 1], 2]);
    expect(opsets).toEqual([
      { domain: "", version: 17 },
      { domain: "ai.onnx.ml", version: 2 },
    ]);
  });

  test("numbers booleans in four spellings", () => {
    const rows = Array.from({ length: 8 }, (_, index) => ({ open: index % 3 === 0 ? "True" : "False", name: index }));
    const encoding = encodeRecords(rows);
    const network = new Network({ inputs: encoding.features.length, layers: [dense(1)] });
    const target = { kind: "number", name: "price", offset: 0, divisor: 1 } as const;
    const { graph } = decodeModel("test", toOnnx(new Pipeline({ network, encoding, target })));
    const [keys, places] = graph!.nodes!.find(({ operator }) => operator === "LabelEncoder")!.attributes!;
    const placeOf = new Map(keys.texts!.map((key, index) => [new TextDecoder().decode(key), places.ints![index]]));
    expect(["True", "true", "TRUE", "1"].map((key) => placeOf.get(key))).toEqual([1, 1, 1, 1]);
    expect(["False", "false", "FALSE", "0"].map((key) => placeOf.get(key))).toEqual([0, 0, 0, 0]);
  });

  test("is not read back: networks have no texts", () => {
    const file = toOnnx(cases[0].pipeline("float32"));
    expect(() => fromOnnx(file)).toThrow(
      'fromOnnx, LabelEncoder "LabelEncoder": got an operator of "ai.onnx.ml", need',
    );
  });
});

test("refused is what is neither a network nor a pipeline", () => {
  const network = new Network({ inputs: 1, layers: [dense(1)] });
  expect(() => toOnnx({ network } as never)).toThrow("toOnnx: got an object, need a Network or a Pipeline");
});

test.each([...cases, textCase].map((each) => [each.name, each] as const))(
  "the file of a whole pipeline is refused as such: %s",
  (_, { pipeline }) => {
    const bytes = toOnnx(pipeline("float32"));
    const need = "its network alone, as toOnnx(pipeline.network) or simdnet export without --records writes it";
    expect(() => fromOnnx(bytes)).toThrow(
      `fromOnnx: got a whole pipeline with its preprocessing, need ${need} (fromOnnx, `,
    );
  },
);
