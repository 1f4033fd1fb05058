import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { sourceOf } from "../../src/cli/source.ts";
import { temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

async function textOf({ text }: { text: AsyncIterable<string> }): Promise<string> {
  let whole = "";
  for await (const piece of text) whole += piece;
  return whole;
}

const long = "a,b\n1,ü…😀\n".repeat(300_000);

describe("a source", () => {
  test("is a file, of which it tells the size and how much has been read", async () => {
    const source = sourceOf(file("a.csv", long));
    expect(source.bytes).toBe(Buffer.byteLength(long));
    expect(source.read()).toBe(0);
    expect(await textOf(source)).toBe(long);
    expect(source.read()).toBe(source.bytes);
  });

  test("may be compressed by gzip, whatever it is called", async () => {
    expect(await textOf(sourceOf(file("b.csv", gzipSync(long))))).toBe(long);
  });

  test("is standard input for -, in pieces that cut characters, compressed or not", async () => {
    const bytes = Buffer.from("x\nü😀\n".repeat(50));
    const pieces = (whole: Uint8Array) => Readable.from(Array.from(whole, (byte) => Uint8Array.of(byte)));
    const source = sourceOf("-", pieces(bytes));
    expect([source.name, source.bytes]).toEqual(["standard input", undefined]);
    expect(await textOf(source)).toBe(String(bytes));
    expect(await textOf(sourceOf("-", pieces(gzipSync(bytes))))).toBe(String(bytes));
  });

  test("may be UTF-16, as its first bytes say", async () => {
    const text = "a,b\n1,ü😀\n";
    const little = Buffer.from(`\ufeff${text}`, "utf16le");
    expect(await textOf(sourceOf(file("le.csv", little)))).toBe(text);
    expect(await textOf(sourceOf(file("be.csv", Buffer.from(little).swap16())))).toBe(text);
  });

  test("may be empty", async () => {
    expect(await textOf(sourceOf(file("empty.csv", "")))).toBe("");
  });

  test("is refused if there is no such file, or it is a folder", () => {
    expect(() => sourceOf(join(folder, "none.csv"))).toThrow("none.csv: there is no such file");
    mkdirSync(join(folder, "folder"));
    expect(() => sourceOf(join(folder, "folder"))).toThrow("folder: this is a folder, need a file");
  });

  test.each<[string, Uint8Array, string]>([
    ["is no text", Uint8Array.of(0x41, 0xe9, 0x2c), "this is no UTF-8 text, need a table as CSV or TSV"],
    [
      "is one of Excel",
      Uint8Array.of(0x50, 0x4b, 3, 4, 5),
      "this is a ZIP archive, or a workbook of Excel (which saves",
    ],
    ["is Parquet, compressed", gzipSync("PAR1…"), "this is a Parquet file, need a table as CSV or TSV"],
    ["is compressed and cut short", gzipSync(long).subarray(0, 500), "the compressed file is damaged or cut short"],
    [
      "is compressed and damaged",
      new Uint8Array(gzipSync(long)).fill(7, 0).fill(0x1f, 0, 1).fill(0x8b, 1, 2),
      "the compressed file is damaged or cut short",
    ],
  ])("is refused if it %s", async (_, content, message) => {
    await expect(textOf(sourceOf(file("bad.csv", content)))).rejects.toThrow(message);
  });
});
