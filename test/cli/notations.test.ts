/** Numbers and dates as people write them, and several notations in one column, through the executable. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { predictorOf } from "../../src/cli/exported/predictor.ts";
import { Pipeline } from "../../src/index.ts";
import { simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const times = <Item>(count: number, make: (row: number) => Item) =>
  Array.from({ length: count }, (_, row) => make(row));
const day = (row: number) => new Date(Date.UTC(2022, 0, 1 + 3 * row)).toISOString().slice(0, 10);
const dayFirst = (row: number) => day(row).split("-").reverse().join("/");
const monthFirst = (row: number) => dayFirst(row).replace(/^(..).(..)/, "$2/$1");
const two = (value: number) => String(value).padStart(2, "0");

/** Trains on the texts of a column `w`, beside a number. @returns what the command says, and its code */
function said(textOf: (row: number) => string, ...args: string[]) {
  const lines = times(120, (row) => `${(row * 7) % 50};${textOf(row)};${(row * 11) % 90}.5`);
  writeFileSync(join(folder, "t.csv"), `a;w;y\n${lines.join("\n")}\n`);
  const quick = ["--epochs", "1", "--hidden", "4", "--ensemble", "1"];
  const { code, stdout, stderr } = simdnet(folder, ["train", "t.csv", "-t", "y", ...quick, ...args]);
  return { code, text: stdout + stderr };
}

describe("a column of one notation is read, and the table of columns shows it", () => {
  const month = (row: number) => ["Jan", "Feb", "Mar", "Apr"][row % 4];
  test.each<[name: string, textOf: (row: number) => string, shown: string, kind: "number" | "date"]>([
    [
      "spellings of a unit",
      (row) => `${50 + 2 * row} ${["kg", "KG", "Kg"][row % 3]}`,
      "written like 1234.5 kg",
      "number",
    ],
    ["years", (row) => (row % 9 ? `${row % 9} years` : "1 year"), "written like 1234.5 years", "number"],
    ["multiples", (row) => `${row + 1}.5${["K", "M", ""][row % 3]}`, "written like 1.5K = 1500", "number"],
    ["sums of money", (row) => `€${row + 1}.5${["K", "M"][row % 2]}`, "written like €1.5K = 1500", "number"],
    ["durations", (row) => `${row % 5}h ${row % 60}m`, "written like 3h 43m, in seconds", "number"],
    ["clock times", (row) => `${row % 24}:${two(row % 60)}`, "written like 12:30 = 12 × 60 + 30", "number"],
    ["minus behind", (row) => `${row}.15${row % 4 ? "" : "-"}`, "written like 1234.5 and 1234.5-", "number"],
    ["a currency behind", (row) => `${2 * row},15 EUR`, "written like 1234,5 EUR", "number"],
    ["at least", (row) => `${row + 1}00+`, "written like 1234.5 +", "number"],
    ["names of months", (row) => `${two((row % 28) + 1)}-${month(row)}-22`, "-22 → month", "date"],
  ])("%s", (_, textOf, shown, kind) => {
    const { code, text } = said(textOf);
    expect(code, text).toBe(0);
    expect(text).toMatch(new RegExp(`^  w +${kind} `, "m"));
    expect(text).toContain(shown);
  });
});

describe("several notations in one column are said, with their rows and what to do", () => {
  test.each<[name: string, textOf: (row: number) => string, shown: string]>([
    ["units", (row) => `${50 + row} ${row % 3 ? "kg" : "lb"}`, '"51 kg" (80 rows) and "50 lb" (40 rows)'],
    ["milli and mega", (row) => `${row + 1} ${row % 3 ? "mW" : "MW"}`, '"2 mW" (80 rows) and "1 MW" (40 rows)'],
    ["limits", (row) => `${row % 3 ? "" : ">"}${row}.5`, '"1.5" (80 rows) and ">0.5" (40 rows)'],
    [
      "times",
      (row) => (row % 3 ? `1:${two(row % 60)}` : `1:${two(row % 60)}:30`),
      '"1:01" (80 rows) and "1:00:30" (40 rows)',
    ],
  ])("%s, as a column that is not used", (_, textOf, shown) => {
    const { code, text } = said(textOf);
    expect(code, text).toBe(0);
    expect(text).toContain(`numbers in different notations: ${shown}; write them in one to have them read`);
  });

  test("of few values, which are read as categories, and --categories says that they are", () => {
    const few = (row: number) => `${5 * (row % 4)}0 ${row % 3 ? "kg" : "lb"}`;
    const note = '"w": numbers in different notations, "50 kg" (';
    const { text } = said(few);
    expect(text).toContain(note);
    expect(text).toContain("are read as categories; write them in one to have them read, or say --categories w");
    expect(said(few, "--categories", "w").text).not.toContain(note);
  });

  test("as a target, where they are refused, or noted where they are few", () => {
    const { code, text } = said((row) => `${50 + row} ${row % 3 ? "kg" : "lb"}`, "-t", "w");
    expect(code).toBe(1);
    expect(text).toContain('got "51 kg" (80 rows) and "50 lb" (40 rows), numbers in different notations, need one');
    const few = said((row) => `${5 + (row % 2)}0 ${row % 3 ? "kg" : "lb"}`, "-t", "w");
    expect(few.text).toContain(
      'the classes are numbers in different notations, "60 kg" (80 rows) and "50 lb" (40 rows);',
    );
  });

  test("of which one is rare, with an example of what is needed", () => {
    const { code, text } = said((row) => `${50 + row} ${row % 40 ? "kg" : "lb"}`);
    expect(code).toBe(1);
    expect(text).toContain(
      'got "50 lb", "90 lb", "130 lb", need a number such as "1234.5 kg", as 117 other values are',
    );
  });

  test("grades and seats are categories", () => {
    for (const textOf of [
      (row: number) => `${(row % 5) + 1}${["", "+", "-"][row % 3]}`,
      (row: number) => `${(row % 5) + 1}${["A", "B", "C"][row % 3]}`,
      (row: number) => ["1st", "2nd", "3rd"][row % 3],
    ]) {
      const { text } = said(textOf);
      expect(text).toMatch(/^ {2}w +category /m);
    }
  });
});

describe("dates in several forms", () => {
  test("that one order reads are read, and said", () => {
    const note =
      '"w": dates are written in different forms, "2022-01-04" (80 rows) and "01/01/2022" (40 rows); all are read';
    const mixed = (row: number) => (row % 3 ? day(row) : dayFirst(row));
    const { text } = said(mixed);
    expect(text).toContain(note);
    expect(text).toMatch(/^ {2}w +date +day-month-year → /m);
    // The column that splits is no input, but its dates matter as much.
    expect(said(mixed, "--time", "w").text).toContain(note);
  });

  test("that have two orders are no dates, and are said", () => {
    const mixed = (row: number) => (row % 2 ? monthFirst(row) : dayFirst(row));
    const shown = '"13/01/2022" (36 rows) and "01/16/2022" (36 rows)';
    expect(said(mixed).text).toContain(`dates in different notations: ${shown}; write them in one`);
    const { code, text } = said(mixed, "--time", "w");
    expect(code).toBe(1);
    expect(text).toContain(`column "w": got dates in different notations, ${shown}, need one notation for --time`);
  });

  test("of which a few have another order are refused with an example", () => {
    const { code, text } = said((row) => (row % 24 === 4 ? monthFirst(row) : dayFirst(row)));
    expect(code).toBe(1);
    expect(text).toContain('need a date such as "01/01/2022"');
  });

  test("whose order is a guess are noted also where they split", () => {
    const { text } = said((row) => `${two((row % 12) + 1)}/${two((row % 7) + 1)}/2022`, "--time", "w");
    expect(text).toContain('"w": dates such as "01/01/2022" are read as month-day-year, but no day is after the 12th');
  });
});

test("every way reads the texts of a table to the same bits", () => {
  const head = "weight,views,spent,start,balance,price,sold,y";
  const cells = (row: number) => [
    `${50 + row} ${["kg", "KG"][row % 2]}`,
    `${row + 1}.5${["K", "M", ""][row % 3]}`,
    `${row % 5}h ${row % 60}m`,
    `${row % 24}:${two(row % 60)}`,
    `${row}.15${row % 4 ? "" : "-"}`,
    `"${row},15 EUR"`,
    `${two((row % 28) + 1)}-${["Jan", "Feb"][row % 2]}-22`,
    row * 3 + 0.5,
  ];
  const lines = times(100, (row) => cells(row).join(","));
  writeFileSync(join(folder, "all.csv"), `${[head, ...lines].join("\n")}\n`);
  const args = ["train", "all.csv", "-t", "y", "--epochs", "2", "--ensemble", "1", "-o", "all.safetensors"];
  expect(simdnet(folder, args).code).toBe(0);
  const { stdout, stderr } = simdnet(folder, ["predict", "all.safetensors", "all.csv", "--json"]);
  expect(stderr).toBe("");
  const wanted = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).predicted_y);
  const names = head.split(",");
  const records = times(100, (row) =>
    Object.fromEntries(cells(row).map((text, index) => [names[index], String(text).replaceAll('"', "")])),
  );
  const bytes = readFileSync(join(folder, "all.safetensors"));
  const numbers = (answers: unknown) => (answers as { prediction: number }[]).map(({ prediction }) => prediction);
  expect(numbers(Pipeline.fromBytes(bytes).predict(records))).toEqual(wanted);
  expect(numbers(predictorOf(bytes).predict(records))).toEqual(wanted);
  // The lines that predict writes are records, too.
  const written = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(numbers(Pipeline.fromBytes(bytes).predict(written))).toEqual(wanted);
});

describe("tables and targets that are nearly right", () => {
  test("a title above the names is left out, in training and in prediction, and said", () => {
    const lines = times(60, (row) => `${(row * 7) % 50},${row % 9},${(row * 11) % 90}.5`).join("\n");
    writeFileSync(join(folder, "title.csv"), `Sales of 2024\na,b,y\n${lines}\n`);
    const note = 'line 1, "Sales of 2024", left out: it looks like a title, and the names stand in line 2';
    const args = ["train", "title.csv", "-t", "y", "--epochs", "1", "--hidden", "4", "-o", "title.safetensors"];
    expect(simdnet(folder, args).stdout).toContain(note);
    const { stdout, stderr } = simdnet(folder, ["predict", "title.safetensors", "title.csv"]);
    expect(stderr).toBe(`note: ${note}\n`);
    expect(stdout.split("\n")[0]).toMatch(/^a,b,y,predicted_y,/);
  });

  test("a target of one class besides NA has the advice to keep NA", () => {
    const lines = times(60, (row) => `${row % 7},${row % 2 ? "NA" : "EU"}`).join("\n");
    writeFileSync(join(folder, "na.csv"), `a,y\n${lines}\n`);
    const train = (...args: string[]) => simdnet(folder, ["train", "na.csv", "-t", "y", "--epochs", "1", ...args]);
    expect(train().stderr).toContain(
      'got only one value, "EU", besides missing ones (30 "NA"), need at least two to tell apart; --not-missing NA takes them as values',
    );
    expect(train("--not-missing", "NA").code).toBe(0);
  });

  test("a text without a known word is noted", () => {
    const words = ["good", "bad", "warm", "dull"];
    const text = (row: number) => times(6, (at) => words[(row * (at + 1) + at) % 4]).join(" ");
    const lines = times(90, (row) => `${text(row)} film ${row},${row % 2 ? "up" : "down"}`).join("\n");
    writeFileSync(join(folder, "texts.csv"), `review,y\n${lines}\n`);
    expect(simdnet(folder, ["train", "texts.csv", "-t", "y", "--epochs", "1", "-o", "texts.safetensors"]).code).toBe(0);
    const { stderr } = simdnet(folder, [
      "predict",
      "texts.safetensors",
      "--text",
      "a good film",
      "--text",
      "völlig neu",
    ]);
    expect(stderr).toBe('note: review: 1 text without a word that the model knows, in line 2 "völlig neu"\n');
  });
});
