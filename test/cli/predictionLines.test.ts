import { describe, expect, test } from "vitest";
import { csvCell, newColumns, newMembers, PredictionLines } from "../../src/cli/predictionLines.ts";
import { encodeRecords } from "../../src/data/index.ts";
import { type ClassTarget, dense, Network, Pipeline, seenValues } from "../../src/index.ts";

const columns = { x: Float64Array.of(1, 2, Number.NaN) };
const encoding = encodeRecords(columns);
const seen = seenValues(encoding, columns);
const modelOf = (classes: string[], units: number, activation: "sigmoid" | "softmax") =>
  new Pipeline({
    network: new Network({ inputs: 1, layers: [dense(units, { activation })] }),
    ...{ encoding, seen },
    target: { kind: "classes", name: "y", classes },
  });
const rows = [
  ["1", 'a "b"'],
  ["2", "c;d"],
  ["", "e,f"],
];
const written = (model: Pipeline, delimiter: string) => {
  const predicted = {
    ...{ lines: { rows }, names: ["x", "note"], given: columns, outputs: model.outputs(columns) },
    unseen: new Map([[1, { x: "outside" as const }]]),
  };
  const lines = new PredictionLines(model, delimiter);
  return { csv: lines.csv(predicted), json: lines.json(predicted) };
};

describe("lines of predictions", () => {
  test("have what the pipeline says, to the bit, of one output and of several", () => {
    for (const model of [modelOf(["n;o", "yes"], 1, "sigmoid"), modelOf(["a", "b,b", "1"], 3, "softmax")]) {
      const wanted = model.predictColumns(columns);
      const { csv, json } = written(model, ";");
      expect(csv).toEqual(
        wanted.map(({ prediction, probabilities }, row) => {
          const cells = [...rows[row], String(prediction)].map((cell) => csvCell(cell, ";"));
          const { classes } = model.target as ClassTarget;
          return [...cells, ...classes.map((name) => probabilities![name])].join(";");
        }),
      );
      json.forEach((line, row) => {
        const { prediction, probabilities } = wanted[row];
        expect(JSON.parse(line)).toEqual({
          ...{ x: [1, 2, null][row], note: rows[row][1], predicted_y: prediction, probabilities },
          ...(row === 1 && { unseen: { x: "outside" } }),
        });
      });
      expect(newColumns(model)[0]).toBe("predicted_y");
      expect(newMembers(model)).toEqual(["predicted_y", "probabilities", "unseen"]);
    }
  });

  test("have the interval of a number", () => {
    const model = new Pipeline({
      network: new Network({ inputs: 1, layers: [dense(1)] }),
      encoding,
      target: { kind: "number", name: "y", offset: 1, divisor: 2, errors: { share: 0.9, least: -1, greatest: 2 } },
    });
    const [first] = model.predictColumns(columns);
    const { csv, json } = written(model, ",");
    expect(csv[0]).toBe(`1,"a ""b""",${[first.prediction, ...first.interval!].join()}`);
    expect(JSON.parse(json[0])).toMatchObject({ predicted_y: first.prediction, interval: first.interval });
    expect(newColumns(model)).toEqual(["predicted_y", "predicted_y_from", "predicted_y_to"]);
    expect(newMembers(model)).toEqual(["predicted_y", "interval", "tooLarge"]);
  });

  test("quote what would be read as something else", () => {
    expect(["a", "a,b", 'a"b', " a", "a ", "a\nb", ""].map((text) => csvCell(text, ","))).toEqual([
      ...["a", '"a,b"', '"a""b"', '" a"', '"a "', '"a\nb"', ""],
    ]);
  });
});
