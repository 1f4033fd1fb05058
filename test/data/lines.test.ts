import { expect, test } from "vitest";
import { linesOf } from "../../src/data/lines.ts";

/** A text, in pieces of so many characters. */
async function* piecesOf(text: string, length: number) {
  for (let from = 0; from < text.length; from += length) yield text.slice(from, from + length);
}

async function read(text: string, { length = 1 << 20, delimiter }: { length?: number; delimiter?: string } = {}) {
  const lines = await linesOf("t", piecesOf(text, length), delimiter);
  const rows: (readonly string[])[] = [];
  for await (const block of lines.blocks) rows.push(...block.rows);
  return { ...lines, rows };
}

// test/cli/lines.test.ts has the texts that the command reads, and that it refuses.
test.each([1, 2, 3, 7, 100])(
  "a delimiter that is given cuts lines and stands before quotes, in pieces of %i characters",
  async (length) => {
    const text = '\nname:note\nA:"one:\ntwo"\nB:5"\n';
    const { head, delimiter, rows } = await read(text, { length, delimiter: ":" });
    expect({ head, delimiter }).toEqual({ head: { number: 2, values: ["name", "note"] }, delimiter: ":" });
    expect(rows).toEqual([
      ["A", "one:\ntwo"],
      ["B", '5"'],
    ]);
  },
);

test("the names alone are no blocks", async () => expect((await read("a,b\n")).rows).toEqual([]));

test("the pieces are let go of when nobody reads on", async () => {
  let isClosed = false;
  const pieces = async function* () {
    try {
      for (;;) yield "a,b\n1,2\n";
    } finally {
      isClosed = true;
    }
  };
  const { blocks } = await linesOf("t", pieces());
  for await (const block of blocks) {
    expect(block.rows.length).toBeGreaterThan(0);
    break;
  }
  expect(isClosed).toBe(true);
});

test("refuses in the owner's name, with the line", async () => {
  await expect(read("a,b\n1,2\n1\n")).rejects.toThrow(new RangeError("t, line 3: got 1 value, need 2, one a column"));
});
