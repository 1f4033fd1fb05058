/** Rows of a matrix, normalized by numbers of their columns: batch normalization's last step, and group normalization's. */
import { laneCount, loadLanes, storeLanes } from "../vector/lanes";

/** @inline One vector of normalizeRows. */
function normalizeLanes<T extends number>(
  input: usize,
  mean: usize,
  scale: usize,
  bias: usize,
  output: usize,
  lanes: i32,
): void {
  const centred = v128.sub<T>(loadLanes<T>(input, lanes), loadLanes<T>(mean, lanes));
  const scaled = v128.mul<T>(centred, loadLanes<T>(scale, lanes));
  storeLanes<T>(output, v128.add<T>(scaled, loadLanes<T>(bias, lanes)), lanes);
}

/**
 * output = (input - mean) · scale + bias, in T, each column with its own; `output` may be `input`.
 *
 * @param rows of `columns` elements; of input and output they are rowBytes apart
 */
export function normalizeRows<T extends number>(
  input: usize,
  mean: usize,
  scale: usize,
  bias: usize,
  output: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
): void {
  const rest = columns & (laneCount<T>() - 1);
  const wholeBytes = <usize>(columns - rest) * sizeof<T>();
  for (let row = 0; row < rows; row++) {
    for (let offset: usize = 0; offset < wholeBytes; offset += 16) {
      normalizeLanes<T>(input + offset, mean + offset, scale + offset, bias + offset, output + offset, laneCount<T>());
    }
    if (rest) {
      const offset = wholeBytes;
      normalizeLanes<T>(input + offset, mean + offset, scale + offset, bias + offset, output + offset, rest);
    }
    input += rowBytes;
    output += rowBytes;
  }
}
