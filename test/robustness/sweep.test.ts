/**
 * Random programs, in four of ten of which something has been made wrong: each trains, is refused in a sentence or diverges
 * in one; none traps, throws something else, hangs, or leaves a parameter that is not finite.
 */
import { describe, expect, test } from "vitest";
import { batchNorm, DivergenceError, dense, Network, Trainer, type TrainerOptions } from "../../src/index.ts";
import { parameterBits } from "../training/problem.ts";
import { Chance, make, type Program, rightProgram, spoil } from "./programs.ts";

const count = 2000;

type Way = "trained" | "refused" | "diverged";

interface Ending {
  way: Way;
  /** What must not be. */
  violation?: string;
  /** Of what was thrown. */
  message?: string;
}

const sentence = /^[^\n]+?: got [^\n]+, need [^\n]+$/;

/** The refusals that may come while training: outputs are no probabilities any more. */
const late = [/: got an output of .*, need outputs from 0 to 1/];

/** Beyond it, a parameter is the work of a learning rate that is too large. */
const large = 1e9;

async function endingOf(program: Program): Promise<Ending> {
  let network: Network | undefined;
  let before: string | undefined;
  try {
    network = new Network(make(program.network) as never);
    before = parameterBits(network);
    const trainer = new Trainer(network, make(program.trainer) as TrainerOptions);
    const { method, inputs, targets, options } = make(program.training) as Record<string, never>;
    if (method === "step") trainer.step(inputs, targets, options);
    else if (method === "fit") await trainer.fit(inputs, targets, options);
    else for (const _ of trainer.epochs(inputs, targets, options));
    const copy = Trainer.fromBytes(trainer.toBytes());
    if (parameterBits(copy.network) !== parameterBits(network))
      return { way: "trained", violation: "reads another file" };
    return { way: "trained", violation: notFinite(network) ?? badPrediction(trainer, inputs, targets) };
  } catch (error) {
    const { message } = error as Error;
    const way = error instanceof DivergenceError ? "diverged" : "refused";
    const isChanged = network !== undefined && before !== parameterBits(network);
    return { way, message, violation: (network && notFinite(network)) ?? badError(error, isChanged) };
  }
}

function notFinite({ parameters, statistics }: Network): string | undefined {
  const tensor = [...parameters, ...statistics].find(({ values }) => !values.every(Number.isFinite));
  return tensor && `${tensor.name} has ${tensor.values.find((value) => !Number.isFinite(value))}`;
}

/**
 * A prediction for moderate examples is finite, unless the last step has led so far that the next says that training
 * diverges; or that batchNorm's statistics, which are those of before the step, do not fit the parameters at all.
 */
function badPrediction(trainer: Trainer, inputs: never, targets: never): string | undefined {
  const { network } = trainer;
  const element = (row: number, column: number) => (((row + 1) * (column + 3)) % 7) / 7 - 0.5;
  const columns = Array.from({ length: network.inputs }, (_, column) => column);
  const moderate = Array.from({ length: 20 }, (_, row) => columns.map((column) => element(row, column)));
  const stranger = network
    .predict(moderate)
    .flat()
    .find((value) => !Number.isFinite(value));
  if (stranger === undefined) return undefined;
  const isFar = network.parameters.some(({ values }) => values.some((value) => Math.abs(value) > large));
  if (network.statistics.length > 0 && isFar) return undefined;
  try {
    trainer.step(inputs, targets);
  } catch (error) {
    if (error instanceof DivergenceError) return undefined;
  }
  return `predicts ${stranger}, and trains on`;
}

function badError(error: unknown, isChanged: boolean): string | undefined {
  const { name, message } = error as Error;
  if (!["RangeError", "TypeError", "DivergenceError"].includes(name)) return `throws ${name}: ${message}`;
  if (!sentence.test(message)) return `says ${message}`;
  const isLate = error instanceof DivergenceError || late.some((each) => each.test(message));
  return isChanged && !isLate ? `has changed parameters, and then says ${message}` : undefined;
}

test(`${count} random programs end in a trained network, a refusal or a divergence, and in nothing else`, async () => {
  const ways: Record<Way, number> = { trained: 0, refused: 0, diverged: 0 };
  const violations: string[] = [];
  for (let seed = 1; seed <= count; seed++) {
    const chance = new Chance(seed);
    const program = rightProgram(chance);
    const spoilt: string[] = [];
    while (chance.happens(0.4)) spoilt.push(spoil(chance, program));
    const began = performance.now();
    const { way, message, violation } = await endingOf(program);
    const seconds = (performance.now() - began) / 1000;
    ways[way]++;
    const what = `program ${seed} with ${spoilt.join(" and ") || "nothing wrong"}`;
    if (violation) violations.push(`${what}: ${violation}`);
    if (seconds > 10) violations.push(`${what}: takes ${seconds} s`);
    if (spoilt.length === 0 && way === "refused") violations.push(`${what} is refused: ${message}`);
  }
  expect(violations).toEqual([]);
  expect(ways.trained).toBeGreaterThan(count / 2);
  expect(ways.refused).toBeGreaterThan(count / 4);
  expect(ways.diverged).toBeGreaterThan(count * 0.015);
}, 60_000);

describe("the sweep sees", () => {
  test("a trap, another error, a refusal that is no sentence, and one that comes too late", () => {
    expect(badError(new WebAssembly.RuntimeError("unreachable"), false)).toBe("throws RuntimeError: unreachable");
    expect(badError(new SyntaxError("who: got 1, need 2"), false)).toMatch(/^throws SyntaxError/);
    expect(badError(new TypeError("x is not a function"), false)).toBe("says x is not a function");
    expect(badError(new RangeError("who: got 1, need 2"), false)).toBeUndefined();
    expect(badError(new RangeError("who: got 1, need 2"), true)).toMatch(/^has changed parameters/);
  });

  test("a parameter or a running statistic that is not finite, and a prediction", () => {
    const network = new Network({ inputs: 2, layers: [dense(2), batchNorm()], dtype: "float64" });
    const trainer = new Trainer(network, { loss: "meanAbsoluteError" });
    const examples = [
      [1, 2],
      [3, 5],
    ] as never;
    expect([notFinite(network), badPrediction(trainer, examples, examples)]).toEqual([undefined, undefined]);
    network.statistics[1].values[0] = Number.NaN;
    expect(notFinite(network)).toBe("batchNorm1.runningVariance has NaN");
    expect(badPrediction(trainer, examples, examples)).toBe("predicts NaN, and trains on");
    network.parameters[1].values[1] = Number.POSITIVE_INFINITY;
    expect(notFinite(network)).toBe("dense1.bias has Infinity");
  });
});
