/** Slow twins of assembly/losses/probability.ts. */
import type { ElementLoss } from "./loops.ts";

/** Math.max, as kernels and JavaScript have it, keeps NaN. */
const clampedLog = (log: number) => Math.max(log, -100);

export const losses = {
  binaryCrossEntropy: {
    value: (p, t) => -t * clampedLog(Math.log(p)) - (1 - t) * clampedLog(Math.log1p(-p)),
    derivative: (p, t) => (p - t) / Math.max(p * (1 - p), 1e-12),
  },
  binaryCrossEntropyWithLogits: {
    value: (x, t) => Math.max(x, 0) - x * t + Math.log1p(Math.exp(-Math.abs(x))),
    derivative: (x, t) => 1 / (1 + Math.exp(-x)) - t,
  },
  categoricalCrossEntropy: {
    value: (p, t) => -t * clampedLog(Math.log(p)),
    derivative: (p, t) => -t / Math.max(p, 1e-12),
  },
  kullbackLeibler: {
    value: (x, t) => (t === 0 ? 0 : t * Math.log(t)) - t * x,
    derivative: (_, t) => -t,
  },
} satisfies Record<string, ElementLoss>;
