/** The slow twins of assembly/activation.ts: each activation and its derivative, of one number. */
import { normalDistribution } from "./erf.ts";
import { sigmoid, softplus } from "./exponential.ts";

export interface Twin {
  forward(x: number, parameter: number): number;
  derivative(x: number, parameter: number): number;
}

const geluTanhArgument = (x: number) => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const geluTanhSlope = (x: number) => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);

export const activations = {
  sigmoid: { forward: sigmoid, derivative: (x) => sigmoid(x) * sigmoid(-x) },
  tanh: { forward: Math.tanh, derivative: (x) => Math.cosh(x) ** -2 },
  softplus: { forward: softplus, derivative: sigmoid },
  softsign: { forward: (x) => x / (1 + Math.abs(x)), derivative: (x) => (1 + Math.abs(x)) ** -2 },
  silu: { forward: (x) => x * sigmoid(x), derivative: (x) => sigmoid(x) * (1 + x * sigmoid(-x)) },
  mish: {
    forward: (x) => x * Math.tanh(softplus(x)),
    derivative: (x) => Math.tanh(softplus(x)) + (x * sigmoid(x)) / Math.cosh(softplus(x)) ** 2,
  },
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
