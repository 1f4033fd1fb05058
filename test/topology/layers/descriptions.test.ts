/** What the types of descriptions promise. The compiler checks these: without an error in the line below, `@ts-expect-error` is one. */

import { describe, expect, expectTypeOf, test } from "vitest";
import { bidirectional, dense, dropout, type LayerDescription, lstm, Network } from "../../../src/index.ts";
import type { kinds } from "../../../src/topology/layers/kinds.ts";

describe("the description of a layer", () => {
  const network = new Network({ inputs: [4, 3], layers: [dense(2), bidirectional(lstm(5)), dropout(0.5)] });

  test("has the options of its kind once that is known", () => {
    const units = network.layers.map(({ description }) => {
      // @ts-expect-error: not every layer has units
      expect(description.units).toBe((description as { units?: number }).units);
      if (description.kind === "dense") return description.units;
      return description.kind === "bidirectional" ? description.layer.units : description.kind;
    });
    expectTypeOf(units[0]).toEqualTypeOf<number | Exclude<LayerDescription["kind"], "dense" | "bidirectional">>();
    expect(units).toEqual([2, 5, "dropout"]);
  });

  test("is in one union, of all kinds", () => {
    expectTypeOf<LayerDescription["kind"]>().toEqualTypeOf<keyof typeof kinds>();
    const layers: LayerDescription[] = network.layers.map(({ description }) => description);
    expect(new Network({ inputs: [4, 3], layers }).parameterCount).toBe(network.parameterCount);
  });
});
