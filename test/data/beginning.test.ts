import { describe, expect, test } from "vitest";
import { beginningOf, wordsOf } from "../../src/data/beginning.ts";

describe("the begin of a table", () => {
  test.each<[string, string, { text: string; number: number; delimiter: string; comments: number }]>([
    ["names", "a,b\n1,2\n", { text: "a,b\n1,2\n", number: 1, delimiter: ",", comments: 0 }],
    ["a line of Excel", "sep=;\na;b\n1,5;2\n", { text: "a;b\n1,5;2\n", number: 2, delimiter: ";", comments: 0 }],
    [
      "a line of Excel for a comma",
      "\ufeffSEP=,\na,b;c\n",
      { text: "a,b;c\n", number: 2, delimiter: ",", comments: 0 },
    ],
    [
      "comments",
      "# made by X, in 2020\n\n// on Monday\na;b\n1;2\n",
      { text: "a;b\n1;2\n", number: 4, delimiter: ";", comments: 2 },
    ],
    ["names that begin with #", "#id,x\n1,2\n", { text: "#id,x\n1,2\n", number: 1, delimiter: ",", comments: 0 }],
    [
      "names after # and a space",
      "# made by X\n# id x\n1 2\n3 4\n",
      { text: "id x\n1 2\n3 4\n", number: 2, delimiter: " ", comments: 1 },
    ],
    [
      "aligned columns",
      "  a  b\n  1 22\n 33  4\n",
      { text: "  a  b\n  1 22\n 33  4\n", number: 1, delimiter: " ", comments: 0 },
    ],
    ["row names of R", '"a" "b"\n"1" 2 3\n', { text: '"a" "b"\n"1" 2 3\n', number: 1, delimiter: " ", comments: 0 }],
    [
      "one column of texts",
      "text\na good film\na bad film\n",
      { text: "text\na good film\na bad film\n", number: 1, delimiter: ",", comments: 0 },
    ],
    ["comments alone", "# a\n# b\n", { text: "", number: 3, delimiter: ",", comments: 2 }],
  ])("is found: %s", (_, text, expected) => expect(beginningOf(text)).toEqual(expected));
});

test("words are separated by any number of spaces; quotes hold spaces", () => {
  expect(wordsOf('  a\t "b c"  "d ""e""" f"g ""\r')).toEqual(["a", "b c", 'd "e"', 'f"g', ""]);
});
