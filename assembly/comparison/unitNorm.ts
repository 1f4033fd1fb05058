/** Rows of Euclidean length 1. */
import { isAligned } from "../vector/lanes";
import { Combination, mapPairs, Product, sumOfPairs } from "./rows";

/** The least length that a row is divided by. */
const leastLength: f64 = 1e-12;

@final
@unmanaged
export class UnitNormForward {
  /** [rows, columns] */
  input: usize;
  /** [rows, columns] */
  output: usize;
  columns: i32;
}

/**
 * output = input / |input|, with the Euclidean length of the row.
 *
 * Range     rows.
 * Writes    output (overwritten), which may be input.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64, rounded once to T. A length below 1e-12 is taken for 1e-12, so zeros stay zeros. A row with NaN becomes NaN; of one
 *           with infinity those elements do, and the others 0.
 * Source    PyTorch's functional.normalize.
 */
export function unitNormForward<T extends number>(args: UnitNormForward, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.input | args.output), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  for (let row = begin; row < end; row++) {
    const at = <usize>row * rowBytes;
    const input = args.input + at;
    const length = max<f64>(sqrt<f64>(sumOfPairs<T, Product>(input, input, columns, 0)), leastLength);
    mapPairs<T, Combination>(input, input, args.output + at, columns, 1 / length, 0);
  }
}

@final
@unmanaged
export class UnitNormBackward {
  /** [rows, columns] */
  input: usize;
  /** [rows, columns] */
  outputGrad: usize;
  /** [rows, columns]; may be outputGrad. */
  inputGrad: usize;
  columns: i32;
}

/**
 * The derivative of unitNormForward: inputGrad = (outputGrad - input · Σ outputGrad input / |input|²) / |input|.
 *
 * Range     rows.
 * Writes    inputGrad (overwritten), which may be outputGrad.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64, rounded once to T. Where the length is below 1e-12 it is constant: inputGrad = outputGrad / 1e-12, as PyTorch's.
 *           A row of input with NaN or infinity makes its row of inputGrad NaN.
 */
export function unitNormBackward<T extends number>(args: UnitNormBackward, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.input | args.outputGrad | args.inputGrad), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  for (let row = begin; row < end; row++) {
    const at = <usize>row * rowBytes;
    const input = args.input + at;
    const outputGrad = args.outputGrad + at;
    const length = sqrt<f64>(sumOfPairs<T, Product>(input, input, columns, 0));
    const inverse = 1 / max<f64>(length, leastLength);
    let slope: f64 = 0;
    // In this order, as inverse³ may be too small where the length is large.
    if (!(length <= leastLength)) {
      slope = -sumOfPairs<T, Product>(outputGrad, input, columns, 0) * inverse * inverse * inverse;
    }
    mapPairs<T, Combination>(input, outputGrad, args.inputGrad + at, columns, slope, inverse);
  }
}
