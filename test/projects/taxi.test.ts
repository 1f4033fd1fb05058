/** The project, run as a user runs it on a part of its data, and its reading and cleaning on small files. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Columns } from "../../src/data/index.ts";

const project = fileURLToPath(new URL("../../examples/projects/taxi/", import.meta.url));
const build = fileURLToPath(new URL("../../build", import.meta.url));
const shipped = (name: string) =>
  gunzipSync(readFileSync(`${project}../data/taxi/${name}.csv.gz`))
    .toString()
    .trimEnd()
    .split("\n");
const [head, ...lines] = shipped("train");
const importOf = (name: string) => import(new URL(`${name}.mjs`, `file://${project}`).href);

let folder: string;
const pathOf = (name: string, text: string) => {
  const path = `${folder}/${name}`;
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
  return path;
};
const run = (name: string, ...args: string[]) =>
  execFileSync(process.execPath, [`${project}${name}.mjs`, ...args], { cwd: folder, encoding: "utf8" });

beforeAll(() => {
  mkdirSync(build, { recursive: true });
  folder = mkdtempSync(`${build}/taxi-`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("examples/projects/taxi", () => {
  const model = "taxi-results/model.safetensors";
  const asked = [model, "--from", "40.7484,-73.9857", "--to", "40.6445,-73.7828"];

  test("trains on trips, says errors beside baselines, leaves a page and a model that knows what an airport costs", () => {
    pathOf("train.csv.gz", [head, ...lines.slice(0, 3000)].join("\n"));
    pathOf("test.csv", [head, ...shipped("test").slice(1, 1000)].join("\n"));
    const printed = run("train", folder, "--epochs", "3");
    expect(printed).toMatch(/^3,999 trips read; not used, because\n +0 {2}a value is missing\n/);
    const errorOf = (what: string) => Number(new RegExp(`^  ${what} +\\$([\\d.]+) `, "m").exec(printed)![1]);
    expect(errorOf("a line through the distance")).toBeLessThan(errorOf("always the mean fare") - 3);
    expect(errorOf("ten more features")).toBeLessThan(errorOf("always the mean fare") - 3);
    expect(errorOf("the book's network")).toBeLessThan(errorOf("always the mean fare") - 3);

    expect(readdirSync(`${folder}/taxi-results`).sort()).toEqual(["model.safetensors", "page.html", "try.html"]);
    const page = readFileSync(`${folder}/taxi-results/page.html`, "utf8");
    for (const part of ["Where trips begin", "weekday", "Predicted against true", "The ten worst"])
      expect(page).toContain(part);
    expect(page).not.toMatch(/<script|src="http|NaN|undefined/);

    const ask = (to: string) =>
      run("predict", model, "--from=40.7484,-73.9857", `--to=${to}`, "--at", "2014-05-03 18:30");
    const [, far, dear] = /^([\d.]+) km as the crow flies: about \$([\d.]+)\n$/.exec(ask("40.6445,-73.7828"))!;
    expect(far).toBe("20.6");
    expect(Number(dear)).toBeGreaterThan(35);
    expect(Number(/\$([\d.]+)/.exec(ask("40.7527,-73.9772"))![1])).toBeLessThan(15);
  });

  test.each<[string, string[], RegExp]>([
    ["train", ["nowhere.csv"], /^nowhere.csv: ENOENT|^ENOENT: no such file or directory, open 'nowhere.csv'$/],
    [
      "predict",
      [model, "--from", "41,-73.9", "--to", "40.7,-73.9", "--at", "2014-05-03 18:30"],
      /^--from: got 41,-73.9, need lat/,
    ],
    // The trips to train are from 2009 to 2015, of one to six passengers.
    ["predict", [...asked, "--at", "2016-05-03 18:30"], /^--at: got 2016-05-03 18:30, need a date and time from 2009-/],
    ["predict", [...asked, "--at", "2014-05-03"], /^--at: got 2014-05-03, need a date and time from 2009-/],
    ["predict", [...asked, "--at", "2014-02-30 18:30"], /^--at: got 2014-02-30 18:30, need a date and time from 2009-/],
    ...["9", "0", "1.5", "two", ""].map((many): [string, string[], RegExp] => [
      "predict",
      [...asked, "--at", "2014-05-03 18:30", "--passengers", many],
      new RegExp(`^--passengers: got ${many}, need a whole number from 1 to 6; the model knows nothing beyond$`),
    ]),
  ])("%s %j ends in a sentence", (name, args, message) => {
    const { status, stderr } = spawnSync(process.execPath, [`${project}${name}.mjs`, ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(stderr.trim()).toMatch(message);
    expect(status).toBe(1);
  });
});

describe("reading", () => {
  const trip = "2012-04-21 04:30:42.1,4.5,2012-04-21 04:30:42 UTC,-73.987,40.733,-73.991,40.758,1";
  const trips = [
    trip,
    trip.replace(",4.5,", ",-2.9,"),
    trip.replace(",4.5,", ",100.01,"),
    trip.replace("-73.987,40.733", "0,0"),
    trip.replace("-73.991,40.758", "40.758,-73.991"),
    trip.replace(",40.758,", ",,"),
    trip.replace(/1$/, "0"),
    trip.replace(",4.5,", ",100,"),
  ];
  const text = `${head}\n${trips.join("\n")}\n`;

  test("cleans, and counts what each rule takes", async () => {
    const { chunksOf, clean, survey } = await importOf("load");
    const path = pathOf("unclean.csv", text);
    for await (const chunk of chunksOf(path)) {
      const { trips, taken, nobody } = clean(chunk);
      expect([...trips.fare_amount]).toEqual([4.5, 4.5, 100]);
      expect([...trips.passenger_count]).toEqual([1, 1, 1]);
      expect(Object.values(taken)).toEqual([1, 2, 1, 1]);
      expect(nobody).toBe(1);
    }
    const { report, count, isWhole } = await survey({ train: path, test: path });
    expect(report).toMatchObject({ read: 16, nobody: 2 });
    expect({ count, isWhole }).toEqual({ count: 3, isWhole: true });
  });

  test("of a file alone, sets a fifth aside by the time of pickup, and reads the others again where they are too many", async () => {
    const { survey, trainingChunks } = await importOf("load");
    const { fitNetwork } = await importOf("network");
    const path = pathOf("many.csv.gz", [head, ...lines.slice(0, 17_000)].join("\n"));
    const whole = await survey({ train: path });
    const part = await survey({ train: path }, { most: 10_000 });
    expect(whole.isWhole).toBe(true);
    expect(part).toMatchObject({ isWhole: false, count: whole.count, test: whole.test });
    const tested = new Set(whole.test.pickup_datetime);
    expect(whole.train.pickup_datetime.some((when: string) => tested.has(when))).toBe(false);
    const share = whole.test.fare_amount.length / (whole.count + whole.test.fare_amount.length);
    expect(Math.abs(share - 0.2)).toBeLessThan(0.05);
    const fares: number[] = [];
    for await (const trips of trainingChunks({ train: path }) as AsyncIterable<Columns>) {
      fares.push(...(trips.fare_amount as Float64Array));
    }
    expect(fares).toEqual([...whole.train.fare_amount]);

    vi.spyOn(console, "log").mockImplementation(() => {});
    const { records } = await fitNetwork("book", part, { output: folder, seed: 1, epochs: 1 });
    expect(Math.sqrt(records[0].loss)).toBeLessThan(8);
  });

  test("has 17 features and 27, of which those of a known trip are known", async () => {
    const { featureSets } = await importOf("features");
    const known = {
      pickup_datetime: ["2012-09-08 18:00:00 UTC"],
      pickup_longitude: Float64Array.of(-73.98),
      pickup_latitude: Float64Array.of(40.75),
      dropoff_longitude: Float64Array.of(-73.98),
      dropoff_latitude: Float64Array.of(40.76),
      passenger_count: Float64Array.of(2),
    };
    const features = featureSets.better(known) as Record<string, Float64Array>;
    expect(Object.keys(features).length).toBe(27);
    expect(Object.keys(featureSets.book(known))).toEqual(Object.keys(features).slice(0, 17));
    const featureOf = (name: string) => features[name][0];
    const parts = ["passengers", "year", "month", "day", "weekday", "hour", "weekend", "after the rise"];
    expect(parts.map(featureOf)).toEqual([2, 2012, 9, 8, 5, 18, 1, 1]);
    expect(featureOf("distance")).toBeCloseTo(0.01, 10);
    expect(featureOf("jfk to pickup")).toBeCloseTo(Math.hypot(0.2, 0.107), 10);
    expect(featureOf("kilometres")).toBeCloseTo(1.112, 10);
    expect(featureOf("along avenues")).toBeCloseTo(1.112 * Math.cos((29 * Math.PI) / 180), 10);
    expect(featureOf("across avenues")).toBeCloseTo(1.112 * Math.sin((29 * Math.PI) / 180), 10);
    expect(["east", "north"].map((name) => Math.round(1000 * featureOf(name)))).toEqual([0, 1112]);
    expect(featureOf("time, sine")).toBeCloseTo(-1, 6);
  });

  test.each<[string, string, string]>([
    ["another table", "a,b\n1,2\n", 'streamCsv columns: got "fare_amount", need one of a, b'],
    ["nothing", "", "streamCsv: the file is empty, need a line of names and lines of values"],
    ["no usable trip", `${head}\n${trips[1]}\n`, "got no trips to train that can be used"],
    ["a text as fare", text.replace(",4.5,", ",dear,"), "fare_amount"],
  ])("refuses %s in a sentence that names the file", async (_, content, message) => {
    const { survey } = await importOf("load");
    const path = pathOf("wrong.csv", content);
    await expect(survey({ train: path })).rejects.toThrow(message);
    await expect(survey({ train: path })).rejects.toThrow(path);
  });

  test("refuses a damaged file, and a folder without trips", async () => {
    const { filesOf, survey } = await importOf("load");
    const path = `${folder}/damaged.csv.gz`;
    writeFileSync(path, gzipSync(text).subarray(0, 60));
    await expect(survey({ train: path })).rejects.toThrow(`${path}: the compressed file is damaged or cut short`);
    expect(() => filesOf([project])).toThrow("got no train.csv or train.csv.gz, need one");
  });

  test("takes the test file of a folder if it has fares, as Kaggle's has not", async () => {
    const { filesOf } = await importOf("load");
    pathOf("train.csv.gz", text);
    for (const name of ["test.csv", "test.csv.gz"]) {
      rmSync(`${folder}/test.csv`, { force: true });
      const path = pathOf(name, text);
      expect(filesOf([folder])).toEqual({ train: `${folder}/train.csv.gz`, test: path });
      pathOf(name, text.replaceAll(/^([^,]*),[^,]*/gm, "$1"));
      expect(filesOf([folder])).toEqual({ train: `${folder}/train.csv.gz`, test: undefined });
    }
  });
});
