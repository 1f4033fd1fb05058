/** The edits that the build writes (scripts/difference.mjs), read by a slow twin of assembly/decode.ts. */
import { describe, expect, test } from "vitest";
import { pcg32 } from "../src/index.ts";

interface Edits {
  readonly runs: readonly number[];
  readonly gaps: readonly number[];
  readonly literals: readonly number[];
}

const { differenceOf }: { differenceOf: (from: Buffer[], to: Buffer[], behind?: number) => Edits } = await import(
  new URL("../scripts/difference.mjs", import.meta.url).href
);

/** Makes the result of the source and of edits. */
function edited(source: Uint8Array, { runs, gaps, literals }: Edits, behind = 0): Buffer {
  const result: number[] = [];
  const expected = new Map<number, number>();
  const change = (at: number) =>
    ((result.at(-1) ?? 0) * 256 + source[at] + (source[at + 1] ?? behind) * 40503 + (source[at - 1] ?? 0) * 30011) %
    65536;
  const rest = [...literals];
  let from = 0;
  for (const [index, run] of runs.entries()) {
    for (const end = from + run; from < end; from++) result.push(expected.get(change(from)) ?? source[from]);
    const [inserted, skipped] = [gaps[index] >> 4, gaps[index] & 15];
    for (const [place, byte] of rest.splice(0, inserted).entries()) {
      if (place < skipped) expected.set(change(from + place), byte);
      result.push(byte);
    }
    from += skipped;
  }
  expect(from).toBe(source.length);
  expect(rest).toEqual([]);
  return Buffer.from(result);
}

/** Bytes, and the same changed here and there: replaced, with others between them, or without some. */
function pairOf(length: number, values: number): [Buffer, Buffer] {
  const random = pcg32(length * 1000 + values);
  const draw = (count: number) => Math.floor(count * random.next());
  const source = Buffer.from(Array.from({ length }, () => draw(values)));
  const changed = Array.from(source).flatMap((byte) => {
    const kind = draw(12);
    if (kind === 0) return [];
    if (kind === 1) return [255 - byte];
    return kind === 2 ? [byte, ...Array.from({ length: draw(40) }, () => draw(values))] : [byte];
  });
  return [source, Buffer.from(changed)];
}

describe("differenceOf", () => {
  const lengths = [...Array.from({ length: 21 }, (_, length) => length), 254, 255, 256, 600];

  test.each(lengths)("makes one sequence of the other: %i bytes", (length) => {
    for (const values of [1, 3, 200]) {
      const [source, result] = pairOf(length, values);
      for (const [from, to] of [
        [source, result],
        [result, source],
        [source, source],
        [source, Buffer.alloc(0)],
        [Buffer.alloc(0), result],
      ]) {
        const edits = differenceOf([from], [to]);
        expect(edited(from, edits)).toEqual(to);
        for (const field of [edits.runs, edits.gaps]) expect(field.every((value) => value <= 255)).toBe(true);
      }
    }
  });

  test("makes pieces of pieces, of which the first change what the next ones become", () => {
    const pairs = [300, 0, 20, 500].map((length) => pairOf(length, 4));
    const [from, to] = [pairs.map(([source]) => source), pairs.map(([, result]) => result)];
    expect(edited(Buffer.concat(from), differenceOf(from, to))).toEqual(Buffer.concat(to));
  });

  test("the byte behind the source is one of those around the last one", () => {
    const [source, result] = [Buffer.from("a sum, a sum"), Buffer.from("a suM, a suM")];
    for (const behind of [0, 44]) {
      const edits = differenceOf([source], [result], behind);
      expect(edited(source, edits, behind)).toEqual(result);
      // A comma behind the second sum makes it the same change as the first.
      expect(edits.literals).toHaveLength(behind === 44 ? 1 : 2);
    }
  });

  test("needs no edits for what is the same, and one for a change that recurs", () => {
    const source = Buffer.from("a sum, another sum, a third sum,");
    expect(differenceOf([source], [source])).toEqual({ runs: [source.length], gaps: [0], literals: [] });
    const result = Buffer.from(String(source).replaceAll("um", "uM"));
    expect(differenceOf([source], [result])).toEqual({
      runs: [4, source.length - 5],
      gaps: [0x11, 0],
      literals: ["M".charCodeAt(0)],
    });
  });
});
