/** Slow twins of assembly/losses/margin.ts. */
import type { ElementLoss } from "./loops.ts";

export const losses = {
  hinge: {
    value: (y, t) => Math.max(1 - t * y, 0),
    derivative: (y, t) => (t * y < 1 ? -t : 0),
  },
  squaredHinge: {
    value: (y, t) => Math.max(1 - t * y, 0) ** 2,
    derivative: (y, t) => -2 * t * Math.max(1 - t * y, 0),
  },
} satisfies Record<string, ElementLoss>;
