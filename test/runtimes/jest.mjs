/** Runs the program as a test of jest, whose files are CommonJS by default, in its environments of Node and of jsdom. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCommonJs, outputOf, packages, versionOf } from "./commands.mjs";

/** jsdom has no digest, which the program computes of the parameters. */
const test = `const { webcrypto } = require("node:crypto");
const { writeFileSync } = require("node:fs");
Object.defineProperty(globalThis, "crypto", { value: webcrypto });
const { program } = require("./program.js");

test("every entry can be required", () => {
  expect(require("simdnet/data").iris().inputs).toHaveLength(150);
  expect(typeof require("simdnet/pictures").readPicture).toBe("function");
  expect(typeof require("simdnet/onnx").fromOnnx).toBe("function");
});

test("the program runs", async () => {
  writeFileSync("result.json", JSON.stringify(await program()));
}, 60_000);
`;

export const jest = (environment) => ({
  version: () => versionOf("jest"),
  async run({ folder }) {
    const project = join(folder, `jest-${environment}`);
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), '{ "private": true }');
    await makeCommonJs(join(folder, "program.js"), join(project, "program.js"));
    writeFileSync(join(project, "program.test.js"), test);
    const testEnvironment = join(packages, `jest-environment-${environment}`);
    const config = JSON.stringify({ rootDir: project, testEnvironment, cacheDirectory: join(project, "cache") });
    try {
      await outputOf(process.execPath, [join(packages, "jest/bin/jest.js"), "--config", config], { cwd: project });
    } catch ({ stdout, stderr }) {
      throw new Error(`${stdout}\n${stderr}`);
    }
    return JSON.parse(readFileSync(join(project, "result.json"), "utf8"));
  },
});
