/** The slow twins of assembly/vector/erf.ts, to about 1e-15. */

/** erf(x): 2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (1 · 3 · 5 … (2n + 1)), whose terms are all of one sign; beyond 3, 1 - erfc. */
export function erf(x: number): number {
  if (!(Math.abs(x) < 3)) return Number.isNaN(x) ? x : Math.sign(x) * (1 - erfc(Math.abs(x)));
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-18; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** 1 - erf(x) for x > 1, without cancellation: exp(-x²) / √π / (x + ½ / (x + 1 / (x + 3/2 / (x + …)))). */
function erfc(x: number): number {
  let fraction = x;
  for (let n = 400; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}

/** The standard normal distribution function. */
export function normalDistribution(x: number): number {
  if (x < -1.5) return erfc(-x * Math.SQRT1_2) / 2;
  return (1 + erf(x * Math.SQRT1_2)) / 2;
}
