/** The table of operators. */
import { expect, test } from "vitest";
import { elementwise, handlers, readingChannelsFirst } from "../../src/onnx/handlers.ts";

test("operators that say where channels are, and those that do not, have handlers", () => {
  const names = [...readingChannelsFirst, ...elementwise];
  expect(names.filter((name) => !Object.hasOwn(handlers, name))).toEqual([]);
  expect([...readingChannelsFirst].filter((name) => elementwise.has(name))).toEqual([]);
  expect(elementwise.has("Softmax")).toBe(false);
});
