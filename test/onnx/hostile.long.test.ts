/**
 * Mutated ONNX files end in a network or in a sentence, in proportionate time and memory. SIMDNET_CASES=100000 sets the number of files.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Network, pcg32 } from "../../src/index.ts";
import { fromOnnx, toOnnx } from "../../src/onnx/index.ts";
import { kinds, networks, raggedNetworks } from "./examples.ts";

const cases = Number(process.env.SIMDNET_CASES ?? 3000);

const goldens: readonly { name: string; model: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "../fixtures/onnx.json"), "utf8"),
);
const originals = [
  ...goldens.map(({ model }) => new Uint8Array(Buffer.from(model, "base64"))),
  ...[...networks, ...kinds, ...raggedNetworks].map(({ network }) => toOnnx(network("float32"))),
];

/** Numbers that sizes, axes and lengths are replaced by. */
const wild = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 0x10, 0x1a, 0x22, 0x2a, 0x3f, 0x7f, 0x80, 0xff];

/** Changes some bytes of a file, cuts it, repeats a part of it or puts in that of another. */
function mutated(bytes: Uint8Array, other: Uint8Array, draw: () => number): Uint8Array {
  const whole = (below: number) => Math.floor(below * draw());
  let made = bytes.slice();
  // Most lengths stay right, so that the graph is read.
  const isGentle = draw() < 0.7;
  for (let count = isGentle ? 1 + whole(2) : 1 + whole(6); count > 0; count--) {
    const at = whole(made.length);
    const length = 1 + whole(40);
    const kind = isGentle ? whole(6) : whole(10);
    if (kind < 4) made[at] = wild[whole(wild.length)];
    else if (kind < 6) made[at] ^= 1 << whole(8);
    else if (kind === 6) made = made.slice(0, Math.max(1, made.length - length));
    else {
      const from = kind === 9 ? other : made;
      const start = whole(from.length);
      const part =
        kind === 7 ? Uint8Array.from({ length: 1 + whole(9) }, () => 0xff) : from.slice(start, start + length);
      const rest = made.subarray(draw() < 0.5 ? at : at + part.length);
      made = Uint8Array.from([...made.subarray(0, at), ...part, ...rest]);
    }
  }
  return made;
}

describe("a mutated file", () => {
  test(`gives a network or a sentence, ${cases} times`, () => {
    const generator = pcg32(Number(process.env.SIMDNET_SEED ?? 1));
    const draw = () => generator.next();
    const pick = () => originals[Math.floor(originals.length * draw())];
    const counts = { networks: 0, sentences: 0 };
    let [slowest, slowestFile, most] = [0, 0, 0];
    for (let index = 0; index < cases; index++) {
      const file = mutated(pick(), pick(), draw);
      // The time of the processor: others may use the machine.
      const start = process.cpuUsage();
      try {
        const network = fromOnnx(file);
        counts.networks++;
        expect(network).toBeInstanceOf(Network);
        most = Math.max(most, network.parameterCount);
      } catch (error) {
        const { message, name } = error as Error;
        const isSentence =
          (name === "RangeError" || name === "TypeError") && /^fromOnnx[:,] .*got .*, need /s.test(message);
        if (!isSentence)
          throw new Error(`file ${index} of ${file.length} bytes: ${(error as Error).stack}`, { cause: error });
        expect(message.length, message).toBeLessThan(2000);
        counts.sentences++;
      }
      const { user, system } = process.cpuUsage(start);
      const time = (user + system) / 1000;
      if (time > slowest) [slowest, slowestFile] = [time, index];
    }
    expect(counts.networks).toBeGreaterThan(cases / 50);
    expect(counts.sentences).toBeGreaterThan(cases / 10);
    expect(slowest, `file ${slowestFile}`).toBeLessThan(3000);
    // The limit of constants that a file does not hold.
    expect(most).toBeLessThan(2 ** 23);
    if (process.env.SIMDNET_CASES) console.log(counts, `slowest ${slowest.toFixed(0)} ms, largest ${most} parameters`);
  }, 3_600_000);
});
