/** The slow twins of assembly/activations/smooth.ts: each activation and its derivative, of one number. */
import { sigmoid, softplus } from "../vector/exponential.ts";

export interface Twin {
  forward(x: number, parameter: number): number;
  derivative(x: number, parameter: number): number;
}

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
} satisfies Record<string, Twin>;
