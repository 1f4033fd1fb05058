import { describe, expect, test } from "vitest";
import { bilinearBackward, bilinearForward, type Enlargement } from "../../reference/pooling/bilinear.ts";
import { expectClose, tolerances } from "../../tolerances.ts";
import { dtypes, isDebugBuild, random, roundTo, Scratch } from "../scratch.ts";

const rows = 2;

/** Sides and channels from 1 to 20; factors from 1 to 5, odd and even, that differ down and across. */
const enlargements: readonly Enlargement[] = Array.from({ length: 20 }, (_, index) => {
  const factors = { factorHeight: (index % 5) + 1, factorWidth: ((3 * index) % 4) + 1 };
  return [
    { height: index + 1, width: ((7 * index) % 20) + 1, channels: ((11 * index) % 6) + 1, ...factors },
    { height: 3, width: 2, channels: index + 1, ...factors },
  ];
}).flat();

const countOf = ({ height, width, channels }: Enlargement) => height * width * channels;
const timesOf = ({ factorHeight, factorWidth }: Enlargement) => factorHeight * factorWidth;

describe.each(dtypes)("%s", (dtype) => {
  const scratch = new Scratch(dtype);
  const draw = (count: number, seed: number) => roundTo(dtype, random(count, seed));

  function run(name: "bilinearForward" | "bilinearBackward", values: readonly number[], sizes: Enlargement): number[] {
    const isForward = name === "bilinearForward";
    const count = values.length / countOf(sizes) / (isForward ? 1 : timesOf(sizes));
    const [from, to] = [
      scratch.input(values),
      scratch.output(count * countOf(sizes) * (isForward ? timesOf(sizes) : 1)),
    ];
    const [small, large] = isForward ? [from, to.address] : [to.address, from];
    scratch.run(name, { small, large, ...sizes }, count);
    const result = Array.from(scratch.read(to));
    scratch.expectIntact();
    return result;
  }

  test("bilinearForward equals its twin on sides and channels from 1 to 20", () => {
    for (const [seed, sizes] of enlargements.entries()) {
      const small = draw(rows * countOf(sizes), seed);
      const expected = bilinearForward(small, sizes);
      expectClose(run("bilinearForward", small, sizes), expected, tolerances.sum[dtype], JSON.stringify(sizes));
    }
  });

  test("bilinearBackward equals its twin on sides and channels from 1 to 20", () => {
    for (const [seed, sizes] of enlargements.entries()) {
      const large = draw(rows * countOf(sizes) * timesOf(sizes), seed);
      const expected = bilinearBackward(large, sizes);
      expectClose(run("bilinearBackward", large, sizes), expected, tolerances.sum[dtype], JSON.stringify(sizes));
    }
  });

  test("a pixel at the middle of another keeps its bits, and so does every one of an image of one number", () => {
    for (const [seed, sizes] of enlargements.entries()) {
      const small = draw(countOf(sizes), seed);
      const large = run("bilinearForward", small, { ...sizes, factorHeight: 3, factorWidth: 1 });
      const lineOf = (values: readonly number[], line: number) =>
        values.slice(line * sizes.width * sizes.channels, (line + 1) * sizes.width * sizes.channels);
      for (let line = 0; line < sizes.height; line++) expect(lineOf(large, 3 * line + 1)).toEqual(lineOf(small, line));
      const tenths = new Array<number>(countOf(sizes)).fill(0.125);
      expect(new Set(run("bilinearForward", tenths, sizes))).toEqual(new Set([0.125]));
    }
  });

  test("NaN and infinities reach the pixels around them", () => {
    const sizes = { height: 1, width: 4, channels: 1, factorHeight: 1, factorWidth: 2 };
    const { NaN: nan } = Number;
    expect(run("bilinearForward", [1, 1, nan, 1], sizes)).toEqual([1, 1, 1, nan, nan, nan, nan, 1]);
    // A share of 0 of an infinite number is NaN, as PyTorch's.
    const finite = [false, false, false, false, false, true, true, true];
    expect(run("bilinearForward", [1, Infinity, 1, 1], sizes).map(Number.isFinite)).toEqual(finite);
    expect(run("bilinearBackward", [0, 0, nan, 0, 0, 0, 0, 0], sizes).map(Number.isNaN)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test.runIf(isDebugBuild)("traps at sizes of 0 and at blocks beside 16 bytes", () => {
    const { address } = scratch.output(64);
    const fields = {
      small: address,
      large: address + 64,
      height: 1,
      width: 1,
      channels: 1,
      factorHeight: 1,
      factorWidth: 1,
    };
    for (const name of ["bilinearForward", "bilinearBackward"] as const) {
      const trial = (other: Partial<typeof fields>) => scratch.run(name, { ...fields, ...other }, 1);
      for (const size of ["height", "width", "channels", "factorHeight", "factorWidth"]) {
        expect(() => trial({ [size]: 0 })).toThrow("must be positive");
      }
      expect(() => trial({ large: address + 8 })).toThrow("blocks start on 16 bytes");
    }
  });
});
