/**
 * The machine's peak: multiplications and additions of 128-bit vectors that only wait for the units.
 */

/**
 * Runs 12 chains of `steps` operations, half of them multiplications. Returns a sum of all, so that none can be left out.
 *
 * @param multiplier near 1; given, as the addend is, since newer compilers make a constant anew wherever it is used
 */
export function peak<T extends number>(steps: i32, multiplier: f64, addend: f64): f64 {
  const factor = v128.splat<T>(<T>multiplier);
  const term = v128.splat<T>(<T>addend);
  let m0 = factor;
  let m1 = factor;
  let m2 = factor;
  let m3 = factor;
  let m4 = factor;
  let m5 = factor;
  let a0 = term;
  let a1 = term;
  let a2 = term;
  let a3 = term;
  let a4 = term;
  let a5 = term;
  // The loop leaves between any two steps, which keeps compilers from taking the chains one after the other (tile.ts).
  do {
    for (let step = 0; step < 8; step++) {
      // @unroll
      m0 = v128.mul<T>(m0, factor);
      a0 = v128.add<T>(a0, term);
      m1 = v128.mul<T>(m1, factor);
      a1 = v128.add<T>(a1, term);
      m2 = v128.mul<T>(m2, factor);
      a2 = v128.add<T>(a2, term);
      m3 = v128.mul<T>(m3, factor);
      a3 = v128.add<T>(a3, term);
      m4 = v128.mul<T>(m4, factor);
      a4 = v128.add<T>(a4, term);
      m5 = v128.mul<T>(m5, factor);
      a5 = v128.add<T>(a5, term);
      if (--steps === 0) break;
    }
  } while (steps !== 0);
  const products = v128.mul<T>(v128.mul<T>(m0, m1), v128.mul<T>(v128.mul<T>(m2, m3), v128.mul<T>(m4, m5)));
  const sums = v128.add<T>(v128.add<T>(a0, a1), v128.add<T>(v128.add<T>(a2, a3), v128.add<T>(a4, a5)));
  return <f64>v128.extract_lane<T>(v128.add<T>(products, sums), 0);
}
