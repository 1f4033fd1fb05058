/** The slow twins of assembly/activations/piecewise.ts: each activation and its derivative, of one number. */
import type { Twin } from "./smooth.ts";

const seluScale = 1.0507009873554805;
const seluAlpha = 1.6732632423543772;

const hardSigmoid = (x: number) => Math.min(Math.max(x + 3, 0), 6) / 6;

export const rectifiers = {
  relu: { forward: (x) => Math.max(x, 0), derivative: (x) => (x > 0 ? 1 : 0) },
  leakyRelu: { forward: (x, slope) => (x <= 0 ? slope * x : x), derivative: (x, slope) => (x > 0 ? 1 : slope) },
  elu: {
    forward: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
    derivative: (x, alpha) => (x > 0 ? 1 : alpha * Math.exp(x)),
  },
  selu: {
    forward: (x) => seluScale * (x > 0 ? x : seluAlpha * Math.expm1(x)),
    derivative: (x) => seluScale * (x > 0 ? 1 : seluAlpha * Math.exp(x)),
  },
  hardSigmoid: { forward: hardSigmoid, derivative: (x) => (Math.abs(x) < 3 ? 1 / 6 : 0) },
  hardSwish: {
    forward: (x) => x * hardSigmoid(x),
    derivative: (x) => (x <= -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1),
  },
} satisfies Record<string, Twin>;
