import { expect, test } from "vitest";
import { projectTexts, workerName } from "../../src/cli/project.ts";
import { encodeRecords } from "../../src/data/index.ts";
import { dense, Network, Pipeline } from "../../src/index.ts";

test.each([
  ["penguins", "penguins"],
  ["My Penguins (2)", "my-penguins-2"],
  ["  ", "simdnet-worker"],
  ["企鹅", "simdnet-worker"],
  [`${"a".repeat(53)}-b`, "a".repeat(53)],
])("a Worker in the folder %j is called %j", (folder, name) => {
  expect(workerName(folder)).toBe(name);
});

test("names with quotes, backticks and line breaks stay within the README's commands and code", () => {
  const names = { quote: "o'clock", code: "a `b`\n# c" };
  const encoding = encodeRecords([1, 2, 4].map((value) => ({ [names.quote]: value, [names.code]: `${names.code}` })));
  const network = new Network({ inputs: encoding.features.length, layers: [dense(1)] });
  const model = new Pipeline({
    network,
    encoding,
    target: { kind: "number", name: names.code, offset: 0, divisor: 1 },
  });
  const { "README.md": readme } = projectTexts({ name: "w", model, source: "m.safetensors" });
  expect(readme).toContain(`-d '{"o'\\''clock":2,`);
  expect(readme).toContain("- `a b # c`: a text, such as `a b # c`");
  expect(readme.match(/^#.*$/gm)).toEqual(["# w"]);
});
