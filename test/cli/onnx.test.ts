/** ONNX files in the command. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readOnnx } from "../../src/cli/onnx.ts";
import { dense, Network, Pipeline } from "../../src/index.ts";
import { fromOnnx, toOnnx } from "../../src/onnx/index.ts";
import { modelOf, node } from "../onnx/models.ts";
import { fixture, simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const network = new Network({ inputs: 3, layers: [dense(4, { activation: "gelu" }), dense(2)], seed: 4 });
const read = (file: string) => new Uint8Array(readFileSync(join(folder, file)));

beforeAll(() => {
  writeFileSync(join(folder, "network.safetensors"), network.toBytes());
  writeFileSync(join(folder, "network.onnx"), toOnnx(network));
  writeFileSync(join(folder, "erf.onnx"), modelOf({ nodes: [node("Erf", "x -> y")], inputs: { x: ["batch", 2] } }));
});

describe("simdnet export --onnx", () => {
  test("writes what toOnnx does, once", () => {
    const { stdout, code } = simdnet(folder, ["export", "network.safetensors", "--onnx", "made.onnx"]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^Saved {7}made\.onnx \(\d+ bytes\)\n$|^Saved {7}made\.onnx \([\d.]+ kB\)\n$/),
    ]);
    expect(read("made.onnx")).toEqual(toOnnx(network));
    expect(simdnet(folder, ["export", "network.safetensors", "--onnx", "made.onnx"]).stderr).toContain(
      "--force overwrites it",
    );
    const json = simdnet(folder, ["export", "network.safetensors", "--onnx", "made.onnx", "--force", "--json"]).stdout;
    expect(JSON.parse(json)).toEqual({ model: "network.safetensors", files: ["made.onnx"] });
  });

  test("writes a model's network, and says that its preprocessing is not in it", () => {
    simdnet(folder, ["train", fixture("penguins.csv"), "-t", "Species", "--epochs", "2", "-o", "penguins.safetensors"]);
    const { stderr, code } = simdnet(folder, ["export", "penguins.safetensors", "--onnx", "penguins.onnx"]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining("penguins.onnx: the network alone; its inputs are rows"),
    ]);
    expect(fromOnnx(read("penguins.onnx")).inputs).toBe(11);
  });

  test("writes a model with its columns and its predictions", () => {
    const args = ["export", "penguins.safetensors", "--onnx", "records.onnx", "--records"];
    const { stdout, stderr, code } = simdnet(folder, args);
    expect([code, stderr, stdout]).toEqual([0, "", expect.stringMatching(/^Saved {7}records\.onnx/)]);
    expect(read("records.onnx")).toEqual(toOnnx(Pipeline.fromBytes(read("penguins.safetensors"))));
    const alone = simdnet(folder, ["export", "network.safetensors", "--onnx", "none.onnx", "--records"]);
    expect(alone.stderr).toContain("network.safetensors: got a network alone for --records, need a model with columns");
    const module = simdnet(folder, ["export", "penguins.safetensors", "--module", "a.js", "--records"]);
    expect(module.stderr).toContain("got --records without --onnx, need an ONNX file that takes them");
  });

  test("refuses other names of files, and more than one way", () => {
    expect(simdnet(folder, ["export", "network.safetensors", "--onnx", "made.txt"]).stderr).toContain(
      "whose name ends with .onnx",
    );
    const { stderr, code } = simdnet(folder, ["export", "network.safetensors", "--onnx", "a.onnx", "--module", "a.js"]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("got --module and --onnx of --module, --worker and --onnx, need one of them"),
    ]);
  });
});

describe("simdnet import", () => {
  test("writes the network of an ONNX file", () => {
    const { stdout, code } = simdnet(folder, ["import", "network.onnx", "-o", "again.safetensors"]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^Saved {7}again\.safetensors \(.*\): 2 layers, 26 parameters\nSee it with simdnet inspect again\.safetensors\n$/,
      ),
    ]);
    const examples = Float32Array.of(1, 2, 3);
    expect(Network.fromBytes(read("again.safetensors")).predict(examples)).toEqual(network.predict(examples));
    expect(simdnet(folder, ["import", "network.onnx", "-o", "again.safetensors"]).stderr).toContain(
      "--force overwrites it",
    );
  });

  test("reads weights from a file in the same folder, and from no other", () => {
    const spec = (location: string) => {
      const external = [{ key: "location", value: location }];
      const tensors = [{ name: "w", dims: [2, 1], type: 1, location: 1, external }];
      return modelOf({ nodes: [node("MatMul", "x w -> y")], inputs: { x: ["batch", 2] }, tensors });
    };
    writeFileSync(join(folder, "large.onnx"), spec("large.onnx.data"));
    writeFileSync(join(folder, "large.onnx.data"), new Uint8Array(Float32Array.of(3, 4).buffer));
    expect(simdnet(folder, ["import", "large.onnx", "-o", "large.safetensors"]).code).toBe(0);
    const again = Network.fromBytes(read("large.safetensors"));
    expect(again.predict(Float32Array.of(1, 10))).toEqual(Float32Array.of(43));
    for (const place of ["../large.onnx.data", "/etc/passwd"]) {
      writeFileSync(join(folder, "outside.onnx"), spec(place));
      const { stderr } = simdnet(folder, ["import", "outside.onnx", "-o", "outside.safetensors"]);
      expect(stderr).toContain(`got weights in ${JSON.stringify(place)}, need a file in the same folder`);
    }
  });

  test("takes sizes and outputs", () => {
    const spec = { nodes: [node("Relu", "x -> y"), node("Erf", "y -> z")], inputs: { x: ["batch", "steps"] } };
    writeFileSync(join(folder, "named.onnx"), modelOf(spec));
    const json = simdnet(folder, [
      "import",
      "named.onnx",
      "--sizes",
      "steps=5",
      "--outputs",
      "y",
      "-o",
      "named.safetensors",
      "--json",
    ]).stdout;
    expect(JSON.parse(json)).toEqual({ model: "named.safetensors", layers: 1, parameterCount: 0, dtype: "float32" });
    expect(simdnet(folder, ["import", "named.onnx", "--sizes", "steps"]).stderr).toContain(
      "Need a whole number from 1",
    );
  });

  test("refuses an operator in a sentence, and writes nothing", () => {
    const { stderr, code } = simdnet(folder, ["import", "erf.onnx", "-o", "none.safetensors"]);
    expect([code, stderr]).toEqual([
      1,
      'simdnet: erf.onnx: fromOnnx, Erf "y": got an operator that no layer computes, need a graph without it\n',
    ]);
    expect(existsSync(join(folder, "none.safetensors"))).toBe(false);
    expect(simdnet(folder, ["import", "network.onnx", "-o", "network.onnx"]).stderr).toContain("need two files");
  });
});

test("simdnet inspect takes an ONNX file", () => {
  const { stdout } = simdnet(folder, ["inspect", "network.onnx"]);
  expect(stdout).toMatch(/^File {8}network\.onnx: .*, a network of ONNX$/m);
  expect(stdout).toMatch(/^dense1 +dense 4, gelu +\[4\] +16$/m);
});

test("a file of another format is refused by its name, by import and by inspect", () => {
  writeFileSync(join(folder, "picture.png"), Uint8Array.of(0x89, 0x50, 0x4e, 0x47));
  expect(simdnet(folder, ["import", "picture.png", "-o", "none.safetensors"]).stderr).toBe(
    "simdnet: picture.png: fromOnnx: got a PNG picture, need an ONNX file\n",
  );
  expect(simdnet(folder, ["inspect", "picture.png"]).stderr).toBe(
    "simdnet: picture.png: got a PNG picture, need a model or network of simdnet, or an ONNX file\n",
  );
  expect(simdnet(folder, ["import", "network.safetensors", "-o", "none.safetensors"]).stderr).toContain(
    "got a safetensors file, need an ONNX file: Network.fromBytes and simdnet inspect read",
  );
  expect(existsSync(join(folder, "none.safetensors"))).toBe(false);
});

test("an error of a file begins with its name", async () => {
  expect((await readOnnx("file", toOnnx(network))).parameterCount).toBe(26);
  await expect(readOnnx("file", Uint8Array.of(8))).rejects.toThrow(
    "file: fromOnnx: got 1 bytes that are not an ONNX file",
  );
});
