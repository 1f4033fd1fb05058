/** Slow twins of assembly/losses/triplet.ts, for one row of each output. */

const differenceOf = (a: readonly number[], b: readonly number[]) => a.map((x, index) => x - b[index] + 1e-6);
const distanceOf = (a: readonly number[], b: readonly number[]) =>
  Math.sqrt(differenceOf(a, b).reduce((sum, x) => sum + x * x, 0));

type Rows = readonly [anchor: readonly number[], same: readonly number[], other: readonly number[]];

/** max(|anchor - same| - |anchor - other| + margin, 0) */
export const triplet = ([anchor, same, other]: Rows, margin: number): number =>
  Math.max(distanceOf(anchor, same) - distanceOf(anchor, other) + margin, 0);

/** Its derivatives by the three rows. */
export function tripletGrad(rows: Rows, margin: number): [number[], number[], number[]] {
  const [anchor, same, other] = rows;
  const isActive = triplet(rows, margin) > 0;
  const directionTo = (row: readonly number[]) =>
    differenceOf(anchor, row).map((x) => (isActive ? x / distanceOf(anchor, row) : 0));
  const [toSame, toOther] = [directionTo(same), directionTo(other)];
  return [toSame.map((x, index) => x - toOther[index]), toSame.map((x) => -x), toOther];
}
