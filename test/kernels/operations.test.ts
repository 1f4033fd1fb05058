import { expect, test } from "vitest";
import { attention } from "../../build/attention.js";
import { attentionTraining } from "../../build/attentionTraining.js";
import { convolution } from "../../build/convolution.js";
import { convolutionTraining } from "../../build/convolutionTraining.js";
import { core } from "../../build/core.js";
import { elementary } from "../../build/elementary.js";
import { embedding } from "../../build/embedding.js";
import { normalization } from "../../build/normalization.js";
import { recurrent } from "../../build/recurrent.js";
import { training } from "../../build/training.js";
import {
  type Address,
  eachRow,
  type Family,
  inAll,
  layoutsOf,
  none,
  type Operation,
  type OperationName,
  op,
} from "../../src/kernels/operations.ts";

const address = 1024 as Address;

test("work is units for each row, one unless it is said, or units in all", () => {
  expect(eachRow()).toEqual({ per: "row", units: 1 });
  expect(eachRow(12)).toEqual({ per: "row", units: 12 });
  expect(inAll(7)).toEqual({ per: "network", units: 7 });
});

test("an operation is its name, its work and its fields, as they were given", () => {
  const fields = { a: address, b: address, output: address };
  expect(op("add", inAll(3), fields)).toEqual({ name: "add", work: inAll(3), fields });
  expect(none).toBe(0);
});

test("operations that take one record have its fields, and consecutive places from the family's first on", () => {
  const family: Family = {
    ...{ name: "some", firstPlace: 192, products: {} },
    operations: [
      ["input output columns#", "one two"],
      ["batch rate*", "three"],
    ],
  };
  const [first, second] = [
    ["input", "output", "columns#"],
    ["batch", "rate*"],
  ];
  expect(layoutsOf(family)).toEqual([
    ["one", { place: 192, fields: first }],
    ["two", { place: 193, fields: first }],
    ["three", { place: 194, fields: second }],
  ]);
});

test("the operations of all families have names and places of their own, each family's one after the other", () => {
  const families = [
    core,
    training,
    normalization,
    convolution,
    convolutionTraining,
    recurrent,
    embedding,
    attention,
    attentionTraining,
    elementary,
  ];
  const layouts = families.map(layoutsOf);
  for (const [index, { firstPlace }] of families.entries()) {
    const places = layouts[index].map(([, { place }]) => place);
    expect(places).toEqual(places.map((_, at) => firstPlace + at));
  }
  const names = layouts.flat().map(([name]) => name);
  expect(new Set(names).size).toBe(names.length);
  const places = layouts.flat().map(([, { place }]) => place);
  expect(new Set(places).size).toBe(places.length);
});

/** The compiler checks these: without an error in the line below, `@ts-expect-error` is one. */
test("the compiler refuses an operation whose name or fields are wrong", () => {
  const blocks = { input: address, output: address };
  const dense = { ...blocks, weight: address, bias: none, fanIn: 2, fanOut: 3 };
  const [work, parameter] = [eachRow(), 0];
  const operations: Operation[] = [
    op("denseForward", work, dense),
    // @ts-expect-error: there is no such operation
    op("denseSideways", work, dense),
    // @ts-expect-error: columns is missing
    op("reluForward", work, { ...blocks, parameter }),
    // @ts-expect-error: columns has another name
    op("reluForward", work, { ...blocks, parameter, width: 4 }),
    // @ts-expect-error: a field too many
    op("add", work, { a: address, b: address, output: address, count: 4 }),
    // @ts-expect-error: a size where an address belongs
    op("reluForward", work, { input: 4, output: address, columns: 4, parameter }),
    // @ts-expect-error: an address may be left out only as none
    op("denseForward", work, { ...dense, bias: undefined }),
    // @ts-expect-error: the record of another operation
    op("denseBackwardInput", work, dense),
    // @ts-expect-error: the batch is missing
    op("dropout", work, { ...blocks, columns: 4, stream: 0, rate: 0.5 }),
    // @ts-expect-error: units alone do not say of what
    op("denseForward", 3, dense),
  ];
  // An address may stand where a number does: the type cannot tell sizes from it.
  operations.push(op("reluForward", work, { ...blocks, columns: address, parameter }));
  const names: OperationName[] = operations.map(({ name }) => name);
  expect(names).toHaveLength(11);
});
