/** Slow twins of assembly/losses/contrastive.ts; the parameter is the margin. */
import type { ElementLoss } from "./loops.ts";

export const losses = {
  contrastive: {
    value: (d, t, margin) => (t === 1 ? d ** 2 : Math.max(margin - d, 0) ** 2),
    derivative: (d, t, margin) => (t === 1 ? 2 * d : -2 * Math.max(margin - d, 0)),
  },
  linearContrastive: {
    value: (d, t, margin) => (t === 1 ? d ** 2 : Math.max(margin - d, 0)),
    derivative: (d, t, margin) => (t === 1 ? 2 * d : d < margin ? -1 : 0),
  },
} satisfies Record<string, ElementLoss>;
