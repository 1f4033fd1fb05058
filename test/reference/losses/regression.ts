/** Slow twins of assembly/losses/regression.ts. */
import type { ElementLoss } from "./loops.ts";

export const losses = {
  squaredError: {
    value: (y, t) => (y - t) ** 2,
    derivative: (y, t) => 2 * (y - t),
  },
  absoluteError: {
    value: (y, t) => Math.abs(y - t),
    derivative: (y, t) => (y > t ? 1 : 0) - (y < t ? 1 : 0),
  },
  huber: {
    value: (y, t, delta) => {
      const distance = Math.abs(y - t);
      return distance <= delta ? distance ** 2 / 2 : delta * (distance - delta / 2);
    },
    derivative: (y, t, delta) => Math.min(Math.max(y - t, -delta), delta),
  },
  logCosh: {
    value: (y, t) => Math.log(Math.cosh(y - t)),
    derivative: (y, t) => Math.tanh(y - t),
  },
  poisson: {
    value: (x, t) => Math.exp(x) - t * x,
    derivative: (x, t) => Math.exp(x) - t,
  },
} satisfies Record<string, ElementLoss>;
