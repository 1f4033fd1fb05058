/**
 * The sequences of a batch lie one after the other without gaps, so that layers which act on each step alike see a batch of more
 * rows. Operations that look at whole sequences ask here where each lies.
 */

/**
 * @inline Returns the place of the first step of sequence `row` among the steps of all sequences; of row = rows, where the last ends.
 *
 * @param offsets [rows + 1] 32-bit integers, the first steps of all sequences and their end; 0 if each has `steps`
 */
export function firstStep(offsets: usize, steps: i32, row: i32): i32 {
  return offsets ? load<i32>(offsets + ((<usize>row) << 2)) : row * steps;
}
