/**
 * Work that grows with the size of the input: each size here took minutes or failed when time grew with its square, or when values became
 * arguments of a call. Seconds are the processor's, as other programs may run beside.
 */
import { describe, expect, test } from "vitest";
import { greatestOf, leastOf, placeOfGreatest } from "../../src/cli/numbers.ts";
import { encodeCategories, encodeRecords, parseCsv, streamCsv, vocabulary } from "../../src/data/index.ts";
import { plainNumber } from "../../src/data/numberFormat.ts";
import { dense, Network, Pipeline } from "../../src/index.ts";
import { foreignName } from "../../src/topology/layers/foreign.ts";

const mostSeconds = 5;

/** What an act returns or refuses, which takes less than `mostSeconds`. */
async function quick<Result>(act: () => Result | Promise<Result>): Promise<Result | string> {
  const before = process.cpuUsage();
  let result: Result | string;
  try {
    result = await act();
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    result = (error as Error).message;
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(mostSeconds);
  return result;
}

const names = Array.from({ length: 40_000 }, (_, index) => `c${index}`);
const record = Object.fromEntries(names.map((name, index) => [name, index]));
const csv = `${names.join(",")}\n${names.map((_, index) => index).join(",")}\n`;

/** Rows of all chunks. */
async function countOf(...given: Parameters<typeof streamCsv>): Promise<number> {
  let rows = 0;
  for await (const chunk of streamCsv(...given)) rows += Object.values(chunk)[0].length;
  return rows;
}

const cut = (text: string, length: number) =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  );

describe("40 000 columns", () => {
  test("of text are read whole and in pieces, and names that come twice are found", async () => {
    const kinds = Object.fromEntries(names.map((name) => [name, "category" as const]));
    expect(await quick(() => parseCsv(csv, { kinds }).columns.length)).toBe(names.length);
    expect(await quick(() => countOf(cut(csv, 999), { columns: names, kinds }))).toBe(1);
    const quoted = csv.replace(/[^,\n]+/g, '"$&"');
    expect(await quick(() => countOf([quoted]))).toBe(1);
    expect(await quick(() => parseCsv(csv.replace("c39999", "c0")))).toContain('got "c0" as columns 1 and 40000');
    expect(await quick(() => countOf([csv.replace("c39999", "c0")]))).toContain('got "c0" as columns 1 and 40000');
  });

  test("of records are encoded, ignored and predicted from", async () => {
    const encoding = encodeRecords([record, record]);
    expect(await quick(() => encoding.apply([record, record, record]).length)).toBe(3);
    expect(await quick(() => encoding.apply([{ ...record, x: 1 }] as never))).toContain(
      'row 0: got "x", need one of c0',
    );
    expect(await quick(() => encodeRecords([record], { ignore: names.slice(1) }).features)).toEqual(["c0"]);
    const network = new Network({ inputs: names.length, layers: [dense(1)] });
    const target = { kind: "number", name: "t", offset: 0, divisor: 1 } as const;
    const model = new Pipeline({ network, encoding, target });
    expect(await quick(() => model.predict([record, record]).length)).toBe(2);
    expect(await quick(() => Pipeline.fromBytes(model.toBytes()).columns.length)).toBe(names.length);
  });
});

describe("a value of millions of characters", () => {
  test("in quotes that hold quotes and ends of lines is read in pieces", async () => {
    const text = `a,b\n1,"${'""\n'.repeat(1e6)}"\n`;
    expect(await quick(() => countOf(cut(text, 500)))).toBe(1);
  });

  test("whose quote is not closed is refused", async () => {
    const text = `a,b\n1,"${"x".repeat(1e7)}`;
    expect(await quick(() => countOf(cut(text, 500)))).toContain("line 2: got a quote that is not closed");
  });

  test("is no number, though it begins with digits", async () => {
    const digits = `${"1".repeat(1e6)}x`;
    expect(await quick(() => parseCsv(`a\n${digits}\n`).columns[0].kind)).toBe("category");
    expect(await quick(() => plainNumber(digits))).toBeNaN();
  });

  test("is a text, a category that is not meant, or a name that no layer has", async () => {
    expect(await quick(() => vocabulary(["a'b ".repeat(1e6)]).size)).toBe(3);
    const encoding = encodeCategories(["x".repeat(1e6), "y"]);
    expect(await quick(() => encoding.apply(["z".repeat(50)]))).toContain('got "zzz');
    const name = `a/${"forward_".repeat(1e5)}`;
    expect(await quick(() => foreignName(name))).toBe(name);
  });
});

test.each<[string, (index: number) => number[]]>([
  ["the same", () => [1, 1, 1, 1, 1]],
  ["different", (index) => [1, 1, 1, 1, index]],
])("40 000 layers of a file that have %s numbers are refused by a network of two", async (_, valuesOf) => {
  const network = new Network({ inputs: 5, layers: [dense(1), dense(1)] });
  const tensors = names.map((name, index) => {
    return { name: `${name}.weight`, shape: [1, 5], values: Float32Array.from(valuesOf(index)) };
  });
  expect(await quick(() => network.load(tensors, { from: "pytorch" }))).toContain("got tensors of 40000 layers");
});

test("100 000 classes are predicted", async () => {
  const classes = Array.from({ length: 100_000 }, (_, index) => `k${index}`);
  const encoding = encodeRecords([{ a: 1 }, { a: 2 }]);
  const network = new Network({ inputs: 1, layers: [dense(classes.length, { activation: "softmax" })] });
  const model = new Pipeline({ network, encoding, target: { kind: "classes", name: "t", classes } });
  expect(await quick(() => Object.keys(model.predict({ a: 1 }).probabilities!).length)).toBe(classes.length);
});

test("the least, the greatest and its place are found among a million values", () => {
  const values = Array.from({ length: 1e6 }, (_, index) => 1 - Math.abs(index - 7));
  expect([leastOf(values), greatestOf(values), placeOfGreatest(values)]).toEqual([8 - (1e6 - 1), 1, 7]);
  expect(placeOfGreatest([1, 3, 3])).toBe(1);
});
