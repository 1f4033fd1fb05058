import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { parseCsv } from "../../src/data/index.ts";
import { Pipeline } from "../../src/index.ts";
import { fed, fixture, simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
const penguins = readFileSync(fixture("penguins.csv"), "utf8");
simdnet(folder, ["train", fixture("penguins.csv"), "-t", "Species", "--epochs", "20"]);
simdnet(folder, ["train", fixture("diabetes.csv"), "-t", "progression", "--epochs", "5", "-o", "d.safetensors"]);
const partial = () => readdirSync(folder).filter((name) => name.endsWith(".part"));
const predict = (args: string[], input = "") => simdnet(folder, ["predict", ...args], input);

describe("simdnet predict", () => {
  test("adds the class and the probability of each, as the pipeline gives them, to the bit", () => {
    const { stdout, code } = predict(["model.safetensors", fixture("penguins.csv")]);
    expect(code).toBe(0);
    const [head, ...lines] = stdout.trimEnd().split("\n");
    const added = ["predicted_Species", "probability_Adelie", "probability_Chinstrap", "probability_Gentoo"];
    expect(head).toBe([penguins.split("\n", 1)[0], ...added].join());
    const { records } = parseCsv(penguins);
    const model = Pipeline.fromBytes(readFileSync(join(folder, "model.safetensors")));
    const wanted = model
      .predict(records)
      .map(({ prediction, probabilities }) => [prediction, ...Object.values(probabilities!)]);
    expect(lines.map((line) => line.split(",").slice(-4))).toEqual(wanted.map((values) => values.map(String)));
  });

  test("gives classes that are whole numbers, or look like some, their own probabilities", () => {
    for (const classes of [
      ["-1", "1"],
      ["10", "2", "low"],
    ]) {
      const rows = Array.from(
        { length: 90 },
        (_, row) => `${row % classes.length},${row % 7},${classes[row % classes.length]}`,
      );
      write("n.csv", `x,z,y\n${rows.join("\n")}\n`);
      const asked = [
        "train",
        "n.csv",
        "-t",
        "y",
        "--task",
        "classification",
        "-o",
        "n.safetensors",
        "--learning-rate",
        "0.01",
      ];
      expect(simdnet(folder, asked).code).toBe(0);
      const [head, ...lines] = predict(["n.safetensors", "n.csv"])
        .stdout.trimEnd()
        .split("\n")
        .map((line) => line.split(","));
      for (const line of lines.slice(0, 9)) {
        const said = head.indexOf(`probability_${line[3]}`);
        expect(Number(line[said])).toBeGreaterThan(0.5);
        expect(line[3]).toBe(line[2]);
      }
    }
  });

  test("never writes over what it reads", () => {
    write("own.csv", penguins);
    for (const output of ["own.csv", "model.safetensors"]) {
      const { code, stderr } = predict(["model.safetensors", "own.csv", "-o", output]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`${output}: this file is read from, need another`)]);
    }
    expect(readFileSync(join(folder, "own.csv"), "utf8")).toBe(penguins);
  });

  test("adds a number in the target's unit", () => {
    const { stdout } = predict(["d.safetensors", fixture("diabetes.csv")]);
    const [head, first] = stdout.split("\n").map((line) => line.split(","));
    expect(head.slice(-3)).toEqual(["", "_from", "_to"].map((end) => `predicted_progression${end}`));
    const [prediction, from, to] = first.slice(-3).map(Number);
    expect([from < prediction, prediction < to, prediction > 20]).toEqual([true, true, true]);
  });

  test("needs no target, takes columns in any order and others besides, tabs, gzip, standard input", () => {
    const records = parseCsv(penguins).records.slice(0, 3);
    const columns = ["id", "Sex", ...Object.keys(records[0]).filter((name) => !["Species", "Sex"].includes(name))];
    const rows = records.map((record, index) => columns.map((name) => (name === "id" ? index : (record[name] ?? ""))));
    const text = [columns, ...rows].map((row) => row.join("\t")).join("\n");
    const { stdout } = predict(["model.safetensors", "-"], text);
    expect(stdout.split("\n", 1)[0].split("\t").slice(0, 3)).toEqual(["id", "Sex", "Island"]);
    const plain = predict(["model.safetensors", fixture("penguins.csv")]).stdout.split("\n");
    const ends = (line: string, mark: string) => line.split(mark).slice(-4);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => ends(line, "\t")),
    ).toEqual(plain.slice(1, 4).map((line) => ends(line, ",")));
    write("z.gz", gzipSync(text));
    expect(predict(["model.safetensors", "z.gz"]).stdout).toBe(stdout);
  });

  test("--json gives an object a line; --output writes a file, and nothing if the table does not fit", () => {
    const { stdout } = predict(["model.safetensors", fixture("penguins.csv"), "--json"]);
    const objects = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(objects.length).toBe(344);
    expect(objects[0]).toMatchObject({ Species: "Adelie", Island: "Torgersen", predicted_Species: "Adelie" });
    expect(objects[0]).toMatchObject({ "Beak Length (mm)": 39.1, Sex: "MALE" });
    expect(objects[3]).toMatchObject({ "Beak Length (mm)": null, Sex: null });
    expect(Object.keys(objects[0].probabilities)).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
    const plain = predict(["model.safetensors", fixture("penguins.csv")]).stdout;
    expect(predict(["model.safetensors", fixture("penguins.csv"), "-o", "out.csv"]).stdout).toBe("");
    expect(readFileSync(join(folder, "out.csv"), "utf8")).toBe(plain);
    write("bad.csv", penguins.replace("181,3750", "long,3750"));
    expect(predict(["model.safetensors", "bad.csv", "-o", "out.csv"]).code).toBe(1);
    expect(readFileSync(join(folder, "out.csv"), "utf8")).toBe(plain);
  });

  test("a table that does not fit anywhere has no output, and leaves nothing behind", () => {
    const [head, ...lines] = penguins.trimEnd().split("\n");
    const text = [head, ...Array.from({ length: 100 }, () => lines).flat(), lines[0].replace("39.1", "long")];
    write("late.csv", text.join("\n"));
    write("late-out.csv", "old");
    const { code, stderr } = predict(["model.safetensors", "late.csv", "-o", "late-out.csv"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('late.csv, line 34402, column "Beak Length (mm)"')]);
    expect(readFileSync(join(folder, "late-out.csv"), "utf8")).toBe("old");
    expect(partial()).toEqual([]);
  });

  test("takes tables of any length for many classes, some lines at a time", () => {
    const rows = Array.from({ length: 1200 }, (_, row) => `${row % 120},class ${row % 120}`);
    write("many.csv", `x,y\n${rows.join("\n")}\n`);
    expect(simdnet(folder, ["train", "many.csv", "-t", "y", "--epochs", "1", "-o", "many.safetensors"]).code).toBe(0);
    write("narrow.csv", `x\n${"7\n".repeat(20_000)}`);
    const { stdout, code } = predict(["many.safetensors", "narrow.csv"]);
    expect(code).toBe(0);
    const [head, first, ...others] = stdout.trimEnd().split("\n");
    expect([head.split(",").length, others.length]).toEqual([122, 19_999]);
    expect(new Set(others)).toEqual(new Set([first]));
  });

  test("goes to standard output, and leaves nothing if it is ended", async () => {
    const own = [["-o", "-"], []].map(
      (place) => predict(["model.safetensors", fixture("penguins.csv"), ...place]).stdout,
    );
    expect(own[0]).toBe(own[1]);
    const process = fed(folder, ["predict", "model.safetensors", "-", "-o", "ended.csv"]);
    process.stdin.write(penguins.repeat(1).padEnd(3 << 20, penguins.slice(penguins.indexOf("\n"))));
    await vi.waitFor(() => expect(partial()).toHaveLength(1), { timeout: 10_000 });
    process.kill("SIGTERM");
    expect((await once(process, "close"))[0]).toBe(143);
    expect([partial(), existsSync(join(folder, "ended.csv"))]).toEqual([[], false]);
  });

  test("a refusal does not wait for the end of standard input", async () => {
    for (const bytes of [Buffer.from("a,b\n1,2\n"), gzipSync("a,b\n1,2\n".repeat(100_000))]) {
      const process = fed(folder, ["predict", "model.safetensors", "-"]);
      process.stdin.write(bytes);
      const [code] = await once(process, "close");
      expect(code).toBe(1);
    }
  });

  test("a category never seen is no refusal but a note", () => {
    const { code, stderr, stdout } = predict(["model.safetensors", "-"], penguins.replace("Torgersen", "Atlantis"));
    expect(code).toBe(0);
    expect(stdout.split("\n")[1]).toContain("Atlantis");
    expect(stderr).toContain("note: Island: 1 value that no training row had, in line");
  });

  test("writes tables of more lines than a block has, quoted where they need it, each as if it were alone", () => {
    const [head, ...lines] = penguins.trimEnd().split("\n");
    const text = [
      `${head},note`,
      ...Array.from({ length: 60 }, () => lines.map((line) => `${line},"a, ""b"""`)).flat(),
    ];
    const { stdout } = predict(["model.safetensors", "-"], text.join("\n"));
    const out = stdout.trimEnd().split("\n").slice(1);
    expect(out.length).toBe(60 * 344);
    expect(out[0]).toContain(',"a, ""b""",Adelie,');
    expect(new Set(out).size).toBe(new Set(lines).size);
  });

  const columns = '"Island", "Beak Length (mm)"';
  test.each<[string, string[], string, string]>([
    ["a table without the model's columns", ["model.safetensors", "-"], "a,b\n1,2\n", `need some of ${columns}`],
    [
      "a text where it needs a number",
      ["model.safetensors", "-"],
      penguins.replace("39.5", "about 39"),
      'standard input, line 3, column "Beak Length (mm)": got "about 39", need a number, as the model learned',
    ],
    [
      "a column that it would add",
      ["model.safetensors", "-"],
      penguins.replace("Species,", "predicted_Species,"),
      'it has a column "predicted_Species" already',
    ],
    [
      "a value far from all that the model has learned",
      ["model.safetensors", "-"],
      penguins.replace("39.5", "-3e30"),
      'line 3, column "Beak Length (mm)": got "-3e30", need one nearer to the training values (mean 44.17)',
    ],
    [
      "a column that it would add to an object",
      ["model.safetensors", "-", "--json"],
      penguins.replace("Species,", "probabilities,"),
      'it has a column "probabilities" already',
    ],
    ["names alone", ["model.safetensors", "-"], penguins.split("\n", 1)[0], "got names but no values"],
    [
      "a file that is no model",
      [fixture("penguins.csv"), "-"],
      penguins,
      "got a text, need a model that simdnet train wrote",
    ],
    ["no model", ["none.safetensors", "-"], penguins, "none.safetensors: there is no such file"],
  ])("refuses %s", (_, args, input, message) => {
    const { code, stderr, stdout } = predict(args, input);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([1, ""]);
  });
});
