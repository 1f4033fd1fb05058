import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { fixture, simdnet, temporaryFolder, trained, writeDigits } from "./command.ts";

const folder = temporaryFolder();
const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
writeDigits(folder);
const json = (args: readonly string[], input?: string | Uint8Array) => trained(folder, args, input);

describe("simdnet train", () => {
  test("learns the penguins, gaps and categories included, with no option but the target: at least 97 % of those held out", () => {
    const { code, stdout, stderr } = simdnet(folder, ["train", fixture("penguins.csv"), "--target", "species"]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const line of [
      /^Read {8}\S*penguins\.csv: 344 rows, 7 columns$/m,
      /^Target {6}Species: 3 classes \(Adelie 152, Chinstrap 68, Gentoo 124\), since its values are texts$/m,
      /^Inputs {6}6 columns → 11 features$/m,
      /^ {2}Sex +category +FEMALE, MALE, \(missing\), \(other\) +10 "NA" → \(missing\)$/m,
      /^Missing {5}10 "NA" in Sex; --not-missing NA takes them as values$/m,
      /^Split {7}206 rows to train, 69 to say when to stop, 69 to test, each with its share of every class$/m,
      /^Network {5}11 → 64 relu → 32 relu → 3 softmax/m,
      /● loss {3}○ validation loss/,
      /^Trained {5}stopped after \d+ epochs; the best was epoch \d+, which is kept$/m,
      /^ {12}always saying "Adelie": 43.5 %$/m,
      /^ {2}Adelie +\d+ +\d+ +\d+$/m,
      /^Saved {7}model\.safetensors/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect(Number(/accuracy ([\d.]+) %/.exec(stdout)![1])).toBeGreaterThanOrEqual(97);
  });

  test("tells progress of diabetes better than its mean does", () => {
    const {
      test: score,
      settings,
      model,
    } = json([fixture("diabetes.csv"), "-t", "progression", "-o", "d.safetensors"]);
    expect(score.meanAbsoluteError).toBeLessThan(0.8 * score.baseline.meanAbsoluteError);
    expect(score.r2).toBeGreaterThan(0.3);
    expect([settings.seed, model]).toEqual([0, "d.safetensors"]);
  });

  test("learns digits from numbers, and leaves out pixels that are always empty", () => {
    const { test: score, notUsed } = json(["digits.csv", "-t", "digit"]);
    expect(score.accuracy).toBeGreaterThan(0.95);
    expect(Object.keys(notUsed)).toEqual(["p0", "p16", "p32", "p39", "p56"]);
    expect(new Set(Object.values(notUsed))).toEqual(
      new Set(["it has one value only", "it has one value only in the rows to train on"]),
    );
  });

  test("reads standard input, compressed or not, and comes to the same file", () => {
    const text = readFileSync(fixture("penguins.csv"));
    const files = [text, gzipSync(text)].map((input, index) => {
      json(["-", "-t", "Species", "--epochs", "5", "-o", `input${index}.safetensors`], input);
      return readFileSync(join(folder, `input${index}.safetensors`));
    });
    expect(files[0]).toEqual(files[1]);
  });

  test("draws a sample of a table that is too large, and says so", () => {
    const args = ["train", "digits.csv", "-t", "digit", "--sample", "300", "--epochs", "2", "-o", "s.safetensors"];
    const { stdout, code } = simdnet(folder, args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Read {8}digits\.csv: 1,797 rows, 65 columns; 300 of them drawn at random$/m);
    expect(stdout).toMatch(/^Split {7}180 rows to train, 60 to say when to stop, 60 to test/m);
  });

  test("takes what is asked for", () => {
    const asked = [
      ...["--hidden", "5", "--activation", "tanh", "--dropout", "0.1", "--batch-norm", "--optimizer", "sgd"],
      ...[
        "--schedule",
        "cosine",
        "--learning-rate",
        "0.1",
        "--ensemble",
        "2",
        "--bins",
        "4",
        "--weight-decay",
        "0.01",
        "--batch-size",
        "16",
        "--epochs",
        "3",
        "--patience",
        "2",
      ],
      ...[
        "--seed",
        "9",
        "--dtype",
        "float64",
        "--test",
        "0.3",
        "--validation",
        "0.1",
        "--ignore",
        "Sex",
        "--ignore",
        '"Island"',
      ],
    ];
    const { settings, question, rows } = json([fixture("penguins.csv"), "-t", "Species", ...asked]);
    expect(settings).toEqual({
      hidden: [5],
      ensemble: 2,
      bins: 4,
      activation: "tanh",
      dropout: 0.1,
      batchNorm: true,
      optimizer: "sgd",
      learningRate: 0.1,
      schedule: "cosine",
      weightDecay: 0.01,
      batchSize: 16,
      epochs: 3,
      patience: 2,
      seed: 9,
      dtype: "float64",
      testFraction: 0.3,
      validationFraction: 0.1,
      balance: false,
      threshold: null,
      logarithm: false,
    });
    expect(question.ignore).toEqual(["Sex", "Island"]);
    expect(rows).toEqual({ train: 207, validation: 34, test: 103, withoutTarget: 0 });
  });

  test("the same seed gives the same file, another one another", () => {
    const file = (seed: number, name: string) => {
      json([fixture("penguins.csv"), "-t", "Species", "--epochs", "3", "--seed", String(seed), "-o", name]);
      return readFileSync(join(folder, name));
    };
    expect(file(1, "a.safetensors")).toEqual(file(1, "b.safetensors"));
    expect(file(1, "a.safetensors")).not.toEqual(file(2, "b.safetensors"));
  });
});

describe("simdnet train refuses", () => {
  write("empty.csv", "");
  write("names.csv", "a,b\n");
  write("one.csv", `a,b\n${"1,x\n".repeat(20)}`);
  write("ragged.csv", "a,b\n1,2\n3\n");
  write("few.csv", "a,b\n1,x\n7,y\n3,x\n4,y\n");
  const penguins = fixture("penguins.csv");
  test.each<[string, string[], string, number]>([
    ["no target", [penguins], "got no --target, need the name of the column to predict", 2],
    ["a file that is not there", ["none.csv", "-t", "a"], "none.csv: there is no such file", 1],
    ["an empty file", ["empty.csv", "-t", "a"], "empty.csv: the file is empty, need a line of names", 1],
    ["names alone", ["names.csv", "-t", "a"], "names.csv: got names but no values, need at least one line", 1],
    [
      "a column that is not there",
      [penguins, "-t", "kind"],
      'no column "kind"; its columns are "Species", "Island"',
      1,
    ],
    ["one class", ["one.csv", "-t", "b"], 'one.csv, column "b": got only one value, "x", need at least two', 1],
    ["lines of other lengths", ["ragged.csv", "-t", "b"], "ragged.csv, line 3: got 1 value, need 2, one a column", 1],
    ...[["--activation", "tanh"], ["--dropout", "0.3"], ["--batch-norm"], ["--ensemble", "2"], ["--bins", "3"]].map(
      (option): [string, string[], string, number] => [
        `${option[0]} of no hidden layers`,
        [penguins, "-t", "Species", "--hidden", "none", ...option],
        `${option[0]}: the network has no hidden layers for it; --hidden says which, or leave it out`,
        1,
      ],
    ),
    [
      "--text without texts",
      [penguins, "-t", "Species", "--text", "mean"],
      "--text: no column is a text; leave it out",
      1,
    ],
    [
      "ranges of numbers without numbers",
      [
        penguins,
        "-t",
        "Species",
        "--ignore",
        "Beak Length (mm),Beak Depth (mm),Flipper Length (mm),Body Mass (g)",
      ].concat(["--bins", "3"]),
      "--bins: no column has enough different numbers, or too many columns have; leave it out",
      1,
    ],
    ["too few rows", ["few.csv", "-t", "b"], "few.csv: got 4 rows with a target, need at least 10", 1],
    [
      "an unknown activation",
      [penguins, "-t", "Species", "--activation", "rellu"],
      "Allowed choices are relu, leakyRelu",
      2,
    ],
    ["shares above 1", [penguins, "-t", "Species", "--test", "0.6", "--validation", "0.4"], "leave too few rows", 2],
    ["a training that diverges", [fixture("diabetes.csv"), "-t", "age", "--learning-rate", "1e30"], "diverged", 1],
    ["an unknown option", [penguins, "--tarGet", "Species"], "unknown option '--tarGet'", 2],
    ["an option that is no number", [penguins, "--epochs", "ten"], "Need a whole number from 1.", 2],
    ["one range of each number", [penguins, "--bins", "1"], "Need 0, or a whole number from 2 to 100.", 2],
    ["an optimizer there is not", [penguins, "--optimizer", "adan"], "Allowed choices are adam, adamw", 2],
  ])("%s with a sentence and without a stack", (_, args, message, exitCode) => {
    const { code, stderr } = simdnet(folder, ["train", ...args, "-o", "refused.safetensors"]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(exitCode);
    expect(existsSync(join(folder, "refused.safetensors"))).toBe(false);
  });

  test("to write the report over the model, by whatever name", () => {
    write("m.safetensors", "old");
    symlinkSync("m.safetensors", join(folder, "link.html"));
    for (const report of ["link.html", "./m.safetensors"]) {
      const { code, stderr } = simdnet(folder, [
        "train",
        penguins,
        "-t",
        "Species",
        "-o",
        "m.safetensors",
        "--report",
        report,
      ]);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`${report}: got it for the model and for the report`),
      ]);
    }
    expect(readFileSync(join(folder, "m.safetensors"), "utf8")).toBe("old");
  });

  test("to write over the table", () => {
    const { code, stderr } = simdnet(folder, ["train", "digits.csv", "-t", "digit", "-o", "digits.csv"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("digits.csv: this is the table, need another file")]);
  });
});
