import { expect, test } from "vitest";
import { linesOf } from "../../src/data/lines.ts";
import { pcg32 } from "../../src/random.ts";

/** A text, in pieces of so many characters. */
async function* piecesOf(text: string, length: number) {
  for (let from = 0; from < text.length; from += length) yield text.slice(from, from + length);
}

async function read(
  text: string,
  { length = 1 << 20, ...options }: { length?: number; delimiter?: string; countsRagged?: boolean } = {},
) {
  const lines = await linesOf("t", piecesOf(text, length), options);
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

test("where a text is cut changes nothing, wherever quotes and ends of lines stand", async () => {
  const outcome = async (text: string, length: number) => {
    try {
      return (await read(text, { length, delimiter: "," })).rows;
    } catch {
      // Of several mistakes the first that is seen is named.
      return "refused";
    }
  };
  const chance = pcg32(7);
  for (let round = 0; round < 300; round++) {
    const characters = Array.from({ length: 40 }, () => '"",,\n\n\rab'[chance.integer(9)]);
    const text = `a\n${characters.join("")}`;
    const whole = await outcome(text, text.length);
    for (const length of [1, 2, 3, 7]) expect(await outcome(text, length), JSON.stringify(text)).toEqual(whole);
  }
});

test("a line may have 2²⁴ characters, in quotes and in pieces, and no more", async () => {
  const longest = 2 ** 24;
  for (const length of [1 << 20, longest * 4]) {
    const { rows } = await read(`a,b\n1,"${"x".repeat(longest - 2)}"\n`, { length });
    expect(rows[0][1]).toHaveLength(longest - 2);
    const message = `t, line 2: got a line of more than ${longest} characters, need a shorter one; a quote may not be closed`;
    await expect(read(`a,b\n1,"${"x".repeat(longest - 1)}"\n`, { length })).rejects.toThrow(new RangeError(message));
  }
  await expect(read(`a,b\n1,"${"x".repeat(longest * 3)}`)).rejects.toThrow(
    "t: got a line of more than 16777216 characters",
  );
});

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

test("names the first lines that have more or fewer values, and says how many there are", async () => {
  const need = "t, line 3: got 1 value, need 2, one a column; also line 5 has 3";
  await expect(read("a,b\n1,2\n1\n3,4\n1,2,3\n", { length: 4, countsRagged: true })).rejects.toThrow(
    new RangeError(need),
  );
  const text = `a,b\n1,2\n${"1\n".repeat(9)}`;
  // A text that need not end is not read on.
  await expect(read("a,b\n1,2\n1\n3,4\n1,2,3\n", { length: 4 })).rejects.toThrow(/t, line 3: [^;]*$/);
  await expect(read(text)).rejects.toThrow(
    "t, line 3: got 1 value, need 2, one a column; also line 4 has 1, line 5 has 1, line 6 has 1, line 7 has 1, … 9 such lines in all",
  );
});

test.each([3, 1 << 20])(
  "a title before the names is left out if that is asked for, in pieces of %i characters",
  async (length) => {
    const lines = async (text: string, skipsTitles = true) => {
      const { head, titles, blocks } = await linesOf("t", piecesOf(text, length), { skipsTitles });
      const rows: (readonly string[])[] = [];
      for await (const block of blocks) rows.push(...block.rows);
      return {
        head: head.values.join("|"),
        titles: titles.map(({ number, values }) => `${number} ${values[0]}`),
        rows: rows.length,
      };
    };
    expect(await lines("Sales of 2024\na,b\n1,2\n3,4\n")).toEqual({
      head: "a|b",
      titles: ["1 Sales of 2024"],
      rows: 2,
    });
    expect(await lines("Sales of 2024,,\nin francs,,\na,b,c\n1,2,3\n")).toEqual({
      ...{ head: "a|b|c", titles: ["1 Sales of 2024", "2 in francs"], rows: 1 },
    });
    // A table of one column, a column without a name, and values where names would stand are no titles.
    expect(await lines("a\nb\n1\n")).toMatchObject({ head: "a", titles: [] });
    expect(await lines("a,\nb,c\n1,2\n")).toMatchObject({ head: "a|", titles: [] });
    expect(await lines("a,,\n1,2,3\n4,5,6\n")).toMatchObject({ head: "a||", titles: [] });
    expect(await lines("a,,\nb,c,d\n1,2,3\n", false)).toMatchObject({ head: "a||", titles: [] });
  },
);

test("refuses in the owner's name, with the line", async () => {
  await expect(read("a,b\n1,2\n1\n")).rejects.toThrow(new RangeError("t, line 3: got 1 value, need 2, one a column"));
});
