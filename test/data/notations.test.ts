import { expect, test } from "vitest";
import { findNumberFormat } from "../../src/data/findNumbers.ts";
import { dateForms, numberNotations, orderNotations } from "../../src/data/notations.ts";

const counts = (...texts: string[]) => {
  const all = new Map<string, number>();
  for (const text of texts) all.set(text, (all.get(text) ?? 0) + 1);
  return all;
};
const notations = (...texts: string[]) =>
  numberNotations(counts(...texts), findNumberFormat(counts(...texts))!.read, texts.length);

test("numbers in several units are told by an example and the rows of each, the most frequent first", () => {
  expect(notations("50 kg", "110 lb", "60 kg", "60 kg", "70 KG")).toEqual([
    { example: "60 kg", rows: 4 },
    { example: "110 lb", rows: 1 },
  ]);
  expect(notations("5 mW", "6 mW", "7 MW")).toHaveLength(2);
  expect(notations("12:30", "13:30", "1:02:03")).toHaveLength(2);
  expect(notations("87 %", "37 %", "42", "0")).toEqual([
    { example: "87 %", rows: 2 },
    { example: "42", rows: 1 },
  ]);
  expect(notations(">4.0", "<0.5", "1.5", "2.5")).toHaveLength(3);
});

test("codes, ordinals and columns of one notation are none", () => {
  expect(notations("1st", "2nd", "3rd")).toBeUndefined();
  expect(notations("12A", "12B", "12C", "7A")).toBeUndefined();
  expect(notations("2019Q1", "2019Q2", "2020Q3")).toBeUndefined();
  expect(notations("50 kg", "60 kg")).toBeUndefined();
  expect(notations("50 kg", "110 lb", "red")).toBeUndefined();
  expect(notations(..."abcdefgh".split("").map((letter) => `5 ${letter}x`))).toBeUndefined();
});

test("dates in two orders are told if only one order can read some of them and only the other one others", () => {
  expect(orderNotations(counts("31/01/2024", "01/31/2024", "01/30/2024", "01/02/2024"), 4)).toEqual([
    { example: "01/31/2024", rows: 2 },
    { example: "31/01/2024", rows: 1 },
  ]);
  expect(orderNotations(counts("31/01/2024", "01/02/2024"), 2)).toBeUndefined();
  expect(orderNotations(counts("31/01/2024", "01/31/2024", "red"), 3)).toBeUndefined();
});

test("dates have one form or several", () => {
  const forms = (...texts: string[]) => dateForms(counts(...texts), () => true).map(({ example }) => example);
  expect(forms("2024-01-31", "2024-02-01")).toEqual(["2024-01-31"]);
  expect(forms("2024-01-31", "31/01/2024", "01/02/2024")).toEqual(["31/01/2024", "2024-01-31"]);
  expect(forms("01-Jan-22", "2024-01-31")).toHaveLength(2);
});
