/**
 * Runs ONNX's backend tests and writes test/fixtures/onnx-backend.json: which agree and which are refused, and why. `npm run test:onnx` runs it after a build.
 * Weights are inputs of these graphs, so some inputs may be constants. The list says for each case which are, and which outputs are asked for
 * if not all. test/fixtures/onnx.json has the smallest cases of each operator, for backend.test.ts.
 *
 * @argument the folder of Debian's package libonnx-testdata
 * @argument a part of the names of cases, which are then printed
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeModel, decodeTensor } from "../../dist/onnx/protobuf.js";
import { readModel } from "../../dist/onnx/read.js";
import { readTensor } from "../../dist/onnx/tensors.js";
import { placesOf } from "./places.mjs";

const [folder = "/usr/share/libonnx-testdata/data", only] = process.argv.slice(2);
const suites = ["node", "pytorch-converted", "pytorch-operator", "simple"];
/** Those of ONNX's own runner. */
const [relative, absolute] = [1e-3, 1e-7];

/** The tests of bfloat16 say that their numbers are uint16. */
function tensorIn(path) {
  const tensor = decodeTensor(path, new Uint8Array(readFileSync(path)));
  return readTensor(path.includes("BFLOAT16") && tensor.type === 4 ? { ...tensor, type: 16 } : tensor);
}
/** Returns the tensors of the inputs or outputs of a case. */
const tensorsIn = (path, kind) =>
  readdirSync(path)
    .filter((name) => name.startsWith(`${kind}_`))
    .sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)))
    .map((name) => {
      try {
        return tensorIn(join(path, name));
      } catch (error) {
        return { error };
      }
    });

/** Returns the greatest excess over the tolerance. */
function difference(got, wanted) {
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let index = 0; index < got.length; index++) {
    if (Object.is(got[index], wanted[index]) || got[index] === wanted[index]) continue;
    const error = Math.abs(got[index] - wanted[index]) / (absolute + relative * Math.abs(wanted[index]));
    most = Math.max(most, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }
  return most;
}

/** Runs one set of data. Returns a reason if the network disagrees. */
function compare({ network, inputs, outputs }, names, given, wanted) {
  const rows = inputs.map((port) => {
    const tensor = given[names.indexOf(port.name)];
    const made = network.dtype === "float64" ? Float64Array : Float32Array;
    return made.from(placesOf(port, tensor.values.length), (place) => tensor.values[place]);
  });
  const answers = [network.predict(rows.length === 1 ? rows[0] : rows, { validate: false })].flat();
  const results = answers.length === outputs.length && typeof answers[0] !== "number" ? answers : [answers];
  for (const [index, port] of outputs.entries()) {
    const tensor = wanted[index];
    const places = placesOf(port, results[index].length);
    const made = new Float64Array(places.length);
    places.forEach((place, at) => {
      made[place] = results[index][at];
    });
    const error = difference(made, tensor.values);
    if (error > 1) return `output ${index} differs by ${error.toPrecision(3)} tolerances`;
  }
  return undefined;
}

/** The ways to read a graph: with all inputs, or some of them as constants; with all outputs, or the first. */
function* ways(names, outputs) {
  const constantSets = [[], ...names.map((_, kept) => names.filter((_, index) => index !== kept))];
  if (names.length > 2) constantSets.push(names.slice(2));
  for (const some of [undefined, ...(outputs.length > 1 ? [outputs.slice(0, 1)] : [])]) {
    for (const constants of constantSets) yield { constants, outputs: some };
  }
}

function runCase(path) {
  const bytes = new Uint8Array(readFileSync(join(path, "model.onnx")));
  const { names, outputs } = portsOf(bytes);
  const sets = readdirSync(path).filter((name) => name.startsWith("test_data_set"));
  const data = sets.map((set) => ({
    given: tensorsIn(join(path, set), "input"),
    wanted: tensorsIn(join(path, set), "output"),
  }));
  const [first] = data;
  let refusal;
  for (const way of ways(names, outputs)) {
    const constants = Object.fromEntries(
      way.constants.flatMap((name) => {
        const tensor = first?.given[names.indexOf(name)];
        return tensor?.values ? [[name, { shape: tensor.dims, values: tensor.values }]] : [];
      }),
    );
    let model;
    try {
      model = readModel(bytes, { constants, limit: 2 ** 28, ...(way.outputs && { outputs: way.outputs }) });
    } catch (error) {
      if (!(error instanceof RangeError)) return { fault: String(error.stack) };
      // The reason that says most is that of a graph whose weights are constants.
      if (refusal === undefined || refusal.includes("may be given in constants")) {
        refusal = error.message.replace(/^fromOnnx(, |: )/, "").replace(/(, need one of Relu, Sigmoid).*/, "");
      }
      continue;
    }
    const { given, wanted } = first ?? { given: [], wanted: [] };
    try {
      const wrong = compare(model, names, given, wanted);
      if (wrong) return { fault: wrong };
    } catch (error) {
      return { fault: String(error.stack) };
    }
    return {
      ...(way.constants.length > 0 && { constants: way.constants }),
      ...(way.outputs && { outputs: way.outputs }),
    };
  }
  return { refusal };
}

/** Returns the names of a graph's inputs that are no initializers, and of its outputs. */
function portsOf(bytes) {
  const { graph = {} } = decodeModel("backend", bytes);
  const known = new Set((graph.initializers ?? []).map(({ name }) => name));
  return {
    names: (graph.inputs ?? []).map(({ name }) => name).filter((name) => !known.has(name)),
    outputs: (graph.outputs ?? []).map(({ name }) => name),
  };
}

const results = {};
for (const suite of suites) {
  if (!existsSync(join(folder, suite))) continue;
  const own = { agree: {}, refused: {}, wrong: {} };
  results[suite] = own;
  for (const name of readdirSync(join(folder, suite)).sort()) {
    if (only && !name.includes(only)) continue;
    const path = join(folder, suite, name);
    if (!existsSync(join(path, "model.onnx"))) continue;
    const { refusal, fault, ...how } = runCase(path);
    if (fault) own.wrong[name] = fault;
    else if (refusal) own.refused[name] = refusal;
    else own.agree[name] = how;
  }
  const count = (list) => Object.keys(list).length;
  console.log(`${suite}: ${count(own.agree)} agree, ${count(own.refused)} refused, ${count(own.wrong)} wrong`);
}
if (only) console.log(JSON.stringify(results, null, 1));
else {
  const here = import.meta.dirname;
  writeFileSync(join(here, "../fixtures/onnx-backend.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(here, "../fixtures/onnx.json"), `${JSON.stringify(goldens(), null, 1)}\n`);
}

/** Returns the two smallest cases of each operator that agree, with their files in base64. */
function goldens() {
  const cases = Object.entries(results).flatMap(([suite, { agree }]) =>
    Object.entries(agree).map(([name, how]) => {
      const path = join(folder, suite, name);
      const set = join(path, "test_data_set_0");
      const filesOf = (kind) =>
        readdirSync(set)
          .filter((file) => file.startsWith(kind))
          .sort();
      const base64 = (file) => readFileSync(file).toString("base64");
      const files = (kind) => filesOf(kind).map((file) => base64(join(set, file)));
      const model = base64(join(path, "model.onnx"));
      const { graph } = decodeModel(name, new Uint8Array(readFileSync(join(path, "model.onnx"))));
      const operators = [...new Set((graph.nodes ?? []).map(({ operator }) => operator))];
      const { names } = portsOf(new Uint8Array(readFileSync(join(path, "model.onnx"))));
      const entry = { name, ...how, names, model, inputs: files("input"), results: files("output") };
      return { operators, entry, size: JSON.stringify(entry).length };
    }),
  );
  const chosen = new Map();
  const counts = new Map();
  for (const { operators, entry } of cases.sort((a, b) => a.size - b.size || (a.entry.name < b.entry.name ? -1 : 1))) {
    if (operators.every((operator) => (counts.get(operator) ?? 0) >= 2)) continue;
    for (const operator of operators) counts.set(operator, (counts.get(operator) ?? 0) + 1);
    chosen.set(entry.name, entry);
  }
  return [...chosen.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
