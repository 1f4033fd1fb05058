/** Recurrent nodes of one feature and one unit, for tests. */
import { node, tensor, upTo } from "./models.ts";

/** One feature, one unit: each gate has one row. */
export const gates = (count: number, directions = 1) => [
  tensor("w", [directions, count, 1], upTo(directions * count)),
  tensor(
    "r",
    [directions, count, 1],
    upTo(directions * count).map((value) => 10 * value),
  ),
  tensor(
    "b",
    [directions, 2 * count],
    upTo(2 * directions * count).map((value) => 100 * value),
  ),
];
export const inputs = { x: ["steps", "batch", 1] };
export const sizes = { steps: 3 };
export const own = (name: string, attributes = {}, names = "x w r b -> y") =>
  node(name, names, { hidden_size: 1, ...attributes });
