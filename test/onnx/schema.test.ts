import { expect, test } from "vitest";
import { messages } from "../../src/onnx/schema.ts";

test("a field has its name, its kind, and whether it is a list", () => {
  expect(messages.tensor.get(1)).toEqual({ name: "dims", kind: "int", isList: true });
  expect(messages.model.get(7)).toEqual({ name: "graph", kind: "graph", isList: false });
  expect(messages.tensor.get(99)).toBeUndefined();
});

test("every kind that is no number, text or bytes is a message", () => {
  const kinds = Object.values(messages).flatMap((fields) => [...fields.values()].map(({ kind }) => kind));
  const plain = ["int", "float", "double", "text", "bytes"];
  expect(kinds.filter((kind) => !plain.includes(kind) && !Object.hasOwn(messages, kind))).toEqual([]);
});
