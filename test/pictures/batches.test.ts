import { describe, expect, test } from "vitest";
import { dense, Network, Trainer } from "../../src/index.ts";
import { type PictureBatchesOptions, pictureBatches } from "../../src/pictures/batches.ts";
import { folderOf, greyFile } from "./files.ts";

const count = 10;
const folder = folderOf({
  ...Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}.pgm`, greyFile(index * 20)])),
  "empty.jpg": "",
});
const files = Array.from({ length: count }, (_, index) => `${folder}/${index}.pgm`);
const targets = files.map((_, index) => index);
const options = { size: 1, channels: 1, scale: 1, batchSize: 4 } as const;

/** The targets and the first numbers of the batches of an epoch. */
async function read(source: ReturnType<typeof pictureBatches<string, number>>, epoch = 1) {
  const batches: { targets: number[]; values: number[] }[] = [];
  for await (const { inputs, targets } of source(epoch))
    batches.push({ targets, values: inputs.map(([first]) => first) });
  return batches;
}

describe("pictureBatches", () => {
  test("gives every picture once, with its target, the last batch smaller", async () => {
    const batches = await read(pictureBatches(files, targets, options));
    expect(batches.map((batch) => batch.targets.length)).toEqual([4, 4, 2]);
    expect(batches.flatMap((batch) => batch.targets).sort((a, b) => a - b)).toEqual(targets);
    for (const batch of batches) expect(batch.values).toEqual(batch.targets.map((index) => index * 20));
  });

  test("gives the same epoch the same batches each time, other epochs and other seeds others", async () => {
    const source = pictureBatches(files, targets, { ...options, seed: 3 });
    const first = await read(source);
    expect(await read(source)).toEqual(first);
    expect(await read(pictureBatches(files, targets, { ...options, seed: 3 }))).toEqual(first);
    const second = await read(source, 2);
    expect(second).not.toEqual(first);
    expect(await read(pictureBatches(files, targets, { ...options, seed: 4 }))).not.toEqual(first);
    // Epoch 2 of one seed is epoch 1 of no other.
    expect(await read(pictureBatches(files, targets, { ...options, seed: 5 }))).not.toEqual(second);
  });

  test("keeps the order of the files if asked to", async () => {
    const batches = await read(pictureBatches(files, targets, { ...options, shuffle: false }));
    expect(batches.flatMap((batch) => batch.targets)).toEqual(targets);
  });

  test("fills batches up behind a broken file and lists it once, kept or not; or refuses it by name", async () => {
    const mixed = files.toSpliced(3, 0, `${folder}/empty.jpg`);
    const numbers = mixed.map((_, index) => index);
    for (const keep of [false, true]) {
      const source = pictureBatches(mixed, numbers, { ...options, broken: "skip", keep });
      expect(source.skipped).toEqual([]);
      for (const epoch of [1, 2, 1]) {
        const batches = await read(source, epoch);
        expect(batches.map((batch) => batch.targets.length)).toEqual([4, 4, 2]);
        const read_ = batches.flatMap((batch) => batch.targets).sort((a, b) => a - b);
        expect(read_).toEqual(numbers.filter((index) => index !== 3));
      }
      expect(source.skipped.map(({ file }) => file)).toEqual([`${folder}/empty.jpg`]);
      await expect(read(pictureBatches(mixed, numbers, { ...options, keep }))).rejects.toThrow(
        `pictureBatches: ${folder}/empty.jpg: got an empty file`,
      );
    }
    const none = pictureBatches([`${folder}/empty.jpg`], [0], { ...options, broken: "skip" });
    await expect(read(none)).rejects.toThrow("pictureBatches: got 1 files of which none is a picture");
  });

  test("opens each file once if pictures are kept, a few files ahead, and gives the same numbers as without", async () => {
    const opened: string[] = [];
    const bytesOf = (file: string) => {
      opened.push(file);
      return new TextEncoder().encode(greyFile(20 * files.indexOf(file), 5, 3));
    };
    const kept = pictureBatches(files, targets, { ...options, keep: true, read: bytesOf });
    const plain = pictureBatches(files, targets, { ...options });
    for (const epoch of [1, 2, 3]) expect(await read(kept, epoch)).toEqual(await read(plain, epoch));
    expect(opened.length).toBe(count);
    opened.length = 0;
    const epoch = pictureBatches(files, targets, { ...options, batchSize: 1, read: bytesOf })(1);
    await epoch.next();
    expect(opened.length).toBeLessThan(6);
    await epoch.return(undefined);
  });

  test("keeps what it had read when an epoch was broken off", async () => {
    let opened = 0;
    const bytesOf = (file: string) => {
      opened++;
      return new TextEncoder().encode(greyFile(20 * files.indexOf(file)));
    };
    const source = pictureBatches(files, targets, { ...options, keep: true, read: bytesOf });
    for await (const { inputs } of source(1)) {
      expect(inputs.length).toBe(4);
      break;
    }
    const before = opened;
    expect(await read(source, 2)).toEqual(await read(pictureBatches(files, targets, options), 2));
    expect(opened - before).toBeLessThan(count);
  });

  test("varies images anew each epoch, the same each time", async () => {
    const source = pictureBatches(files, targets, { ...options, shuffle: false, augment: { brightness: 9 } });
    const [first, second] = [await read(source, 1), await read(source, 2)];
    expect(await read(source, 1)).toEqual(first);
    for (const batches of [first, second]) {
      for (const { targets, values } of batches) {
        values.forEach((value, at) => {
          expect(Math.abs(value - 20 * targets[at])).toBeLessThan(9);
        });
      }
    }
    expect(first[0].values[1]).not.toBe(second[0].values[1]);
  });

  test("trains a network by fitBatches, and one stopped in an epoch resumes to the same bits", async () => {
    const trainerOf = () =>
      new Trainer(new Network({ inputs: 1, layers: [dense(1, { activation: "sigmoid" })], seed: 1 }), {
        loss: "binaryCrossEntropy",
      });
    const isBright = targets.map((index) => (index > 4 ? 1 : 0));
    const source = pictureBatches(files, isBright, { ...options, scale: 1 / 255 });
    const [whole, stopped] = [trainerOf(), trainerOf()];
    await whole.fitBatches(source, { epochs: 3 });
    const stop = new AbortController();
    let batches = 0;
    const onBatch = () => {
      if (++batches === 5) stop.abort();
    };
    await stopped.fitBatches(source, { epochs: 3, onBatch, signal: stop.signal });
    const resumed = Trainer.fromBytes(stopped.toBytes());
    await resumed.fitBatches(source, { epochs: 3 });
    expect(resumed.network.parameters.map(({ values }) => [...values])).toEqual(
      whole.network.parameters.map(({ values }) => [...values]),
    );
  });

  test("gives every picture to each of two epochs at the same time, also where it keeps them", async () => {
    for (const keep of [false, true]) {
      const source = pictureBatches(files, targets, { ...options, keep });
      const [first, second] = [await read(source, 1), await read(source, 2)];
      const again = pictureBatches(files, targets, { ...options, keep });
      expect(await Promise.all([read(again, 1), read(again, 2)])).toEqual([first, second]);
    }
  });

  test.each<[Partial<Record<keyof PictureBatchesOptions<string>, unknown>>, string]>([
    [{ size: undefined }, "got no size"],
    [{ channels: 2 }, "channels: got 2"],
    [{ batchSize: 0 }, "pictureBatches batchSize: got 0"],
    [{ seed: -1 }, "pictureBatches seed: got -1"],
    [{ shuffle: 1 }, "got shuffle 1, need true or false"],
    [{ keep: "yes" }, 'got keep "yes", need true or false'],
    [{ augment: { shift: 2 } }, "shift: got 2"],
    [{ augment: { seed: 2 } }, 'pictureBatches augment option: got "seed"'],
    [{ batchsize: 3 } as never, 'did you mean "batchSize"'],
  ])("refuses %j before a file is opened", (wrong, message) => {
    expect(() => pictureBatches(["none"], [0], { ...options, ...wrong } as never)).toThrow(message);
  });

  test("refuses an epoch that is none", async () => {
    await expect(read(pictureBatches(files, targets, options), 0)).rejects.toThrow("pictureBatches: epoch: got 0");
  });
});
