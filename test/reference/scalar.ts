/** Slow twins of assembly/scalar: the engine's own functions. */

export const scalarLog = Math.log;

export const power = (base: number, exponent: number): number => base ** exponent;

/** cos(π x), x from 0 to 1. */
export const cosPi = (x: number): number => Math.sin(Math.PI * (0.5 - x));
