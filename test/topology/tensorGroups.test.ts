import { describe, expect, test } from "vitest";
import { dense, type NamedTensor, Network } from "../../src/index.ts";
import { counterpartsOf } from "../../src/topology/counterparts.ts";
import { groupsOf, isSame, withoutTwins } from "../../src/topology/tensorGroups.ts";

const network = new Network({ inputs: 2, layers: [dense(2)] });
const layers = counterpartsOf("load", network.engine.graph, "pytorch");
const tensor = (name: string, ...values: number[]): NamedTensor => ({
  name,
  shape: [values.length],
  values: Float64Array.from(values),
});
const groups = (...tensors: NamedTensor[]) => groupsOf(layers, tensors, "pytorch");

test("tensors of one beginning are a layer, in the order of the file", () => {
  const found = groups(tensor("b.x.bias", 1), tensor("a.weight", 2), tensor("b.x.weight", 3), tensor("bias", 4));
  expect([...found].map(([prefix, [{ tensors }]]) => [prefix, ...tensors.keys()])).toEqual([
    ["b.x", "bias", "weight"],
    ["a", "weight"],
    ["", "bias"],
  ]);
});

test.each(["conv.weight_g", "conv.weight_v", "conv.parametrizations.weight.original0", "weight_orig"])(
  "%s is refused: it is not the weight, but what one is made from",
  (name) =>
    expect(() => groups(tensor("conv.bias", 1), tensor(name, 1))).toThrow(
      `load: got a tensor "${name}", from which weight_norm or another parametrization makes a weight, need the weight: remove the parametrization before saving`,
    ),
);

describe("layers of the file", () => {
  const [one] = groups(tensor("a.weight", 1, 2, 3, 4, 5), tensor("a.bias", 6)).get("a")!;
  const [same] = groups(tensor("b.bias", 6), tensor("b.weight", 1, 2, 3, 4, 5)).get("b")!;
  const [other] = groups(tensor("c.bias", 6), tensor("c.weight", 1, 2, 3, 4, 0)).get("c")!;
  const [shorter] = groups(tensor("d.weight", 1, 2, 3, 4, 5)).get("d")!;

  test("are the same if all their tensors are", () => {
    expect([same, other, shorter].map((each) => isSame(one, each))).toEqual([true, false, false]);
    expect(isSame(shorter, one)).toBe(false);
  });

  test("stay once, unless too many differ", () => {
    const all = [one, other, same, shorter];
    expect(withoutTwins(all, 3)).toEqual([one, other, shorter]);
    expect(withoutTwins(all, 2)).toEqual(all);
  });
});
