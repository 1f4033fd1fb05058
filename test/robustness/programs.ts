/**
 * Random programs: a network, a trainer, examples and a training, as data in which anything may be wrong. A call of the
 * library is `{ call, with }`, so that every argument and option can be replaced by something else.
 */
import { shown } from "../../src/errors.ts";
import * as library from "../../src/index.ts";

export interface Call {
  call: string;
  /** Of a network with a branch: what joins it. */
  join?: "add" | "multiply" | "concatenate";
  with: unknown[];
}

export interface Program {
  network: unknown;
  trainer: unknown;
  training: { method: "fit" | "epochs" | "step"; inputs: unknown; targets: unknown; options: unknown };
}

const call = (name: string, ...given: unknown[]): Call => ({ call: name, with: given });

const isPlain = (data: unknown): data is object =>
  typeof data === "object" && data !== null && Object.getPrototypeOf(data) === Object.prototype;

/** What the data of a program stands for: every call in it is made. */
export function make(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(make);
  if (!isPlain(data)) return data;
  if (!("call" in data)) return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, make(value)]));
  const { call: name, join, with: given } = data as Call;
  const made = (Array.isArray(given) ? given : [given]).map(make);
  const numbers = () => made.map((value) => (typeof value === "number" ? value : Number.NaN));
  if (name === "float32") return Float32Array.from(numbers());
  if (name === "float64") return Float64Array.from(numbers());
  if (join)
    return branched(join, ...(made as Parameters<typeof branched> extends [unknown, ...infer Rest] ? Rest : never));
  return (library as unknown as Record<string, (...values: unknown[]) => unknown>)[name](...made);
}

type Layer = (value: library.Value) => library.Value;

/** A layer, another around which its value is joined, and what follows. */
function branched(join: NonNullable<Call["join"]>, options: object, shape: number, ...layers: Layer[]): object {
  // What is no layer is for the network to refuse.
  if (!layers.every((layer) => typeof layer === "function")) return { ...options, inputs: shape, layers };
  const [first, second, ...rest] = layers;
  const inputs = library.input(shape);
  const before = first(inputs);
  const { add, multiply, concatenate } = library;
  const joined = { add, multiply, concatenate }[join](before, second(before));
  return { ...options, inputs, outputs: rest.reduce((value, layer) => layer(value), joined) };
}

export class Chance {
  readonly #generator: library.RandomGenerator;

  constructor(seed: number) {
    this.#generator = library.pcg32(seed);
  }

  /** From 0 to below 1. */
  share(): number {
    return this.#generator.next();
  }

  /** From 1 to `most`. */
  count(most: number): number {
    return 1 + this.below(most);
  }

  /** From 0 to `count` - 1. */
  below(count: number): number {
    return this.#generator.integer(count);
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)];
  }

  happens(probability: number): boolean {
    return this.share() < probability;
  }

  rows(count: number, columns: number, element: () => unknown): unknown[][] {
    return Array.from({ length: count }, () => Array.from({ length: columns }, element));
  }

  number = () => 4 * this.share() - 2;
}

/** Those after which outputs are raw scores. */
const scoring = [
  ...["linear", "tanh", "relu", "leakyRelu", "elu", "selu", "gelu", "geluTanh", "silu", "mish", "softplus"],
  ...["softsign", "hardSwish"],
];
const activations = [...scoring, "sigmoid", "hardSigmoid", "softmax", "logSoftmax"];

function activation(chance: Chance, names = activations): unknown {
  if (chance.happens(0.9)) return chance.one(names);
  return chance.happens(0.5)
    ? call("leakyRelu", { slope: chance.share() })
    : call("elu", { alpha: chance.share() + 0.5 });
}

function dense(chance: Chance, units = chance.count(9)): Call {
  return call("dense", units, {
    activation: activation(chance),
    ...(chance.happens(0.2) && { bias: chance.happens(0.5) }),
    ...(chance.happens(0.2) && { maxNorm: chance.share() + 0.5 }),
    ...(chance.happens(0.2) && { learningRateFactor: chance.share() }),
    ...(chance.happens(0.1) && { trainable: chance.happens(0.5) }),
    ...(chance.happens(0.2) && { weightInitializer: initializer(chance) }),
    ...(chance.happens(0.2) && { biasInitializer: call("normal", 0, chance.share()) }),
  });
}

const initializer = (chance: Chance) =>
  chance.one([
    call("uniform", -1, chance.share()),
    call("truncatedNormal", 0, chance.share()),
    call("orthogonal", 1 + chance.share()),
    call("glorotNormal"),
    call("heNormal"),
    call("lecunUniform"),
  ]);

const layer = (chance: Chance): Call =>
  chance.one([
    () => dense(chance),
    () => dense(chance),
    () => call("dropout", 0.7 * chance.share()),
    () => call("activation", activation(chance)),
    () => call("batchNorm", chance.happens(0.5) ? { momentum: chance.share(), epsilon: 1e-3 } : {}),
    () => call(chance.one(["layerNorm", "rmsNorm"]), chance.happens(0.5) ? { epsilon: 1e-4 } : {}),
    () => call("groupNorm", 1, chance.happens(0.5) ? { epsilon: 1e-4 } : {}),
    () => chance.one([call("flatten"), call("permute", [0]), call("slice", 0, 0, 1)]),
  ])();

const schedule = (chance: Chance, initial: number): unknown => {
  const per = chance.one(["step", "epoch"]);
  const steps = chance.count(9);
  return chance.one([
    call("constant", initial, { per }),
    call("stepDecay", { initial, factor: chance.share(), every: steps, per }),
    call("exponentialDecay", { initial, factor: chance.share(), per }),
    call("polynomialDecay", { initial, final: initial * chance.share(), steps, power: chance.share() + 0.5, per }),
    call("inverseTimeDecay", { initial, rate: chance.share(), per }),
    call("cosineDecay", { initial, minimum: initial * chance.share(), steps, per }),
    call("cosineRestarts", { initial, period: steps, factor: chance.count(3), per }),
    call("oneCycle", { maximum: initial, steps: 10 * steps, per }),
    call("warmup", { steps, from: 0 }, call("exponentialDecay", { initial, factor: chance.share() })),
    call("reduceOnPlateau", { initial, factor: chance.share(), patience: chance.count(3), monitor: "loss" }),
  ]);
};

function optimizer(chance: Chance): Call {
  const rate = chance.happens(0.8) ? 0.05 * chance.share() : 10 ** (36 * chance.share());
  const learningRate = chance.happens(0.5) ? rate : schedule(chance, rate);
  const epsilon = 1e-6 * (1 + chance.share());
  const betas = [chance.share(), chance.share()];
  const momentum = 0.1 + 0.8 * chance.share();
  const weightDecay = chance.happens(0.3) ? 0.1 * chance.share() : 0;
  const common = { learningRate, weightDecay };
  return chance.one([
    call("sgd", common),
    call("sgd", { momentum, nesterov: chance.happens(0.5), ...common }),
    call("rmsprop", { alpha: chance.share(), epsilon, centered: chance.happens(0.5), momentum, ...common }),
    call("adagrad", { learningRateDecay: chance.share(), epsilon, ...common }),
    call("adadelta", { rho: chance.share(), epsilon, ...common }),
    call(chance.one(["adam", "adamW"]), { betas, epsilon, ...common }),
    call("adamax", { betas, epsilon, ...common }),
    call("nadam", { betas, epsilon, momentumDecay: 0.01 * chance.share(), ...common }),
    call("lion", { betas, ...common }),
  ]);
}

interface LossChoice {
  readonly loss: unknown;
  /** The activation that the last layer must have, if it matters. */
  readonly output?: string;
  /** Whether the last layer must give raw scores. */
  readonly scores?: boolean;
  /** Outputs that it needs. */
  readonly least?: number;
  readonly targets: "numbers" | "bits" | "signs" | "counts" | "classes" | "oneHot";
  readonly classes?: boolean;
}

function loss(chance: Chance): LossChoice {
  const labelSmoothing = 0.5 * chance.share();
  return chance.one<LossChoice>([
    { loss: "meanSquaredError", targets: "numbers" },
    { loss: call("squaredError", { reduction: chance.one(["sum", "mean"]) }), targets: "numbers" },
    { loss: "meanAbsoluteError", targets: "numbers" },
    { loss: call("huber", { delta: 0.5 + chance.share() }), targets: "numbers" },
    { loss: "logCosh", targets: "numbers" },
    { loss: "cosineSimilarity", targets: "numbers" },
    { loss: "poisson", output: "linear", targets: "counts" },
    { loss: "hinge", scores: true, targets: "signs" },
    { loss: "squaredHinge", scores: true, targets: "signs" },
    { loss: "binaryCrossEntropy", output: "sigmoid", targets: "bits", classes: true },
    { loss: call("binaryCrossEntropyWithLogits", { labelSmoothing }), scores: true, targets: "bits", classes: true },
    { loss: "categoricalCrossEntropy", output: "softmax", least: 2, targets: "oneHot", classes: true },
    { loss: call("softmaxCrossEntropy", { labelSmoothing }), scores: true, least: 2, targets: "oneHot", classes: true },
    { loss: "softmaxCrossEntropy", scores: true, least: 2, targets: "classes", classes: true },
    { loss: "sparseSoftmaxCrossEntropy", scores: true, least: 2, targets: "classes", classes: true },
    { loss: "kullbackLeibler", output: "logSoftmax", least: 2, targets: "oneHot" },
  ]);
}

function targetRows(chance: Chance, kind: LossChoice["targets"], rows: number, outputs: number): unknown[] {
  const elements = {
    numbers: chance.number,
    bits: () => Number(chance.happens(0.5)),
    signs: () => (chance.happens(0.5) ? 1 : -1),
    counts: () => chance.count(5) - 1,
  };
  if (kind !== "classes" && kind !== "oneHot") return chance.rows(rows, outputs, elements[kind]);
  const classes = Array.from({ length: rows }, () => chance.count(outputs) - 1);
  if (kind === "classes") return classes;
  return classes.map((chosen) => Array.from({ length: outputs }, (_, column) => Number(column === chosen)));
}

/** A program with nothing wrong in it, though its learning rate may be too large. */
export function rightProgram(chance: Chance): Program {
  const chosen = loss(chance);
  const features = chance.count(9);
  const outputs = Math.max(chance.count(5), chosen.least ?? 1);
  const rows = 3 + chance.count(30);
  // A softmax of one output is always 1.
  const suited = outputs === 1 ? activations.filter((name) => !/softmax/i.test(name)) : activations;
  const last = activation(chance, chosen.scores ? scoring : suited);
  const end = call("dense", outputs, { activation: chosen.output ?? chance.one(["linear", last]) });
  const rest = Array.from({ length: chance.count(4) - 1 }, () => layer(chance));
  const units = chance.count(9);
  const join = chance.one(["add", "multiply", "concatenate"]);
  const dtype = chance.one(["float32", "float64"]);
  const options = { dtype, seed: chance.count(1000) };
  const branches = [dense(chance, units), dense(chance, units)];
  const network = chance.happens(0.7)
    ? { ...options, inputs: features, layers: [...rest, end] }
    : { call: "branched", join, with: [options, features, ...branches, ...rest, end] };
  const inputs = chance.rows(rows, features, chance.number);
  const targets = targetRows(chance, chosen.targets, rows, outputs);
  const method = chance.one(["fit", "epochs", "step"] as const);
  const weights = Array.from({ length: rows }, () => chance.share() + 0.01);
  const splits = method === "fit" && chance.happens(0.2);
  const classCount = chosen.targets === "bits" ? 2 : outputs;
  return {
    network,
    trainer: {
      loss: chosen.loss,
      optimizer: optimizer(chance),
      // Two at least remain for the last batch, as batchNorm needs.
      batchSize: chance.happens(0.5) && rows % 2 === 0 && !splits ? chance.one([2, rows]) : "full",
      ...(chance.happens(0.3) && { shuffle: chance.happens(0.5) }),
      ...(chance.happens(0.3) && { seed: chance.count(1000) }),
      ...(chance.happens(0.2) && { metrics: ["meanAbsoluteError"].filter(() => chosen.targets === "numbers") }),
      ...(chosen.classes &&
        chance.happens(0.3) && { classWeights: Array.from({ length: classCount }, () => chance.share() + 0.1) }),
      ...(chance.happens(0.1) && { validate: true }),
      ...(chance.happens(0.2) && { [chance.one(["l1", "l2"])]: chance.share() / 10 }),
      ...(chance.happens(0.2) && { [chance.one(["clipNorm", "clipValue"])]: chance.share() + 0.01 }),
    },
    training: {
      method,
      inputs: chance.happens(0.8) ? inputs : call(dtype, ...inputs.flat()),
      targets,
      options: {
        ...(method !== "step" && { epochs: chance.count(12) }),
        ...(method !== "step" && chance.happens(0.3) && { every: chance.count(4) }),
        ...(splits && { validationSplit: 0.5 }),
        ...(method !== "step" && !splits && chance.happens(0.2) && { validation: { inputs, targets } }),
        ...(chance.happens(0.3) && { exampleWeights: weights }),
        ...(method === "fit" &&
          chance.happens(0.3) && {
            callbacks: [call("earlyStopping", { patience: chance.count(3), restoreBest: chance.happens(0.5) })],
          }),
      },
    },
  };
}

/** Made anew each time, as one that stands in a program may itself be spoilt. */
const strangers = () => [
  ...[
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    -1,
    -0.5,
    0,
    -0,
    0.5,
    1.5,
    1e30,
    -1e30,
    1e300,
    1e-30,
  ],
  ...[
    1e-300,
    2 ** 31 - 1,
    2 ** 53,
    "",
    "3",
    "no such thing",
    null,
    undefined,
    true,
    [],
    {},
    [Number.NaN],
    [[1]],
    () => 0,
  ],
  ...[1n, Symbol("stranger"), new Date(0), new BigInt64Array(3), new Uint8Array(0), "prototype", "__proto__"],
];

/** Makes one thing wrong somewhere in a program, or at least other. @returns what, for a message */
export function spoil(chance: Chance, program: Program): string {
  const path: string[] = [];
  let place = program as unknown as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(place).filter((key) => !["call", "join", "method"].includes(key));
    const key = chance.one(keys);
    path.push(key);
    const value = place[key];
    const goesOn = (Array.isArray(value) || isPlain(value)) && Object.keys(value).length > 0;
    if (goesOn && (path.length === 1 || key === "with" || chance.happens(0.8))) {
      place = value as Record<string, unknown>;
      continue;
    }
    const where = path.join(".");
    if (typeof value === "string" && chance.happens(0.5)) {
      place[key] = value.slice(0, -1);
      return `${where} = ${JSON.stringify(place[key])}`;
    }
    if (chance.happens(0.1)) {
      if (Array.isArray(place)) place.splice(Number(key), 1);
      else delete place[key];
      return `${where} removed`;
    }
    if (chance.happens(0.1) && isPlain(place) && !("call" in place)) {
      place[`${key}s`] = value;
      return `${where} doubled`;
    }
    // So many epochs would not be wrong, but long.
    const stranger = chance.one(strangers().filter((each) => !(key === "epochs" && each === 2 ** 31 - 1)));
    place[key] = stranger;
    return `${where} = ${shown(stranger)}`;
  }
}
