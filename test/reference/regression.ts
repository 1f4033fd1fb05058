/** Slow twins of assembly/regression. */
import type { ElementLoss } from "./loss.ts";

export const losses = {
  squaredError: {
    value: (y, t) => (y - t) ** 2,
    derivative: (y, t) => 2 * (y - t),
  },
  absoluteError: {
    value: (y, t) => Math.abs(y - t),
    derivative: (y, t) => (y > t ? 1 : 0) - (y < t ? 1 : 0),
  },
} satisfies Record<string, ElementLoss>;
