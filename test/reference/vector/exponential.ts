/** The slow twins of assembly/vector/exponential.ts: the engine's own functions, and two made of them. */

export const { exp, expm1, log, log1p, tanh } = Math;

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
