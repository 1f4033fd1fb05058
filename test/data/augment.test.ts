import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type AugmentOptions, augment } from "../../src/data/index.ts";
import { dense, Network, Trainer } from "../../src/index.ts";
import { pcg32, type RandomGenerator } from "../../src/random.ts";

interface AffineCase {
  shape: number[];
  options: Omit<AugmentOptions, "shape">;
  draws: number[];
  image: number[];
  augmented: number[];
}

const golden: { affine: AffineCase[] } = JSON.parse(readFileSync("test/fixtures/images.json", "utf8"));
const shape = [3, 4, 2];
const drawRow = (length = 24, seed = 1) => {
  const random = pcg32(seed);
  return Array.from({ length }, () => random.next());
};
const rows = (count: number) => Array.from({ length: count }, (_, row) => drawRow(24, row));

/** A generator that gives these numbers, and no more. */
function stubGenerator(draws: readonly number[]): RandomGenerator & { readonly left: number } {
  const left = [...draws];
  const next = () => {
    if (left.length === 0) throw new Error("more numbers are drawn than there are");
    return left.shift()!;
  };
  return Object.assign(pcg32(0), {
    next,
    get left() {
      return left.length;
    },
  });
}

const mirrored = (row: readonly number[]) =>
  [0, 1, 2].flatMap((y) => [3, 2, 1, 0].flatMap((x) => row.slice((y * 4 + x) * 2, (y * 4 + x + 1) * 2)));
const upsideDown = (row: readonly number[]) => [2, 1, 0].flatMap((y) => row.slice(y * 8, (y + 1) * 8));

test.each(golden.affine)("$shape with $options is PyTorch's grid_sample to 1e-10", (expected) => {
  const { draws, image, augmented, options } = expected;
  const [row] = augment([image], { shape: expected.shape, ...options, seed: stubGenerator(draws) });
  const far = row.map((value, index) => Math.abs(value - augmented[index]));
  expect(row.length).toBe(augmented.length);
  expect(Math.max(...far)).toBeLessThan(1e-10);
});

test("without options images are copied, and no number is drawn", () => {
  const batch = rows(3);
  const copies = augment(batch, { shape, seed: stubGenerator([]) });
  expect(copies).toEqual(batch);
  copies[0].fill(9);
  expect(batch).toEqual(rows(3));
  const none = { flip: false, shift: 0, rotate: 0, zoom: 0, brightness: 0 };
  expect(augment(batch, { shape, ...none, seed: stubGenerator([]) })).toEqual(batch);
});

describe("flip moves whole pixels, to the bit:", () => {
  const [row] = rows(1);
  const flipped = (flip: AugmentOptions["flip"], draws: number[]) =>
    augment([row], { shape, flip, seed: stubGenerator(draws) })[0];

  test("true and horizontal left and right, below one half", () => {
    for (const flip of [true, "horizontal"] as const) {
      expect(flipped(flip, [0.49])).toEqual(mirrored(row));
      expect(flipped(flip, [0.5])).toEqual(row);
    }
  });

  test("vertical top and bottom", () => {
    expect(flipped("vertical", [0.49])).toEqual(upsideDown(row));
    expect(flipped("vertical", [0.5])).toEqual(row);
  });

  test("both each on its own", () => {
    expect(flipped("both", [0.1, 0.9])).toEqual(mirrored(row));
    expect(flipped("both", [0.9, 0.1])).toEqual(upsideDown(row));
    expect(flipped("both", [0.1, 0.1])).toEqual(mirrored(upsideDown(row)));
    expect(flipped("both", [0.9, 0.9])).toEqual(row);
  });

  test("half of 10 000 images, within 200", () => {
    const many = augment(new Array<number[]>(10_000).fill([0, 1]), { shape: [1, 2, 1], flip: true, seed: 4 });
    expect(Math.abs(many.filter(([first]) => first === 1).length - 5000)).toBeLessThan(200);
  });
});

describe("each option alone", () => {
  const line = [1, 2, 3, 4, 5, 6, 7, 8];
  const varied = (image: readonly number[], options: Partial<AugmentOptions>, draws: number[]) =>
    augment([image], { shape: [1, 8, 1], ...options, seed: stubGenerator(draws) })[0];

  test("shift is a share of the width, to the right above one half, and edges go on", () => {
    expect(varied(line, { shift: 0.5 }, [0.75, 0.5])).toEqual([1, 1, 1, 2, 3, 4, 5, 6]);
    expect(varied(line, { shift: 0.5 }, [0.25, 0.5])).toEqual([3, 4, 5, 6, 7, 8, 8, 8]);
    expect(varied(line, { shape: [8, 1, 1], shift: 0.5 }, [0.5, 0.75])).toEqual([1, 1, 1, 2, 3, 4, 5, 6]);
  });

  test("rotate turns: by half a turn all is mirrored; right is then down", () => {
    expect(varied(line, { rotate: 180 }, [0])).toEqual(line.toReversed());
    expect(varied([1, 2, 3, 4], { shape: [2, 2, 1], rotate: 90 }, [1])).toEqual([3, 1, 4, 2]);
  });

  test("zoom enlarges above one half, and makes smaller below", () => {
    expect(varied(line, { zoom: 0.5 }, [0.5])).toEqual(line);
    expect(varied([0, 0, 0, 2, 2, 0, 0, 0], { zoom: 0.5 }, [0])).toEqual([0, 0, 0, 1, 1, 0, 0, 0]);
    const [, , , inner] = varied(line, { zoom: 0.9 }, [1]);
    expect(inner).toBeCloseTo(4.5 - 0.5 / 1.9, 12);
  });

  test("brightness adds one number to all, which are not clipped", () => {
    expect(varied(line, { brightness: 4 }, [0])).toEqual(line.map((value) => value - 4));
    expect(varied(line, { brightness: 4 }, [0.75])).toEqual(line.map((value) => value + 2));
  });

  test("numbers are drawn for each image alone", () => {
    const images = augment([line, line], { shape: [1, 8, 1], brightness: 1, seed: stubGenerator([0, 1]) });
    expect(images.map(([first]) => first)).toEqual([0, 2]);
  });
});

describe("seed", () => {
  const options = { shape, flip: "both", shift: 0.2, rotate: 20, zoom: 0.2, brightness: 0.1 } as const;

  test("the same gives the same, another another, and 0 is the default", () => {
    const first = augment(rows(4), { ...options, seed: 1 });
    expect(augment(rows(4), { ...options, seed: 1 })).toEqual(first);
    expect(augment(rows(4), { ...options, seed: 2 })).not.toEqual(first);
    expect(augment(rows(4), options)).toEqual(augment(rows(4), { ...options, seed: 0 }));
  });

  test("a generator goes on: two calls are those of one", () => {
    const seed = pcg32(5);
    const apart = [
      ...augment(rows(4).slice(0, 1), { ...options, seed }),
      ...augment(rows(4).slice(1), { ...options, seed }),
    ];
    expect(apart).toEqual(augment(rows(4), { ...options, seed: 5 }));
  });

  test("of seeds 0 to 999, the first numbers are spread as drawn ones are: mean, deviation, one beside the next", () => {
    const firsts = Array.from(
      { length: 1000 },
      (_, seed) => augment([[0]], { shape: [1, 1, 1], brightness: 1, seed })[0][0],
    );
    const mean = firsts.reduce((a, b) => a + b) / 1000;
    const variance = firsts.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 1000;
    const covariance =
      firsts.slice(1).reduce((sum, value, index) => sum + (value - mean) * (firsts[index] - mean), 0) / 999;
    expect(Math.abs(mean)).toBeLessThan(0.06);
    expect(Math.abs(variance - 1 / 3)).toBeLessThan(0.04);
    expect(Math.abs(covariance / variance)).toBeLessThan(0.1);
  });

  test("the bits are these", () => {
    const [row] = augment([Float64Array.from(drawRow())], { ...options, seed: 3 });
    expect([...row].slice(0, 3)).toEqual([0.7078371342279633, 0.6704326304437116, 0.2520943242036273]);
  });
});

test("results have the form of the batch, and the same numbers in each", () => {
  const options = { shape, flip: true, rotate: 10, seed: 2 };
  const batch = rows(2);
  const flat = augment(batch, options);
  expect(
    augment(
      batch.map((row) => Float64Array.from(row)),
      options,
    ),
  ).toEqual(flat.map((row) => Float64Array.from(row)));
  expect(augment(Float64Array.from(batch.flat()), options)).toEqual(Float64Array.from(flat.flat()));
  const nest = (row: readonly number[]) =>
    [0, 1, 2].map((y) => [0, 1, 2, 3].map((x) => row.slice((y * 4 + x) * 2, (y * 4 + x + 1) * 2)));
  expect(augment(batch.map(nest), options)).toEqual(flat.map(nest));
  const single = augment(Float32Array.from(batch.flat()), options);
  expect(single instanceof Float32Array).toBe(true);
  expect(Math.max(...single.map((value, index) => Math.abs(value - flat.flat()[index])))).toBeLessThan(1e-6);
  expect(augment(Uint8Array.of(1, 2, 3, 4), { shape: [1, 4, 1], brightness: 0.5, seed: 1 })).toBeInstanceOf(
    Float32Array,
  );
});

test("fitBatches trains on it, and ends with the same bits each time", async () => {
  const targets = [0, 1, 0, 1];
  const train = async () => {
    const network = new Network({ inputs: 24, layers: [dense(2)], seed: 1 });
    const trainer = new Trainer(network, { loss: "softmaxCrossEntropy" });
    const seen: string[] = [];
    function* source(epoch: number) {
      const random = pcg32(epoch);
      for (let batch = 0; batch < 2; batch++) {
        const inputs = augment(rows(4), { shape, flip: true, shift: 0.1, seed: random });
        seen.push(inputs.join());
        yield { inputs, targets };
      }
    }
    await trainer.fitBatches(source, { epochs: 2 });
    return { seen, weights: [...network.parameters[0].values] };
  };
  const { seen, weights } = await train();
  expect(new Set(seen).size).toBe(4);
  expect((await train()).weights).toEqual(weights);
});

describe("augment refuses", () => {
  test.each<[Partial<AugmentOptions>, string]>([
    [{ shift: -0.1 }, "augment shift: got -0.1, need a number from 0 to 1, a share of the side"],
    [{ shift: 1.5 }, "augment shift: got 1.5, need"],
    [{ rotate: 181 }, "augment rotate: got 181, need a number of degrees from 0 to 180"],
    [{ zoom: 1 }, "augment zoom: got 1, need a number from 0 to below 1"],
    [{ zoom: "0.1" as unknown as number }, 'augment zoom: got "0.1", need'],
    [{ brightness: Number.POSITIVE_INFINITY }, "augment brightness: got Infinity, need a number of 0 or more, finite"],
    [{ brightness: Number.NaN }, "augment brightness: got NaN, need"],
    [{ flip: "horizontally" as "both" }, 'augment flip: got "horizontally", need one of horizontal, vertical, both'],
    [{ flip: 1 as unknown as true }, "augment flip: got 1, need one of"],
    [{ seed: -1 }, "pcg32 seed: got -1"],
    [{ shape: [3, 4, 0] }, "augment shape: got 0, need a whole number"],
    [{ rotation: 5 } as object, 'augment option: got "rotation", need one of shape, flip, shift, rotate, zoom'],
  ])("options %o", (options, message) => {
    expect(() => augment(rows(1), { shape, ...options })).toThrow(RangeError);
    expect(() => augment(rows(1), { shape, ...options })).toThrow(message);
  });

  test("no shape, and no options", () => {
    const message = "augment shape: got undefined, need [height, width, channels]";
    expect(() => augment(rows(1), {} as AugmentOptions)).toThrow(new TypeError(message));
    expect(() => augment(rows(1), undefined as unknown as AugmentOptions)).toThrow(new TypeError(message));
  });

  test("a bad image, before it draws a number", () => {
    const seed = pcg32(1);
    const before = seed.state;
    const bad = [...rows(2), drawRow().with(5, Number.NaN)];
    expect(() => augment(bad, { shape, flip: true, seed })).toThrow(
      new RangeError("augment, row 2, number 5: got NaN, need a finite number"),
    );
    expect(seed.state).toEqual(before);
  });
});
