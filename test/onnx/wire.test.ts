/** The format of protocol buffers: numbers of all sizes, and files that are cut. */
import { describe, expect, test } from "vitest";
import { eightBytes, fourBytes, lengthPrefixed, varint, WireReader, WireWriter } from "../../src/onnx/wire.ts";

const written = (write: (writer: WireWriter) => void): Uint8Array => {
  const writer = new WireWriter();
  write(writer);
  return writer.finish();
};

describe("whole numbers", () => {
  const numbers = [0, 1, 127, 128, 300, 2 ** 28 - 1, 2 ** 28, 2 ** 32, 2 ** 35 - 1, 2 ** 53 - 1];
  test.each([...numbers, ...numbers.map((value) => -value).slice(1)])("%d is read as it was written", (value) => {
    const bytes = written((writer) => writer.int(value));
    expect(new WireReader(bytes).int(bytes.length)).toBe(value);
  });

  test("are stored as in protocol buffers' documentation: 150 is 96 01, −1 ten bytes", () => {
    expect([...written((writer) => writer.int(150))]).toEqual([0x96, 1]);
    expect([...written((writer) => writer.int(-1))]).toEqual([...new Array(9).fill(255), 1]);
  });

  test("the greatest of 64 bits is about 2⁶³", () => {
    const bytes = Uint8Array.of(...new Array(8).fill(255), 127);
    expect(new WireReader(bytes).int(9)).toBe(2 ** 63);
  });

  test("of more than ten bytes, or cut, are refused", () => {
    expect(() => new WireReader(new Uint8Array(11).fill(255)).int(11)).toThrow("a number of more than 10 bytes, need");
    expect(() => new WireReader(Uint8Array.of(0x80)).int(1)).toThrow("a field of 1 bytes where 0 are left, need");
  });
});

test("real numbers, texts and bytes are read as they were written", () => {
  const bytes = written((writer) => {
    writer.float(0.1);
    writer.text("größer");
    writer.bytes(Uint8Array.of(1, 2));
  });
  const reader = new WireReader(bytes);
  expect(reader.float(bytes.length)).toBe(Math.fround(0.1));
  expect(reader.text(bytes.length)).toBe("größer");
  expect([...reader.bytes(bytes.length)]).toEqual([1, 2]);
  expect(reader.at).toBe(bytes.length);
  expect(new WireReader(new Uint8Array(new Float64Array([0.1]).buffer)).double(8)).toBe(0.1);
});

test("lengths beyond the end and other texts than UTF-8 are refused before anything is allocated", () => {
  expect(() => new WireReader(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 7, 1)).bytes(6)).toThrow(
    /of 2147483647 bytes where 1 are left/,
  );
  expect(() => new WireReader(Uint8Array.of(1, 0xff)).text(2)).toThrow("a text that is not UTF-8");
  expect(() => new WireReader(new Uint8Array(3)).float(3)).toThrow("a field of 4 bytes where 3 are left");
});

test("fields of each kind are skipped, others refused", () => {
  const skipped = (type: number, bytes: number[]) => {
    const reader = new WireReader(Uint8Array.from(bytes));
    reader.skip(type, bytes.length);
    return reader.at;
  };
  expect(skipped(varint, [0x96, 1, 0])).toBe(2);
  expect(skipped(eightBytes, new Array(9).fill(0))).toBe(8);
  expect(skipped(fourBytes, new Array(9).fill(0))).toBe(4);
  expect(skipped(lengthPrefixed, [2, 0, 0, 0])).toBe(3);
  expect(() => skipped(3, [0])).toThrow("a field stored in way 3, need 0, 1, 2 or 5");
});

test("a message has its length before it", () => {
  const inner = new WireWriter();
  inner.int(5);
  expect([...written((writer) => writer.message(inner))]).toEqual([1, 5]);
  expect([...written((writer) => writer.field(3, lengthPrefixed))]).toEqual([26]);
});
