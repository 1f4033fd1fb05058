import { describe, expect, test } from "vitest";
import { transformFromJSON, type VocabularyJSON, vocabulary } from "../../src/data/index.ts";

const texts = ["The cat saw the dog.", "The dog didn't see: THE cat", "A bird"];

describe("vocabulary", () => {
  test("numbers words from 2 on, the most frequent first, then by code unit, whatever their case", () => {
    const fitted = vocabulary(texts);
    expect(fitted.toJSON()).toEqual({
      kind: "vocabulary",
      unit: "words",
      lowerCase: true,
      tokens: ["the", "cat", "dog", "a", "bird", "didn't", "saw", "see"],
    });
    expect(fitted.size).toBe(10);
    expect(fitted.apply(["the CAT", "a fish, a dog"])).toEqual([
      [2, 3],
      [5, 1, 5, 4],
    ]);
  });

  test("keeps as many numbers as asked for, of tokens that are frequent enough", () => {
    expect(vocabulary(texts, { size: 4 }).toJSON().tokens).toEqual(["the", "cat"]);
    expect(vocabulary(texts, { minimumCount: 2 }).toJSON().tokens).toEqual(["the", "cat", "dog"]);
  });

  test("rows of a length have the last tokens, or zeros before them", () => {
    const fitted = vocabulary(["a b c d"]);
    expect(fitted.apply(["a b c d", "d", ""], { length: 3 })).toEqual([
      [3, 4, 5],
      [0, 0, 5],
      [0, 0, 0],
    ]);
  });

  test("rows of a maximum length have the last tokens, and no zeros but one of a text without tokens", () => {
    const fitted = vocabulary(["a b c d"]);
    expect(fitted.apply(["a b c d", "d", "", "…"], { maximumLength: 3 })).toEqual([[3, 4, 5], [5], [0], [0]]);
    expect(fitted.apply(["a b c d", ""])).toEqual([[2, 3, 4, 5], [0]]);
    expect(fitted.invert([[0]])).toEqual([""]);
  });

  test("words are of any script, with their accents however these are written", () => {
    const fitted = vocabulary(["Élan vital, ÉLAN; 東京 नमस्ते l’été 42"]);
    expect(fitted.toJSON().tokens[0]).toBe("élan");
    expect(new Set(fitted.toJSON().tokens)).toEqual(new Set(["élan", "vital", "東京", "नमस्ते", "l’été", "42"]));
    expect(fitted.apply(["e\u0301lan"])).toEqual([[2]]);
  });

  test("characters are tokens, too, in their case, and whole where they take two code units", () => {
    const fitted = vocabulary(["aA😀a"], { unit: "characters" });
    expect(fitted.toJSON().tokens).toEqual(["a", "A", "😀"]);
    expect(fitted.apply(["😀ab"])).toEqual([[4, 2, 1]]);
    expect(fitted.invert([[4, 2, 1, 0]])).toEqual(["😀a�"]);
    expect(vocabulary(["aA"], { unit: "characters", lowerCase: true }).toJSON().tokens).toEqual(["a"]);
  });

  test("inverts rows to words", () => {
    const fitted = vocabulary(texts);
    expect(fitted.invert(fitted.apply(["The dog saw a whale"], { length: 8 }))).toEqual(["the dog saw a �"]);
    expect(() => fitted.invert([[10]])).toThrow("vocabulary: invert: got 10, need a whole number from 0 to 9");
  });

  test("goes through JSON, with names that objects have", () => {
    const fitted = vocabulary(["constructor __proto__ toString 1"]);
    const again = transformFromJSON(JSON.parse(JSON.stringify(fitted)) as VocabularyJSON);
    expect(again.toJSON()).toEqual(fitted.toJSON());
    expect(again.apply(["constructor valueOf"])).toEqual(fitted.apply(["constructor valueOf"]));
    expect(fitted.apply(["valueOf"])).toEqual([[1]]);
  });

  test.each<[string, () => unknown, string]>([
    ["one text", () => vocabulary("a" as never), 'vocabulary: got "a", need an array of strings'],
    ["a number", () => vocabulary(["a", 5] as never), "vocabulary: got 5 at 1, need a string"],
    ["no texts", () => vocabulary([]), "vocabulary: got no texts, need at least one"],
    [
      "texts without words",
      () => vocabulary(["…", ""]),
      "vocabulary: got texts in which none of the words occurs 1 time",
    ],
    [
      "a row instead of rows",
      () => vocabulary(["a"]).invert([2] as never),
      "vocabulary: got 2 at row 0, need an array",
    ],
    ["no rows", () => vocabulary(["a"]).invert(2 as never), "vocabulary: got 2, need an array of rows"],
    [
      "a size without tokens",
      () => vocabulary(["a"], { size: 2 }),
      "vocabulary: size: got 2, need a whole number from 3",
    ],
    [
      "another unit",
      () => vocabulary(["a"], { unit: "lines" as never }),
      'vocabulary: got unit "lines", need "words" or',
    ],
    ["a misspelt option", () => vocabulary(["a"], { sise: 5 } as never), 'did you mean "size"?'],
    [
      "two lengths",
      () => vocabulary(["a"]).apply(["a"], { length: 2, maximumLength: 3 }),
      "vocabulary: got length 2 and maximumLength 3, need one of them",
    ],
    [
      "rows of no maximum length",
      () => vocabulary(["a"]).apply(["a"], { maximumLength: 0 }),
      "vocabulary: maximumLength: got 0, need a whole number from 1",
    ],
    ["rows of no length", () => vocabulary(["a"]).apply(["a"], { length: 0 }), "vocabulary: length: got 0, need"],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  const json: VocabularyJSON = { kind: "vocabulary", unit: "words", lowerCase: true, tokens: ["a", "b"] };
  test.each<[string, object, string]>([
    ["no tokens", { tokens: undefined }, "transformFromJSON, tokens: got undefined, need an array of strings"],
    [
      "a token that is no word",
      { tokens: ["a", "b c"] },
      'transformFromJSON: got "b c" at token 1, need one of the words',
    ],
    ["a token in upper case", { tokens: ["A"] }, 'transformFromJSON: got "A" at token 0'],
    ["an empty token", { tokens: [""] }, 'transformFromJSON: got "" at token 0'],
    ["a token twice", { tokens: ["a", "a"] }, 'transformFromJSON: got "a" twice, at token 1 again'],
    ["another unit", { unit: "x" }, 'transformFromJSON: got unit "x"'],
    ["no case", { lowerCase: 1 }, "transformFromJSON: got lowerCase 1, need true or false"],
  ])("a file with %s is refused", (_, change, message) => {
    expect(() => transformFromJSON({ ...json, ...change } as VocabularyJSON)).toThrow(message);
  });
});
