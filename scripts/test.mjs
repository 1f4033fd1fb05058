/**
 * `npm test`: installs what is missing, builds everything, and checks it, except for the tests of `npm run test:long`. It stops
 * at the first failure, with that tool's exit code. Arguments go to vitest: `npm test -- test/kernels`.
 */
import { build, install, run, say } from "./prepare.mjs";

const biome = () => run("node_modules/@biomejs/biome/bin/biome", "check", ".");
const typescript = () => {
  run("node_modules/typescript/bin/tsc", "-p", ".");
  run("node_modules/typescript/bin/tsc", "-p", "tsconfig.bench.json", "--noEmit");
};
const vitest = () => run("node_modules/vitest/vitest.mjs", "run", "--project", "!long*", ...process.argv.slice(2));

const parts = [
  ["install", install],
  ["build", build],
  ["lint and format", biome],
  ["types", typescript],
  ["tests", vitest],
];

console.log(`simdnet: ${parts.map(([name]) => name).join(", ")}; stops at the first failure.`);
const times = parts.map(([name, part]) => {
  const began = performance.now();
  if (part !== install && part !== build) say(`${name} …`);
  part();
  return [name, (performance.now() - began) / 1000];
});
say("All passed.");
for (const [name, seconds] of times) console.log(`  ${name.padEnd(16)}${seconds.toFixed(1).padStart(6)} s`);
