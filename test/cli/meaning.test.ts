/** What the texts of a table mean, through the executable: each kind of table as people have them. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { predictorOf } from "../../src/cli/exported/predictor.ts";
import { Pipeline, type Prediction } from "../../src/index.ts";
import { fixture, simdnet, temporaryFolder, trained } from "./command.ts";

const folder = temporaryFolder();
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
const read = (name: string) => readFileSync(join(folder, name));

const cell = (value: unknown) => (/[",]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value);
const csv = (names: readonly string[], rows: readonly (readonly unknown[])[]) =>
  [names, ...rows].map((cells) => cells.map(cell).join(",")).join("\n");
const times = <Item>(count: number, make: (row: number) => Item) =>
  Array.from({ length: count }, (_, row) => make(row));

/** Trains for a few epochs. @returns what the command says, and its code */
function said(name: string, content: string | Uint8Array, ...args: string[]) {
  write(name, content);
  const { code, stdout, stderr } = simdnet(folder, ["train", name, "--epochs", "1", "--hidden", "4", ...args]);
  return { code, text: stdout + stderr };
}

/** Trains for a few epochs, which must end well. @returns the JSON that the command says */
function quick(name: string, content: string | Uint8Array, ...args: string[]) {
  write(name, content);
  return trained(folder, [name, "--epochs", "1", "--hidden", "4", ...args]);
}

const columnIn = (json: { columns: { name: string }[] }, name: string) =>
  json.columns.find((column) => column.name === name);

describe("missing is information", () => {
  const flag = csv(
    ["size", "promo", "bought"],
    times(40, (row) => [(row * 37) % 90, row % 2 ? "Y" : "", row % 2 ? "yes" : "no"]),
  );

  test("a blank category is a category: a flag that is given or blank decides", () => {
    write("flag.csv", flag);
    const { test: score, columns } = trained(folder, ["flag.csv", "-t", "bought"]);
    expect(score.accuracy).toBe(1);
    expect(columnIn({ columns }, "promo")).toMatchObject({ categories: ["Y", null], fill: null });
  });

  test("a number with blanks has a feature for them, and one without has none", () => {
    const rows = times(80, (row) => [row % 4 ? row % 9 : "", row % 7, row % 4 ? "yes" : "no"]);
    write("gaps.csv", csv(["age", "z", "y"], rows));
    const { test: score, columns } = trained(folder, ["gaps.csv", "-t", "y"]);
    expect(columnIn({ columns }, "age")).toMatchObject({ missingColumn: true });
    expect(columnIn({ columns }, "z")).not.toHaveProperty("missingColumn");
    expect(score.accuracy).toBe(1);
  });

  const kinds = csv(
    ["x", "country", "y"],
    times(60, (row) => [row % 7, ["NA", "ZA", "?"][row % 3], ["None", "some"][row % 2]]),
  );

  test("the texts that are taken for missing are said with their counts, and --not-missing keeps them", () => {
    const all = said("kinds.csv", kinds, "-t", "x", "--task", "regression");
    expect(all.text).toMatch(/country +category +ZA, \(missing\) +20 "NA", 20 "\?" → \(missing\)/);
    expect(all.text).toContain('20 "NA" in country, 30 "None" in y; --not-missing NA,None takes them as values');
    // Texts that the user has named are not advised against.
    const table = csv(
      ["x", "y"],
      times(60, (row) => [row % 7, ["None", "some", "many"][row % 3]]),
    );
    const own = said("own.csv", table, "-t", "x", "--task", "regression", "--missing", "some");
    expect(own.text).toContain('20 "None", 20 "some" in y; --not-missing None takes');
    const json = quick("kinds.csv", kinds, "-t", "x", "--task", "regression", "--not-missing", "NA,None");
    expect(columnIn(json, "country")).toMatchObject({ categories: ["NA", "ZA", null] });
    expect(columnIn(json, "y")).toMatchObject({ categories: ["None", "some"] });
  });

  test("a class None is told from a missing one", () => {
    const lost = said("kinds.csv", kinds, "-t", "y");
    expect(lost.text).toContain('column "y": got only one value, "some"');
    const three = csv(
      ["x", "y"],
      times(60, (row) => [row % 7, ["None", "some", "many"][row % 3]]),
    );
    const { text } = said("three.csv", three, "-t", "y");
    expect(text).toContain('20 rows without it left out, of 60: 20 "None"; --not-missing None takes them as values');
    expect(quick("three.csv", three, "-t", "y", "--not-missing", "None").test.classes).toEqual([
      "None",
      "many",
      "some",
    ]);
    expect(simdnet(folder, ["evaluate", "model.safetensors", "three.csv"]).stdout).toContain("60 rows");
  });

  test("--missing is for all columns or for one, and numbers far from all others are pointed out", () => {
    const table = csv(
      ["age", "debt", "y"],
      times(60, (row) => [row % 5 ? 20 + row : -999, row % 6 ? row : -999, row % 2 ? "a" : "b"]),
    );
    const { text } = said("far.csv", table, "-t", "y");
    expect(text).toContain('"age": -999 (12 rows) is far from all others, 21 to 79;');
    expect(text).toContain("use --missing age=-999");
    const one = quick("far.csv", table, "-t", "y", "--missing", "age=-999");
    expect(columnIn(one, "age")).toMatchObject({
      missing: expect.arrayContaining(["-999", -999]),
      missingColumn: true,
    });
    expect(columnIn(one, "debt")).not.toHaveProperty("missingColumn");
    const far = (json: { warnings: string[] }) => json.warnings.filter((text) => text.includes("far from all others"));
    expect(far(one)).toEqual([expect.stringContaining('"debt": -999 (10 rows)')]);
    expect(far(quick("far.csv", table, "-t", "y", "--missing", "-999"))).toEqual([]);
    const { code, text: error } = said("far.csv", table, "-t", "y", "--missing", "agee=-999");
    expect([code, error]).toEqual([1, expect.stringContaining('there is no column "agee", which --missing names')]);
  });
});

describe("labels stay what they are", () => {
  const ids = ["4611686018427387905", "4611686018427388929", "4611686018427389953"];

  test.each([[[]], [["--task", "classification"]]])("identifiers of 19 digits, digit for digit, with %j", (args) => {
    const rows = times(45, (row) => [(row % 3) * 10 + (row % 5), ids[row % 3]]);
    write("ids.csv", csv(["x", "shop"], rows));
    const { test: score } = trained(folder, ["ids.csv", "-t", "shop", "-o", "ids.safetensors", ...args]);
    expect(score.classes).toEqual(ids);
    const { stdout } = simdnet(folder, ["predict", "ids.safetensors", "ids.csv"]);
    const [head, ...lines] = stdout.trim().split("\n");
    expect(head).toContain(`probability_${ids[0]}`);
    expect(new Set(lines.map((line) => line.split(",")[2]))).toEqual(new Set(ids));
    expect(simdnet(folder, ["evaluate", "ids.safetensors", "ids.csv"]).code).toBe(0);
  });

  test.each<[string, string[], (string | number)[]]>([
    ["versions", ["1.1", "1.10", "2.0"], ["1.1", "1.10", "2.0"]],
    ["decimals of pandas", ["0.0", "1.0"], ["0.0", "1.0"]],
    ["whole numbers, in their order", ["10", "9", "100"], [9, 10, 100]],
    ["zeros in front", ["01", "02"], ["01", "02"]],
  ])("%s", (_, labels, classes) => {
    const rows = times(60, (row) => [row % 7, labels[row % labels.length]]);
    const { test: score } = quick("labels.csv", csv(["x", "y"], rows), "-t", "y", "--task", "classification");
    expect(score.classes).toEqual(classes);
    const { stdout } = simdnet(folder, ["predict", "model.safetensors", "labels.csv"]);
    expect(stdout.split("\n")[0]).toBe(["x", "y", "predicted_y", ...classes.map((c) => `probability_${c}`)].join(","));
  });

  test("classes that differ only by case or spaces are pointed out", () => {
    const rows = times(80, (row) => [row % 7, ["Yes", "yes", "no", "YES"][row % 4]]);
    const { text } = said("case.csv", csv(["x", "y"], rows), "-t", "y");
    expect(text).toContain(
      'some classes differ only by case or spaces: "Yes" (20 rows) and "yes" (20 rows) and "YES" (20 rows)',
    );
  });

  test("whole numbers with few rows each are numbers, and the reason is said", () => {
    const few = csv(
      ["x", "y"],
      times(60, (row) => [row % 7, row % 18]),
    );
    expect(said("few.csv", few, "-t", "y").text).toContain(
      "y: a number, since its 18 different whole numbers have on average 3.333 rows each, too few for classes; --task classification",
    );
    const many = csv(
      ["x", "y"],
      times(60, (row) => [row % 7, row % 3]),
    );
    expect(said("many.csv", many, "-t", "y").text).toContain(
      "since it has only 3 different whole numbers, on average 20",
    );
    const binary = csv(
      ["x", "y"],
      times(12, (row) => [row % 7, row % 2]),
    );
    expect(quick("binary.csv", binary, "-t", "y").test.kind).toBe("classes");
  });
});

describe("numbers in other dress", () => {
  test.each<[string, (value: number) => string, object]>([
    ["money", (value) => `$${(value * 10).toLocaleString("en-US")}.00`, { thousands: ",", unit: "$" }],
    ["money of Switzerland", (value) => `CHF ${value}'000.50`, { thousands: "'", unit: "CHF" }],
    ["money of Germany", (value) => `${value}.000,50 €`, { decimal: ",", thousands: ".", unit: "€" }],
    ["shares", (value) => `${value / 10} %`, { unit: "%" }],
    ["thousands", (value) => (value * 100).toLocaleString("en-US"), { thousands: "," }],
    ["no-break spaces", (value) => `${value}\u202f000`, { thousands: " " }],
    ["negative numbers in parentheses", (value) => (value % 2 ? `(${value})` : `${value}`), { parentheses: true }],
    ["U+2212", (value) => `\u2212${value}.5`, {}],
    ["units", (value) => `${value} kg`, { unit: "kg" }],
    ["decimal commas", (value) => `${value},5`, { decimal: "," }],
  ])("%s are numbers, and the table of columns says so", (_, dress, format) => {
    const rows = times(60, (row) => [
      dress(100 + ((row * 37) % 800)),
      row % 7,
      (row * 37) % 800 < 400 ? "low" : "high",
    ]);
    write("dress.csv", csv(["price", "z", "y"], rows));
    const { test: score, columns } = trained(folder, ["dress.csv", "-t", "y", "-o", "dress.safetensors"]);
    expect(columnIn({ columns }, "price")).toMatchObject({ kind: "number", format });
    if (dress(3).includes("(") === false) expect(score.accuracy).toBeGreaterThan(0.8);
    const { text } = said("dress.csv", csv(["price", "z", "y"], rows), "-t", "y");
    expect(text.includes("written like")).toBe(Object.keys(format).length > 0);
  });

  test("a target has a notation, too", () => {
    const rows = times(60, (row) => [(row * 7) % 60, `$${((row * 7) % 60) + 1},000.00`]);
    const json = quick("target.csv", csv(["x", "y"], rows), "-t", "y");
    expect(json.test.kind).toBe("number");
    const { stdout, code } = simdnet(folder, ["evaluate", "model.safetensors", "target.csv", "--json"]);
    expect([code, JSON.parse(stdout).rows]).toEqual([0, 60]);
    expect(JSON.parse(stdout).baseline.says).toBeGreaterThan(20_000);
  });

  test.each([2, 20, 50, 80])("%i %% of another text among numbers is one clear error", (share) => {
    const rows = times(200, (row) => [
      (row * 7919) % 100 < share ? "unknown" : (row / 7).toFixed(2),
      row % 2 ? "a" : "b",
    ]);
    const { code, text } = said("unknown.csv", csv(["temp", "y"], rows), "-t", "y");
    expect(code).toBe(1);
    const count = rows.filter(([temp]) => temp === "unknown").length;
    expect(text).toMatch(
      new RegExp(`line \\d+, column "temp": got "unknown" \\(${count} rows\\), need a number, as ${200 - count} other`),
    );
    expect(text).toContain("if it means a missing value, use --missing unknown;");
    expect(said("unknown.csv", csv(["temp", "y"], rows), "-t", "y", "--missing", "unknown").code).toBe(0);
    expect(said("unknown.csv", csv(["temp", "y"], rows), "-t", "y", "--categories", "temp").text).not.toContain("got");
  });

  test("all texts that do not fit are in one error, and those of ignored columns do not matter", () => {
    const rows = times(60, (row) => [
      ...[row === 7 ? "n.a." : row / 7, row % 9 === 5 ? "soon" : `2020-01-${10 + (row % 19)}`, row % 8 ? row / 3 : "-"],
      ...[row % 5 ? row / 7 : "x", row % 2 ? "a" : "b"],
    ]);
    const table = csv(["a", "day", "b", "c", "y"], rows);
    const { text } = said("several.csv", table, "-t", "y", "--ignore", "c");
    expect(text).toContain('line 9, column "a": got "n.a.", need a number, as 59 other values are');
    expect(text).toContain('line 7, column "day": got "soon" (7 rows), need a date');
    expect(text).toContain('line 2, column "b": got "-" (8 rows), need a number');
    expect(text).toContain("use --missing n.a.,soon,-; if columns hold categories, --categories a,day,b");
    expect(said("several.csv", table, "-t", "y", "--ignore", "c", "--missing", "n.a.,soon,-").code).toBe(0);
  });

  test("no reason is false: each value twice, and --categories is obeyed", () => {
    const rows = times(100, (row) => [`name ${row >> 1}`, row % 7, 8000 + (row >> 1), row % 2 ? "a" : "b"]);
    const table = csv(["name", "x", "post", "y"], rows);
    const { text } = said("twice.csv", table, "-t", "y");
    expect(text).not.toContain("nearly every row");
    const json = quick("twice.csv", table, "-t", "y", "--categories", "post,name");
    expect(columnIn(json, "post")).toMatchObject({ kind: "encodeCategories" });
    expect(columnIn(json, "name")).toMatchObject({ kind: "encodeCategories" });
    const one = times(60, (row) => [`name ${row}`, row % 7, row % 2 ? "a" : "b"]);
    expect(said("one.csv", csv(["name", "x", "y"], one), "-t", "y").text).toMatch(
      /name: it has \d+ different values in \d+ rows/,
    );
  });
});

describe("dates", () => {
  const day = (row: number) => new Date(Date.UTC(2021, 0, 1 + row * 5, row % 24));
  const rows = (write: (date: Date) => string) =>
    times(120, (row) => [write(day(row)), row % 7, day(row).getUTCDay() % 6 === 0 ? "weekend" : "week"]);
  const table = (write: (date: Date) => string) => csv(["sold", "z", "y"], rows(write));
  const parts = (date: Date) => date.toISOString().slice(0, 10).split("-");

  test.each<[string, (date: Date) => string, string, string[]]>([
    ["ISO", (date) => date.toISOString().slice(0, 10), "year-month-day", []],
    ["ISO with a time", (date) => date.toISOString(), "year-month-day", ["hour"]],
    ["points", (date) => parts(date).reverse().join("."), "day-month-year", []],
    ["the month first", (date) => `${parts(date)[1]}/${parts(date)[2]}/${parts(date)[0]}`, "month-day-year", []],
    ["names", (date) => date.toUTCString().slice(5, 16), "year-month-day", []],
  ])("give columns: %s", (_, dress, order, more) => {
    write("days.csv", table(dress));
    const { test: score, columns } = trained(folder, ["days.csv", "-t", "y", "-o", "days.safetensors"]);
    const column = columnIn({ columns }, "sold") as unknown as { order: string; parts: { part: string }[] };
    expect(column.order).toBe(order);
    expect(column.parts.map(({ part }) => part)).toEqual(["year", "month", "weekday", "dayOfYear", ...more]);
    expect(score.accuracy).toBeGreaterThan(0.8);
    expect(said("days.csv", table(dress), "-t", "y").text).toMatch(
      /sold +date +.+ → year, month, weekday, day of the year/,
    );
  });

  test("--dates drop leaves them out, --categories takes them as they stand", () => {
    const days = csv(
      ["sold", "z", "y"],
      times(60, (row) => [`2021-01-${10 + (row % 4)}`, row % 7, row % 2 ? "a" : "b"]),
    );
    expect(quick("drop.csv", days, "-t", "y", "--dates", "drop").notUsed).toEqual({ sold: "as --dates says" });
    const json = quick("drop.csv", days, "-t", "y", "--categories", "sold");
    expect(columnIn(json, "sold")).toMatchObject({ kind: "encodeCategories" });
  });

  test("of another order than in training are refused with their line", () => {
    quick(
      "order.csv",
      table((date) => parts(date).reverse().join(".")),
      "-t",
      "y",
    );
    const { stderr } = simdnet(folder, ["predict", "model.safetensors", "-"], "sold,z\n1.2.2021,5\n1/31/2021,5\n");
    expect(stderr).toContain(
      'line 3, column "sold": got "1/31/2021", need a date written day-month-year, such as "01.04.2021", as the model learned',
    );
  });
});

describe("files", () => {
  const rows = times(40, (row) => [row % 9, row % 2 ? "M" : "F", (row % 5) / 2, row % 3 ? "yes" : "no"]);
  const body = rows.map((cells) => cells.join(",")).join("\n");
  const names = ["a", "b", "c", "y"];
  const used = (json: { columns: { name: string }[] }) => json.columns.map(({ name }) => name);

  test("with columns of one name have them under different ones", () => {
    const { columns, warnings } = quick("repeated.csv", `a,b,a,y\n${body}`, "-t", "y");
    expect(used({ columns })).toEqual(["a", "b", "a (2)"]);
    expect(warnings).toEqual(['columns of one name renamed: "a" → "a (2)"']);
    const { stderr } = simdnet(folder, ["predict", "model.safetensors", "repeated.csv"]);
    expect(stderr).toContain("columns of one name renamed");
  });

  test.each<[string, string | Uint8Array]>([
    ["comments before the names", `# from a sensor, in 2020\n// twice\n${names}\n${body}`],
    ["sep=;", `sep=;\r\n${`${names}\n${body}`.replaceAll(",", ";")}`],
    ["columns between spaces", `${names.join("   ")}\n${body.replaceAll(",", "  ")}`],
    ["row names of R", `"a" "b" "c" "y"\n${rows.map((cells, row) => `"${row + 1}" ${cells.join(" ")}`).join("\n")}`],
    ["UTF-16 without a mark", Buffer.from(`${names}\n${body}`, "utf16le")],
    ["UTF-16 of the other order without a mark", Buffer.from(`${names}\n${body}`, "utf16le").swap16()],
  ])("are taken: %s", (_, content) => {
    expect(used(quick("taken.csv", content, "-t", "y"))).toEqual(["a", "b", "c"]);
    expect(simdnet(folder, ["predict", "model.safetensors", "taken.csv"]).code).toBe(0);
  });

  test.each<[string, string | Uint8Array, string]>([
    ["bzip2", Buffer.from("BZh91AY&SY12345"), "a file compressed by bzip2, need a table"],
    ["xz", Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), "xzcat bad.csv | simdnet … - reads it"],
    ["zstd", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 5), "zstdcat bad.csv | simdnet … - reads it"],
    [
      "ARFF",
      "% iris\n@RELATION iris\n\n@ATTRIBUTE 'sepal length' REAL\n@attribute class {a,b}\n@DATA\n5.1,a\n",
      "this is an ARFF file, need a table as CSV: a line of names, here sepal length,class, and then the lines after @data",
    ],
    ["only comments", "# a\n# b\n", "got comments only, need a line of names"],
  ])("are recognized: %s", (_, content, message) => {
    const { code, text } = said("bad.csv", content, "-t", "y");
    expect([code, text]).toEqual([1, expect.stringContaining(message)]);
  });

  test("without a line of names are recognized, and read with --no-header", () => {
    const { code, text } = said("bare.csv", body, "-t", "yes");
    expect(code).toBe(1);
    expect(text).toMatch(
      /bare\.csv, line 1: it looks like values, not like names \("0", "F", "0", "no"\); --no-header/,
    );
    const json = quick("bare.csv", body, "--no-header", "-t", "column4");
    expect(used(json)).toEqual(["column1", "column2", "column3"]);
    expect(json.rows.train + json.rows.validation + json.rows.test).toBe(40);
    const predicted = simdnet(folder, ["predict", "model.safetensors", "bare.csv", "--no-header"]);
    expect(predicted.stdout.trim().split("\n")).toHaveLength(41);
    expect(simdnet(folder, ["predict", "model.safetensors", "bare.csv"]).stderr).toContain("use --no-header");
    expect(simdnet(folder, ["evaluate", "model.safetensors", "bare.csv", "--no-header"]).stdout).toContain("40 rows");
    expect(said("bare.csv", body, "--header", "-t", "no").code).toBe(0);
  });

  test("whose names are years keep their columns in order", () => {
    const years = csv(
      ["name", "2021", "2019", "2020", "y"],
      times(60, (row) => ["abc"[row % 3], row % 11, row % 7, row * 0.5, row % 2 ? "a" : "b"]),
    );
    expect(used(quick("years.csv", years, "-t", "y"))).toEqual(["name", "2021", "2019", "2020"]);
    const { stdout } = simdnet(folder, ["predict", "model.safetensors", "years.csv", "--json"]);
    expect(stdout.split("\n")[0]).toMatch(/^\{"name":"a","2021":0,"2019":0,"2020":0,"y":"b","predicted_y":/);
  });
});

describe("the same row gives the same bits by every way", () => {
  const kinds = ["red", "blue", "?", "NA", "", " red"];
  const raw = times(120, (row) => ({
    colour: kinds[row % 5],
    price: row % 11 ? `$${(row * 997) % 30}${row % 3 ? ",500.00" : ".25"}` : "",
    share: row % 13 ? `${(row * 31) % 100} %` : "?",
    sold: row % 17 ? `${(row % 28) + 1}.${(row % 12) + 1}.202${row % 3} ${row % 24}:30` : "",
    age: row % 6 ? String(20 + ((row * 7) % 50)) : "-999",
    2020: String(row % 9),
    y: row % 2 ? "yes" : "no",
  }));
  const names = ["colour", "price", "share", "sold", "age", "2020", "y"] as const;
  const rowsOf = (records: readonly Record<string, string>[]) =>
    records.map((record) => names.map((name) => record[name] ?? ""));

  test("a CSV file, a Pipeline, an exported module and a Worker, on raw texts", async () => {
    write("raw.csv", csv(names, rowsOf(raw)));
    const options = ["-t", "y", "--epochs", "3", "--missing", "age=-999", "-o", "raw.safetensors"];
    expect(simdnet(folder, ["train", "raw.csv", ...options]).code).toBe(0);
    expect(simdnet(folder, ["export", "raw.safetensors", "--module", "raw.mjs"]).code).toBe(0);
    const unseen = { ...raw[1], colour: "green", price: "$99,999.99", sold: "2031-01-01", age: "-999.0" };
    const records = [...raw, unseen, { ...unseen, colour: " red ", price: " $5 ", share: "\u22125 %", age: " 7 " }];
    const { stdout, stderr, code } = simdnet(
      folder,
      ["predict", "raw.safetensors", "-", "--json"],
      csv(names, rowsOf(records)),
    );
    expect(code, stderr).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const expected: Prediction[] = lines.map(({ predicted_y: prediction, probabilities, unseen }) => ({
      ...{ prediction, probabilities },
      ...(unseen && { unseen }),
    }));
    const bytes = read("raw.safetensors");
    const pipeline = Pipeline.fromBytes(bytes);
    const module = await import(/* @vite-ignore */ pathToFileURL(join(folder, "raw.mjs")).href);
    const worker = predictorOf(bytes);
    const body = new TextEncoder().encode(JSON.stringify(records));
    expect(pipeline.predict(records)).toEqual(expected);
    expect(module.predict(records)).toEqual(expected);
    expect(worker.predict(worker.parse(body))).toEqual(expected);
    // The values as numbers, as predict --json writes them.
    expect(pipeline.predict(lines)).toEqual(expected);
    expect(new Set(expected.map(({ probabilities }) => probabilities?.yes)).size).toBeGreaterThan(100);
  });

  test("a model of before, which knows no notation, is read as it was", () => {
    const old = fixture("pipeline-1.safetensors");
    expect(existsSync(old)).toBe(true);
    expect(() => Pipeline.fromBytes(readFileSync(old))).not.toThrow();
  });
});
