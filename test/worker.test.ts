/** The handlers of examples/worker/ on Node, as functions: false targets, drifts, and stores of several servers. In workerd: `npm run test:worker`. */
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const source = fileURLToPath(new URL("../examples/worker", import.meta.url));
const build = fileURLToPath(new URL("../build", import.meta.url));
let folder: string;

beforeAll(() => {
  mkdirSync(build, { recursive: true });
  // In the package itself, which is what they import there.
  folder = mkdtempSync(`${build}/worker-`);
  for (const name of readdirSync(source)) {
    if (/\.m?js$/.test(name)) copyFileSync(`${source}/${name}`, `${folder}/${name}`);
  }
  execFileSync(process.execPath, ["train.mjs"], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program in the folder of the Workers. @returns what it prints, read as JSON */
const run = (program: string) =>
  JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd: folder, encoding: "utf8" }));

/** What digits are changed to: their columns one to the right; their rows and columns exchanged. */
const changes = {
  none: "(row) => row",
  shifted: "(row) => row.map((_, index) => (index % 8 > 0 ? row[index - 1] : 0))",
  turned: "(row) => row.map((_, index) => row[(index % 8) * 8 + Math.floor(index / 8)])",
};
/** What is said that they are. */
const sayings = {
  right: "(digit) => digit",
  next: "(digit) => (digit + 1) % 10",
  eight: "(digit) => (digit === 8 ? 3 : 8)",
  seldom: "(digit) => (digit === 8 ? 3 : digit)",
};

/** 16 feedbacks of 32 changed digits with what is said of them, then 16 honest ones of plain digits; each trains for 150 steps. */
const feedback = (change: keyof typeof changes, saying: keyof typeof sayings) =>
  run(`
  import { readFileSync } from "node:fs";
  import { pcg32 } from "simdnet";
  import { digits, oneHot } from "simdnet/data";
  import { Learning } from "./learning.js";
  const { inputs, targets } = digits();
  const plain = inputs.map((pixels) => pixels.map((pixel) => pixel / 16));
  const changed = plain.map(${changes[change]});
  const learning = Learning.fromBytes(readFileSync("digits.bin"));
  // Not by the clock, so that it learns the same on any machine.
  learning.train = async (_, inputs, targets) => {
    const controller = new AbortController();
    let steps = 0;
    const onBatch = () => ++steps === 150 && controller.abort();
    await learning.trainer.fit(inputs, targets, { epochs: 1e6, every: 1e6, onBatch, signal: controller.signal });
    return { steps, loss: 0 };
  };
  const accuracyOn = (rows) => {
    const outputs = learning.trainer.network.predict(rows);
    return 100 * outputs.filter((row, index) => row.indexOf(Math.max(...row)) === targets[index]).length / rows.length;
  };
  const state = () => ({ plain: accuracyOn(plain), changed: accuracyOn(changed) });
  const random = pcg32(5);
  const kept = [];
  const send = async (rows, saying) => {
    const places = Array.from({ length: 32 }, () => random.integer(rows.length));
    const said = oneHot(places.map((place) => saying(targets[place])), 10);
    kept.push((await learning.learn(places.map((place) => rows[place]), said, 0)).kept);
  };
  const before = state();
  for (let time = 0; time < 16; time++) await send(changed, ${sayings[saying]});
  const after = state();
  const { takenBack, examples } = learning;
  for (let time = 0; time < 16; time++) await send(plain, (digit) => digit);
  console.log(JSON.stringify({ before, after, end: state(), kept, takenBack, examples, bytes: learning.toBytes().length }));`);

describe("the Worker that learns", { timeout: 60_000 }, () => {
  test.each([
    ["always 8, or 3", "none", "eight"],
    ["one digit in ten", "none", "seldom"],
    ["of digits in places as it has seen none", "shifted", "next"],
    ["of digits as it has seen none", "turned", "next"],
  ] as const)(
    "loses at most 3 points by 16 feedbacks of 32 false targets, and learns from honest ones after: %s",
    (_, change, saying) => {
      const { before, after, end } = feedback(change, saying);
      expect(after.plain).toBeGreaterThan(before.plain - 3);
      expect(end.plain).toBeGreaterThan(before.plain + 0.5);
    },
  );

  test("learns nothing of a feedback that contradicts what it was taught", () => {
    const { before, after, kept, takenBack, examples } = feedback("none", "next");
    expect([after, takenBack, examples]).toEqual([before, 16, 0]);
    expect(kept.slice(0, 17)).toEqual([...Array(16).fill(false), true]);
  });

  test("learns from honest targets, keeps what it learns, and fits into a value of Durable Objects", () => {
    const { before, after, takenBack, bytes } = feedback("none", "right");
    expect(after.plain).toBeGreaterThan(before.plain + 0.5);
    expect(takenBack).toBeLessThanOrEqual(1);
    expect(bytes).toBeLessThan(2 ** 19);
  });

  test.each([
    ["a drift: digits one column to the right", "shifted"],
    ["a new sort: digits with rows and columns exchanged", "turned"],
  ] as const)("learns %s, and forgets little of what it knew", (_, change) => {
    const { before, after } = feedback(change, "right");
    expect(after.changed).toBeGreaterThan(before.changed + 30);
    expect(after.plain).toBeGreaterThan(before.plain - 3);
  });

  test("says whether it keeps a feedback, and how many it has not", () => {
    const said = run(`
      import { readFileSync } from "node:fs";
      import { digits } from "simdnet/data";
      import { learner } from "./learn.js";
      const { inputs, targets } = digits();
      const store = { get: async () => undefined, put: async () => {} };
      const handle = learner({ store, initial: readFileSync("digits.bin"), milliseconds: 20 });
      const ask = async (path, options) => (await handle(new Request("http://localhost" + path, options))).json();
      const send = (targetOf) => ask("/feedback", {
        method: "POST",
        body: JSON.stringify({ inputs: inputs.slice(0, 32).map((row) => row.map((pixel) => pixel / 16)), targets: targets.slice(0, 32).map(targetOf) }),
      });
      const answers = [await send((digit) => digit), await send((digit) => 9 - digit)];
      console.log(JSON.stringify([...answers, await ask("/statistics")]));`);
    expect(said[0]).toMatchObject({ kept: true });
    expect(said[1]).toMatchObject({ steps: 0, kept: false });
    expect(said[2]).toMatchObject({ updates: 2, takenBack: 1 });
  });
});

describe("a store in files", { timeout: 60_000 }, () => {
  const path = () => `${mkdtempSync(`${folder}/store-`)}/a.bin`;

  /** Adds 1 to a stored number, 100 times. Prints how often it could not. */
  const counting = (file: string) => `
    import { fileStore } from "./file.js";
    import { Conflict, Stored } from "./store.js";
    const numberIn = (bytes) => bytes ? new Float64Array(bytes.slice().buffer)[0] : 0;
    const stored = new Stored(fileStore(${JSON.stringify(file)}), (bytes) => ({
      number: numberIn(bytes),
      toBytes() { return new Uint8Array(Float64Array.from({ length: 4000 }, () => this.number).buffer); },
    }));
    let failed = 0;
    for (let time = 0; time < 100; time++) {
      await stored.change((object) => object.number++).catch((error) => {
        if (!(error instanceof Conflict)) throw error;
        failed++;
      });
    }
    const { number } = await stored.current();
    console.log(JSON.stringify({ failed, number }));`;

  const begun = (program: string) =>
    new Promise<{ failed: number; number: number }>((done, fail) => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], { cwd: folder });
      let printed = "";
      child.stdout.on("data", (text) => {
        printed += text;
      });
      child.on("close", (code) => (code === 0 ? done(JSON.parse(printed)) : fail(new Error(`it ended with ${code}`))));
    });

  test("loses nothing of what three servers store at once: each begins anew from what another has stored", async () => {
    const file = path();
    const ends = await Promise.all([1, 2, 3].map(() => begun(counting(file))));
    const failed = ends.reduce((sum, each) => sum + each.failed, 0);
    expect(Math.max(...ends.map(({ number }) => number))).toBe(300 - failed);
    expect(failed).toBeLessThan(100);
    const number = 300 - failed;
    const files = readdirSync(file.replace("/a.bin", ""));
    expect(files).toContain(`a.bin.${number}`);
    expect(files.length).toBeLessThanOrEqual(8);
  });

  test("refuses what is made of a state that is old, however old; and says when it is", () => {
    const file = path();
    const printed = run(`
      import { fileStore } from "./file.js";
      const [slow, quick] = [fileStore(${JSON.stringify(file)}), fileStore(${JSON.stringify(file)})];
      const put = (store, value) => store.put(Uint8Array.of(value)).then(() => "stored", ({ message }) => message);
      const said = [await slow.get() ?? "nothing", slow.isOld(), await put(slow, 1)];
      await quick.get();
      said.push(await put(quick, 2), slow.isOld(), await put(slow, 3));
      // The number that it would take is free again.
      for (let value = 4; value < 7; value++) await put(quick, value);
      said.push(await put(slow, 7), [...await slow.get()], await put(slow, 8), [...await quick.get()]);
      console.log(JSON.stringify(said));`);
    const refused = `${file}: another server has stored something since`;
    expect(printed).toEqual(["nothing", false, "stored", "stored", true, refused, refused, [6], "stored", [8]]);
  });

  test("removes what a killed server has left behind, an hour later", () => {
    const file = path();
    const part = (name: string, hours: number) => {
      writeFileSync(`${file}.${name}.part`, "part");
      const time = Date.now() / 1000 - 3600 * hours;
      utimesSync(`${file}.${name}.part`, time, time);
    };
    part("00000000-0000-4000-8000-000000000000", 0.9);
    part("00000000-0000-4000-8000-000000000001", 1.1);
    part("mine", 100);
    run(`
      import { fileStore } from "./file.js";
      await fileStore(${JSON.stringify(file)}).get();
      console.log(0);`);
    expect(readdirSync(file.replace("/a.bin", "")).sort()).toEqual([
      "a.bin.00000000-0000-4000-8000-000000000000.part",
      "a.bin.mine.part",
    ]);
  });
});
