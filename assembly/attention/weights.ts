/** The rows of attention's scores: what softmax makes of them, its gradient, and how rows are written back among other heads' columns. */

import { constant, expOfNegative } from "../vector/exponential";
import { laneCount, loadLanes, splat, storeLanes, swapHalves, swapNeighbours } from "../vector/lanes";

@final
@unmanaged
class Power {
  /**
   * @inline @staged exp(x - maximum) for x <= maximum, and 0 where that is far below the last bit of a sum of at least 1: near 0 it
   * would be subnormal, on which processors are many times slower.
   */
  forward<T extends number>(x: v128, maximum: v128): v128 {
    const difference = v128.sub<T>(x, maximum);
    const power = expOfNegative<T>(v128.pmax<T>(difference, constant<T>(-64, -600)));
    return v128.andnot(power, v128.lt<T>(difference, constant<T>(-64, -600)));
  }
}

/**
 * Replaces the `count` scores of a row by exp(score - maximum), and the elements behind them, to a multiple of four vectors, by 0.
 *
 * @returns their sum: of every vector of four those of its lanes, then the vectors, then the lanes, so that the order depends on `count`
 *   alone
 */
export function powers<T extends number>(row: usize, count: i32, maximum: T): T {
  const bytes = <usize>count * sizeof<T>();
  let rest = row + bytes;
  const end = row + ((bytes + 63) & ~63);
  for (; rest < end; rest += sizeof<T>()) store<T>(rest, <T>-Infinity);
  const shift = v128.splat<T>(maximum);
  let sum0 = splat<T>(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  for (; row < end; row += 64) {
    changetype<Power>(0).forwardBlock<T>(row, row, shift);
    sum0 = v128.add<T>(sum0, v128.load(row));
    sum1 = v128.add<T>(sum1, v128.load(row, 16));
    sum2 = v128.add<T>(sum2, v128.load(row, 32));
    sum3 = v128.add<T>(sum3, v128.load(row, 48));
  }
  return totalOf<T>(v128.add<T>(v128.add<T>(sum0, sum1), v128.add<T>(sum2, sum3)));
}

/** @inline The sum of the lanes. */
function totalOf<T extends number>(sum: v128): T {
  sum = v128.add<T>(sum, swapHalves(sum));
  if (sizeof<T>() == 4) sum = v128.add<T>(sum, swapNeighbours(sum));
  return v128.extract_lane<T>(sum, 0);
}

/**
 * Replaces the gradients of a row's weights by those of its scores: weight · (gradient - Σ weight · gradient), where a weight is
 * power · inverse. Both rows have `count` elements and zeros behind them to a multiple of two vectors. The sum has two parts, of every other
 * vector.
 */
export function scoreGradients<T extends number>(powers: usize, gradients: usize, count: i32, inverse: T): void {
  const bytes = (<usize>count * sizeof<T>() + 31) & ~31;
  let sum0 = splat<T>(0);
  let sum1 = sum0;
  for (let at: usize = 0; at < bytes; at += 32) {
    sum0 = v128.add<T>(sum0, v128.mul<T>(v128.load(powers + at), v128.load(gradients + at)));
    sum1 = v128.add<T>(sum1, v128.mul<T>(v128.load(powers + at, 16), v128.load(gradients + at, 16)));
  }
  const factor = v128.splat<T>(inverse);
  const mean = v128.splat<T>(<T>(totalOf<T>(v128.add<T>(sum0, sum1)) * inverse));
  for (let at: usize = 0; at < bytes; at += 32) {
    const difference0 = v128.sub<T>(v128.load(gradients + at), mean);
    const difference1 = v128.sub<T>(v128.load(gradients + at, 16), mean);
    v128.store(gradients + at, v128.mul<T>(v128.mul<T>(v128.load(powers + at), factor), difference0));
    v128.store(gradients + at, v128.mul<T>(v128.mul<T>(v128.load(powers + at, 16), factor), difference1), 16);
  }
}

/** output = row · factor, `columns` elements; output is on an element. */
export function writeRow<T extends number>(row: usize, factor: v128, output: usize, columns: i32): void {
  for (let left = columns; left > 0; left -= laneCount<T>()) {
    const lanes = min(laneCount<T>(), left);
    storeLanes<T>(output, v128.mul<T>(loadLanes<T>(row, lanes), factor), lanes);
    row += 16;
    output += 16;
  }
}
