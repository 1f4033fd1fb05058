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

/** Sends 16 requests of 32 digits each, changed by `change`, with targets made by `targetOf`; then 16 with the digits as they are. */
const program = (change: string, targetOf: string) => `
  import { readFileSync } from "node:fs";
  import { Network, pcg32 } from "simdnet";
  import { digits } from "simdnet/data";
  import { learner } from "./learn.js";
  const { inputs, targets } = digits();
  const plain = inputs.map((pixels) => pixels.map((pixel) => pixel / 16));
  const changed = plain.map(${change});
  let bytes;
  const store = { get: async () => bytes, put: async (given) => { bytes = given; } };
  const handle = learner({ store, initial: readFileSync("digits.bin"), milliseconds: 60 });
  const ask = (path, options) => handle(new Request("http://localhost" + path, options));
  const model = async () => Network.fromBytes(new Uint8Array(await (await ask("/model")).arrayBuffer()));
  const accuracyOn = async (rows) => {
    const right = (await model()).predict(rows).filter((row, index) => row.indexOf(Math.max(...row)) === targets[index]);
    return 100 * right.length / rows.length;
  };
  const random = pcg32(5);
  const send = async (rows, targetOf) => {
    const places = Array.from({ length: 32 }, () => random.integer(rows.length));
    const body = JSON.stringify({ inputs: places.map((place) => rows[place]), targets: places.map((place) => targetOf(targets[place])) });
    const answer = await ask("/feedback", { method: "POST", body });
    return { status: answer.status, ...(await answer.json()) };
  };
  const before = { plain: await accuracyOn(plain), changed: await accuracyOn(changed) };
  const answers = [];
  for (let time = 0; time < 16; time++) answers.push(await send(changed, ${targetOf}));
  const after = { plain: await accuracyOn(plain), changed: await accuracyOn(changed) };
  const statistics = await (await ask("/statistics")).json();
  for (let time = 0; time < 16; time++) answers.push(await send(plain, (digit) => digit));
  console.log(JSON.stringify({ before, after, statistics, answers, end: await accuracyOn(plain), bytes: bytes.length }));
`;

const same = "(row) => row";
const right = "(digit) => digit";
/** The columns of each digit, one to the right; and its rows and columns exchanged. */
const shifted = "(row) => row.map((_, index) => (index % 8 > 0 ? row[index - 1] : 0))";
const turned = "(row) => row.map((_, index) => row[(index % 8) * 8 + Math.floor(index / 8)])";

describe("the Worker that learns", { timeout: 120_000 }, () => {
  test.each([
    ["one digit in ten", same, "(digit) => (digit === 8 ? 3 : digit)"],
    ["of digits as it has seen none", shifted, "(digit) => (digit + 1) % 10"],
    ["of digits as it has seen none, as they cannot be known", turned, "(digit) => (digit + 1) % 10"],
  ])(
    "loses at most 3 points by 16 requests of 32 false targets, and learns from honest ones after: %s",
    (_, change, targetOf) => {
      const { before, after, answers, end } = run(program(change, targetOf));
      expect(answers.every(({ status }: { status: number }) => status === 200)).toBe(true);
      expect(after.plain).toBeGreaterThan(before.plain - 3);
      expect(end).toBeGreaterThan(before.plain + 0.5);
    },
  );

  test("takes back the whole of a feedback that contradicts what it was taught, and says so", () => {
    const { before, after, statistics, answers } = run(program(same, "(digit) => (digit + 1) % 10"));
    expect(after).toEqual(before);
    expect(statistics).toEqual({ updates: 16, examples: 0, takenBack: 16 });
    expect(answers[0]).toMatchObject({ status: 200, steps: 0, kept: false });
    expect(answers.at(-1)).toMatchObject({ status: 200, kept: true });
  });

  test("learns from honest targets, keeps all of them, and fits into a value of Durable Objects", () => {
    const { before, after, statistics, bytes } = run(program(same, right));
    expect(after.plain).toBeGreaterThan(before.plain + 0.5);
    expect(statistics.takenBack).toBeLessThanOrEqual(1);
    expect(bytes).toBeLessThan(2 ** 19);
  });

  test.each([
    ["a drift: digits one column to the right", shifted, 30],
    ["a new sort: digits with rows and columns exchanged", turned, 10],
  ])("learns %s, and forgets little of what it knew", (_, change, gain) => {
    const { before, after } = run(program(change, right));
    expect(after.changed).toBeGreaterThan(before.changed + gain);
    expect(after.plain).toBeGreaterThan(before.plain - 3);
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
    expect(readdirSync(file.replace("/a.bin", ""))).toEqual([`a.bin.${number}`]);
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
