import { expect, test } from "vitest";
import { type Address, eachRow } from "../../../src/kernels/operations.ts";
import { copyOf } from "../../../src/topology/layers/copy.ts";

test("copies a row of the shape for each row of the batch", () => {
  const [source, destination] = [64, 128] as Address[];
  const fields = { source, destination, columns: 6, sourceStride: 6, destinationStride: 6 };
  expect(copyOf(source, destination, [2, 3])).toEqual({ name: "copyColumns", work: eachRow(), fields });
});
