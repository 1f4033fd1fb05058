/** The package where there is less than Node or a browser has: nothing but ECMAScript and WebAssembly, no WebAssembly, little memory. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import * as data from "#dist/data/index.js";
import * as simdnet from "#dist/index.js";
import * as onnx from "#dist/onnx/index.js";
import * as pictures from "#dist/pictures/index.js";

interface Package {
  readonly simdnet: typeof simdnet;
  readonly data: typeof data;
  readonly pictures: typeof pictures;
  readonly onnx: typeof onnx;
}

/** Loads every entry, as CommonJS, in a realm of its own that has no global of a host. */
function bareHost(): Package {
  const context = createContext({});
  const loaded = new Map<string, unknown>();
  const load = (file: string): unknown => {
    if (!loaded.has(file)) {
      const source = readFileSync(`dist/${file}`, "utf8");
      const module = runInContext(`(function (require) { const exports = {}; ${source}\nreturn exports; })`, context);
      loaded.set(
        file,
        module((path: string) => load(path.replace("../", ""))),
      );
    }
    return loaded.get(file);
  };
  const [index, ofData, ofPictures, ofOnnx] = ["index", "data/index", "pictures/index", "onnx/index"].map((name) =>
    load(`${name}.cjs`),
  );
  return { simdnet: index, data: ofData, pictures: ofPictures, onnx: ofOnnx } as Package;
}

/** Uses what a user does; where the caller makes arrays, they are of another realm than the package. */
async function program({ simdnet, data }: Package) {
  const {
    adam,
    cosineDecay,
    dense,
    dropout,
    earlyStopping,
    embedding,
    globalMaxPool,
    Network,
    Pipeline,
    progress,
    Trainer,
  } = simdnet;
  const { inputs, targets } = data.iris();
  const layers = [dense(8, { activation: "tanh" }), dropout(0.1), dense(3)];
  const network = new Network({ inputs: 4, layers, seed: 1 });
  const options = {
    loss: "sparseSoftmaxCrossEntropy" as const,
    optimizer: adam({ learningRate: cosineDecay({ initial: 0.01, steps: 200 }) }),
    metrics: ["accuracy" as const],
    seed: 2,
  };
  const trainer = new Trainer(network, options);
  const callbacks = [earlyStopping({ patience: 5 }), progress({ isTTY: true, write: () => {} })];
  const history = await trainer.fit(inputs, targets, { epochs: 30, validationSplit: 0.2, callbacks });
  const resumed = Trainer.fromBytes(trainer.toBytes());
  const { steps } = await resumed.fitFor(20, inputs, targets);
  const wide = new Network({ inputs: 4, layers: [dense(2)], dtype: "float64", seed: 3 });
  const tokens = new Network({ inputs: [5], layers: [embedding(20, 4), globalMaxPool(), dense(1)], seed: 4 });

  const records = [
    { größe: 1, colour: "rot %41 😀" },
    { größe: 2, colour: "blau" },
  ];
  const encoding = data.encodeRecords(records);
  const small = new Network({
    inputs: encoding.features.length,
    layers: [dense(2, { activation: "softmax" })],
    seed: 5,
  });
  const target = { kind: "classes" as const, name: "kind", classes: ["a", "b"] };
  const pipeline = new Pipeline({ network: small, encoding, target });
  const chunks: unknown[] = [];
  const bytes = new Uint8Array(Buffer.from("\ufeffgröße,colour\n1,rot €\n2,blau 😀\n"));
  const pieces = [bytes.subarray(0, 7), bytes.subarray(7)];
  for await (const columns of data.streamCsv(pieces)) chunks.push(columns);
  return {
    loss: history.loss,
    hasSteps: steps > 0,
    evaluation: trainer.evaluate(inputs, targets),
    predictions: Network.fromBytes(network.toBytes()).predict(inputs.slice(0, 3)),
    others: [wide.predict([1, 2, 3, 4]), tokens.predict([1, 2, 3, 4, 5])],
    pipeline: Pipeline.fromBytes(pipeline.toBytes()).predict(records),
    table: data.parseCsv("größe;name\n1;x\n").records,
    chunks,
  };
}

/** The same numbers and texts, in objects of this realm. */
const ofThisRealm = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("with nothing but ECMAScript and WebAssembly", () => {
  test("makes, trains, saves and loads networks and pipelines, to the same bits", async () => {
    const bare = bareHost();
    expect(ofThisRealm(await program(bare))).toEqual(ofThisRealm(await program({ simdnet, data, pictures, onnx })));
  });

  test("reads pictures", () => {
    const data = Uint8Array.from({ length: 12 }, (_, index) => 20 * index);
    const png = new Uint8Array(encode({ width: 2, height: 2, channels: 3, data, text: { Title: "grün" } }));
    expect(ofThisRealm(bareHost().pictures.readPicture(png))).toEqual(ofThisRealm(pictures.readPicture(png)));
  });
});

test("without WebAssembly, a network says that the runtime has none", () => {
  const context = createContext({});
  const source = readFileSync("dist/index.cjs", "utf8");
  const load = runInContext(
    `delete globalThis.WebAssembly; (function () { const exports = {}; ${source}\nreturn exports; })`,
    context,
  );
  const { Network, dense } = load() as typeof simdnet;
  const message = "WebAssembly: got a runtime without it, need one with SIMD";
  for (const arithmetic of ["strict", "relaxed"] as const) {
    expect(() => new Network({ inputs: 2, layers: [dense(1)], arithmetic })).toThrow(message);
  }
});

/** The address space of a process, in kilobytes. A network reserves 10 GB of it, of which it uses next to nothing. */
const limit = 3_000_000;

test.runIf(process.platform === "linux")("where memory is short, a network says so", () => {
  const program = `
    const { Network, dense } = require("./dist/index.cjs");
    try {
      new Network({ inputs: 2, layers: [dense(1)] });
    } catch ({ name, message }) {
      console.log(name + ": " + message);
    }`;
  const command = `ulimit -v ${limit} && exec "$0" -e "$1"`;
  const said = execFileSync("sh", ["-c", command, process.execPath, program], { encoding: "utf8" });
  expect(said).toMatch(/^RangeError: memory: got none for the network \(.+\), need fewer networks at a time$/m);
});
