/** Pipelines of all kinds of columns and targets, for tests of their ONNX files. */

import { encodeRecords, type SeriesRecord } from "../../src/data/index.ts";
import {
  concatenate,
  type Dtype,
  dense,
  embedding,
  globalAveragePool,
  gru,
  input,
  Network,
  Pipeline,
  type Target,
} from "../../src/index.ts";

const day = (index: number) => `2024-0${1 + (index % 9)}-1${index % 10}`;

/** Records with gaps, marks, rare categories, dates. */
export const records: SeriesRecord[] = Array.from({ length: 24 }, (_, index) => ({
  mass: index % 7 === 3 ? null : 1_000_000 + index / 4,
  age: index % 5 === 2 ? -999 : 20 + ((index * 7) % 31),
  island: index % 11 === 5 ? "" : ["Biscoe", "Dream", "Torgersen", "Œland"][index % (index > 20 ? 4 : 3)],
  sex: index % 6 === 1 ? "unknown" : index % 2 === 0 ? "female" : "male",
  seen: index % 8 === 2 ? null : day(index),
}));

const encoding = encodeRecords(records, {
  missing: { age: [-999], sex: ["unknown"] },
  missingColumns: 0.15,
  categories: { island: { minimumCount: 3, fill: "ownCategory" } },
  dates: { seen: { parts: ["year", "month", "weekday"] } },
});

export interface PipelineCase {
  readonly name: string;
  readonly pipeline: (dtype: Dtype) => Pipeline;
  readonly records: readonly SeriesRecord[];
}

const number: Target = { kind: "number", name: "price", offset: 250_000, divisor: 1234.5 };

const rowCase = (name: string, units: number, activation: "linear" | "softmax" | "sigmoid", target: Target) => ({
  name,
  records,
  pipeline: (dtype: Dtype) =>
    new Pipeline({
      network: new Network({
        inputs: encoding.features.length,
        layers: [dense(6, { activation: "tanh" }), dense(units, { activation })],
        ...{ dtype, seed: 4 },
      }),
      encoding,
      target,
    }),
});

const texts = records.map((record, index) => ({
  island: record.island as string,
  note: ["small and shy", "large", "small but loud", "shy"][index % 4],
}));

const withTexts: PipelineCase = {
  name: "a text beside a category",
  records: texts,
  pipeline(dtype) {
    const own = encodeRecords(texts, { texts: { note: { maximumLength: 4 } } });
    const [row, note] = own.inputs.map(({ shape, variableLength }) => input([...shape], { variableLength }));
    const { size } = own.vocabularies.note;
    const words = gru(3)(embedding(size, 2)(note));
    const outputs = dense(1)(concatenate(row, words));
    return new Pipeline({
      network: new Network({ inputs: [row, note], outputs, dtype, seed: 2 }),
      encoding: own,
      target: number,
    });
  },
};

/** One column, which is the whole row, and a network whose input has several sides. */
const oneColumn: PipelineCase = {
  name: "a single column, whose row has more sides",
  records: records.map(({ island }) => ({ island })),
  pipeline(dtype) {
    const own = encodeRecords(records.map(({ island }) => ({ island })));
    const width = own.features.length;
    const outputs = { inputs: [1, width], layers: [globalAveragePool(), dense(1)] };
    return new Pipeline({ network: new Network({ ...outputs, dtype }), encoding: own, target: number });
  },
};

const classes = ["a", "b", "c"];
export const cases: readonly PipelineCase[] = [
  rowCase("a number", 1, "linear", number),
  rowCase("a logarithm", 1, "linear", { ...number, offset: 3, divisor: 0.5, logarithm: true }),
  rowCase("three classes", 3, "softmax", { kind: "classes", name: "class", classes }),
  rowCase("three classes by logits", 3, "linear", { kind: "classes", name: "class", classes: [10, 20, 30.5] }),
  rowCase("two classes by one output", 1, "sigmoid", { kind: "classes", name: "class", classes: ["no", "yes"] }),
  rowCase("two classes by a logit and a threshold", 1, "linear", {
    ...{ kind: "classes", name: "class", classes: ["no", 1], threshold: 0.45 },
  }),
  rowCase("two classes by a threshold", 2, "softmax", {
    ...{ kind: "classes", name: "class", classes: ["no", "yes"], threshold: 0.52 },
  }),
  oneColumn,
];
export const textCase = withTexts;

/** Returns the raw values of each input of a file, by its name. @param fill what a missing text is */
export function rawInputs(given: readonly SeriesRecord[]): Record<string, readonly (number | string)[]> {
  const parts = (value: unknown) => (typeof value === "string" ? new Date(`${value}T00:00:00Z`) : undefined);
  const number = (value: unknown) => (typeof value === "number" ? value : Number.NaN);
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const dates = given.map(({ seen }) => parts(seen));
  return {
    mass: given.map(({ mass }) => number(mass)),
    age: given.map(({ age }) => number(age)),
    island: given.map(({ island }) => text(island)),
    sex: given.map(({ sex }) => text(sex)),
    "seen.year": dates.map((date) => number(date?.getUTCFullYear())),
    "seen.month": dates.map((date) => number(date && date.getUTCMonth() + 1)),
    "seen.weekday": dates.map((date) => number(date && (date.getUTCDay() + 6) % 7)),
  };
}
