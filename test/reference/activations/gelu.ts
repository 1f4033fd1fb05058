/** The slow twins of assembly/activations/gelu.ts: each activation and its derivative, of one number. */

import { normalDistribution } from "../vector/erf.ts";
import { sigmoid } from "../vector/exponential.ts";
import type { Twin } from "./smooth.ts";

const geluTanhArgument = (x: number) => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const geluTanhSlope = (x: number) => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);

export const gelus = {
  gelu: {
    forward: (x) => x * normalDistribution(x),
    derivative: (x) => normalDistribution(x) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
  },
  geluTanh: {
    forward: (x) => x * sigmoid(2 * geluTanhArgument(x)),
    derivative: (x) => {
      const s = sigmoid(2 * geluTanhArgument(x));
      return s + 2 * x * s * sigmoid(-2 * geluTanhArgument(x)) * geluTanhSlope(x);
    },
  },
} satisfies Record<string, Twin>;
