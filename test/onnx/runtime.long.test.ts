/**
 * What toOnnx writes, in ONNX Runtime, and by Python's checker of ONNX files. `npm run test:onnx` installs both; without them these tests
 * are skipped.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Network } from "../../src/index.ts";
import { toOnnx } from "../../src/onnx/index.ts";
import { activations, denseCase, graphOf } from "../cases.ts";
import { type Example, examplesOf, kinds, networks, raggedLengths, raggedNetworks } from "./examples.ts";
import { goldenNetworks } from "./goldens.ts";
import { cases as pipelines, rawInputs, textCase } from "./pipelines.ts";

const runtime = join(import.meta.dirname, "node_modules/onnxruntime-node");
const checker = "/usr/lib/python3/dist-packages/onnx/checker.py";

interface Tensor {
  readonly data: ArrayLike<number | string>;
}
interface Runtime {
  readonly InferenceSession: {
    create: (
      bytes: Uint8Array,
    ) => Promise<{ inputNames: string[]; run: (feeds: object) => Promise<Record<string, Tensor>> }>;
  };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => Tensor;
}

const named: readonly Example[] = [
  ...networks,
  ...kinds,
  ...goldenNetworks.filter(({ lengths }) => !lengths),
  ...activations.map(
    ({ name, activation }): Example => ({
      name: `activation ${name}`,
      network: (dtype) => new Network({ ...graphOf(denseCase, activation, activation), dtype }),
    }),
  ),
];

describe.skipIf(!existsSync(runtime))("ONNX Runtime gives the same answers to 1e-5", () => {
  let ort: Runtime;
  beforeAll(() => {
    ort = createRequire(import.meta.url)(runtime) as Runtime;
  });

  test.each([17, 18, 21].flatMap((opset) => named.map((example) => ({ ...example, opset }))))(
    "$name, opset $opset",
    async (example) => {
      const network = example.network("float32");
      const rows = 3;
      const examples = examplesOf(network, example, rows);
      const session = await ort.InferenceSession.create(toOnnx(network, { opset: example.opset }));
      const [{ shape }] = network.engine.graph.inputs;
      const isTokens = network.layers.some(({ description }) => description.kind === "embedding");
      const data = isTokens ? BigInt64Array.from(examples, (token) => BigInt(token)) : examples;
      const feed = new ort.Tensor(isTokens ? "int64" : "float32", data, [rows, ...shape]);
      const results = Object.values(await session.run({ [session.inputNames[0]]: feed }));
      const answers = [network.predict(examples)].flat() as unknown as Float32Array[];
      expect(results.length).toBe(answers.length);
      for (const [index, { data: got }] of results.entries()) {
        expect(got.length).toBe(answers[index].length);
        for (const [place, value] of (got as Float32Array).entries()) {
          expect(Math.abs(value - answers[index][place]), `${place}`).toBeLessThan(1e-5 * (1 + Math.abs(value)));
        }
      }
    },
  );

  const ragged = [
    ...raggedNetworks.map((each) => ({ ...each, lengths: raggedLengths })),
    ...goldenNetworks.flatMap((each) => (each.lengths ? [{ ...each, lengths: each.lengths }] : [])),
  ];
  test.each(ragged.flatMap((each) => [17, 21].map((opset) => ({ ...each, opset }))))(
    "sequences that differ in length: $name, opset $opset",
    async (example) => {
      const network = example.network("float32");
      const rows = example.lengths.length;
      const examples = examplesOf(network, example, rows);
      const session = await ort.InferenceSession.create(toOnnx(network, { opset: example.opset }));
      const [{ shape }] = network.engine.graph.inputs;
      const feeds = {
        input: new ort.Tensor("float32", examples, [rows, ...shape]),
        lengths: new ort.Tensor("int32", Int32Array.from(example.lengths), [rows]),
      };
      const { output } = await session.run(feeds);
      const answers = network.predict(examples, { lengths: example.lengths }) as Float32Array;
      const [made] = network.engine.graph.outputs;
      const { lengths } = made;
      const width = answers.length / rows;
      for (const [row, length] of example.lengths.entries()) {
        // What is behind an end is not defined.
        const real = lengths ? Math.floor((length + lengths.shift) / lengths.stride) * made.shape[1] : width;
        for (let place = row * width; place < row * width + real; place++) {
          expect(Math.abs((output.data[place] as number) - answers[place]), `${row} ${place}`).toBeLessThan(1e-5);
        }
      }
    },
  );

  test.each(pipelines.flatMap((each) => (["float32", "float64"] as const).map((dtype) => ({ ...each, dtype }))))(
    "a pipeline of $name, $dtype, on raw values",
    async ({ pipeline: make, records, dtype }) => {
      const pipeline = make(dtype);
      const session = await ort.InferenceSession.create(toOnnx(pipeline));
      const unknown = { ...records[0], island: "Atlantis", mass: 3e6 };
      const given = pipeline.columns.length === 1 ? records : [...records, unknown];
      const raw = rawInputs(given);
      const feeds = session.inputNames.map((name) => {
        const isText = typeof raw[name][0] === "string";
        const values = isText ? raw[name] : Float64Array.from(raw[name] as number[]);
        return [name, new ort.Tensor(isText ? "string" : "float64", values, [given.length, 1])];
      });
      const { prediction, probabilities } = await session.run(Object.fromEntries(feeds));
      const answers = pipeline.predict(given);
      const { target } = pipeline;
      for (const [row, answer] of answers.entries()) {
        if (target.kind === "number") {
          const number = answer.prediction as number;
          expect(Math.abs(Number(prediction.data[row]) - number)).toBeLessThan(1e-5 * Math.abs(number));
          continue;
        }
        expect(String(prediction.data[row])).toBe(String(answer.prediction));
        Object.entries(answer.probabilities!).forEach(([label, wanted]) => {
          const place = target.classes.map(String).indexOf(label);
          const got = probabilities.data[row * target.classes.length + place] as number;
          expect(Math.abs(got - wanted), `${row} ${label}`).toBeLessThan(1e-5);
        });
      }
      expect(new Set(answers.map(({ prediction: each }) => each)).size).toBeGreaterThan(1);
    },
  );
});

describe.skipIf(!existsSync(checker))("Python's checker accepts", () => {
  const folder = mkdtempSync(join(tmpdir(), "simdnet-onnx-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("every file that is written", () => {
    const files = [...named, ...raggedNetworks].flatMap((example, index) =>
      (["float32", "float64"] as const).map((dtype) => {
        const file = join(folder, `${index}-${dtype}.onnx`);
        writeFileSync(file, toOnnx(example.network(dtype)));
        return file;
      }),
    );
    const all = [...pipelines, textCase];
    files.push(
      ...all.map(({ pipeline }, index) => {
        const file = join(folder, `pipeline-${index}.onnx`);
        writeFileSync(file, toOnnx(pipeline("float32")));
        return file;
      }),
    );
    const program =
      "import sys, onnx\nfor name in sys.argv[1:]:\n  onnx.checker.check_model(onnx.load(name), full_check=True)\nprint(len(sys.argv) - 1)";
    const printed = execFileSync("/usr/bin/python3", ["-c", program, ...files], { encoding: "utf8" });
    expect(Number(printed)).toBe(files.length);
  });
});
