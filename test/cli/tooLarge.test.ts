/** An answer that is too large for a number does not stop the other rows of a table; of records it is refused. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { predictorOf } from "../../src/cli/exported/predictor.ts";
import { encodeRecords } from "../../src/data/index.ts";
import { dense, input, Network, Pipeline } from "../../src/index.ts";
import { simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const rows = [{ x: 1 }, { x: 5000 }, { x: -5000 }, { x: 2 }];

/** Returns the function of a model. */
const predicting = (model: { predict(records: object[]): unknown }) => ({
  predict: (records: object[]) => model.predict(records),
});

beforeAll(() => {
  const x = input([1]);
  const network = new Network({ inputs: x, outputs: dense(1)(x) });
  const [weight, bias] = network.parameters;
  weight.values.fill(1);
  bias.values.fill(0);
  const encoding = encodeRecords([{ x: -1 }, { x: 1 }]);
  const target = { kind: "number", name: "y", offset: 0, divisor: 1, logarithm: true } as const;
  const errors = { share: 0.9, least: -1, greatest: 1 };
  writeFileSync(join(folder, "m.safetensors"), new Pipeline({ network, encoding, target }).toBytes());
  const ranged = new Pipeline({ network, encoding, target: { ...target, errors } });
  writeFileSync(join(folder, "ranged.safetensors"), ranged.toBytes());
  writeFileSync(join(folder, "far.csv"), "x,y\n1,2\n5000,3\n-5000,1\n2,7\n");
});

describe.each(["m", "ranged"])("of a target that is trained on its logarithm (%s)", (name) => {
  const file = `${name}.safetensors`;
  const hasRange = name === "ranged";

  test("the row of the table has an empty cell, and a note names it; the other rows have their numbers", () => {
    const { code, stdout, stderr } = simdnet(folder, ["predict", file, "far.csv"]);
    expect(code).toBe(0);
    const [head, ...lines] = stdout.trimEnd().split("\n");
    const width = head.split(",").length - 2;
    expect(lines[1]).toBe(`5000,3${",".repeat(width)}`);
    expect(lines[0]).toMatch(/^1,2,2\.718281828459045/);
    expect(lines[2]).toBe(`-5000,1${",0".repeat(width)}`);
    expect(lines[3]).toMatch(/^2,7,7\.389/);
    expect(stderr).toBe("note: 1 row has no answer, in line 3: its y would be too large for a number\n");
  });

  test("JSON lines say null and `tooLarge`; Pipeline, module and Worker refuse the record, and say the same numbers", async () => {
    const lines = simdnet(folder, ["predict", file, "far.csv", "--json"]).stdout.trimEnd().split("\n");
    const said = lines.map((line) => {
      const { x, y, predicted_y: prediction, ...others } = JSON.parse(line);
      return { prediction, ...others };
    });
    expect(said[1]).toEqual({ prediction: null, tooLarge: true });
    expect(said[3]).toHaveProperty("prediction");
    expect("interval" in said[3]).toBe(hasRange);
    const bytes = readFileSync(join(folder, file));
    expect(simdnet(folder, ["export", file, "--module", `${name}.mjs`]).code).toBe(0);
    const module = await import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.mjs`)).href);
    for (const { predict } of [Pipeline.fromBytes(bytes), module, predictorOf(bytes)].map(predicting)) {
      expect(() => predict(rows)).toThrow(
        'predict, row 1: "y" would be too large for a number, need inputs nearer to those of the training',
      );
      expect(predict(rows.toSpliced(1, 1))).toEqual(said.toSpliced(1, 1));
    }
  });

  test("evaluate scores the other rows and says which it left out", () => {
    const { stdout, stderr } = simdnet(folder, ["evaluate", file, "far.csv"]);
    expect(stdout).toContain("(3 rows; 1 left out, whose predictions are too large for a number)");
    expect(stderr).toContain("1 row has no answer, in line 3");
    const json = JSON.parse(simdnet(folder, ["evaluate", file, "far.csv", "--json"]).stdout);
    expect(json).toMatchObject({ rows: 3, tooLarge: 1 });
    expect(Number.isFinite(json.rootMeanSquaredError)).toBe(true);
    writeFileSync(join(folder, "all.csv"), "x,y\n4000,2\n5000,3\n");
    expect(simdnet(folder, ["evaluate", file, "all.csv"])).toMatchObject({
      code: 1,
      stderr: "simdnet: all.csv: got only rows whose y would be too large for a number, need others\n",
    });
  });
});
