/**
 * Comparisons of two matrices, row by row: the Euclidean distance, the dot product and the cosine similarity. A comparison is a class
 * without fields: it gives one number for two rows, and the derivatives of that number.
 */
import { isAligned } from "../vector/lanes";
import { Combination, mapPairs, Product, ScaledDifference, SquaredDifference, sumOfPairs } from "./rows";

/** The least length that the cosine takes a row to have. */
const leastLength: f64 = 1e-8;

/** @inline The length of a row, or the least one. */
function lengthOf<T extends number>(row: usize, columns: i32): f64 {
  return max<f64>(sqrt<f64>(sumOfPairs<T, Product>(row, row, columns, 0)), leastLength);
}

/** @inline The factor of a row in its own gradient: -slope / length², 0 where the length is constant. */
function ownFactor(slope: f64, length: f64): f64 {
  return length > leastLength ? -slope / (length * length) : 0;
}

/** Writes ownFactor · row + otherFactor · other over `grad`, unless its address is 0. */
function storeGradient<T extends number>(
  row: usize,
  other: usize,
  grad: usize,
  columns: i32,
  ownFactor: f64,
  otherFactor: f64,
): void {
  if (grad) mapPairs<T, Combination>(row, other, grad, columns, ownFactor, otherFactor);
}

@final
@unmanaged
class Distance {
  /** @inline √Σ (a - b)² */
  forward<T extends number>(a: usize, b: usize, columns: i32): f64 {
    return sqrt<f64>(sumOfPairs<T, SquaredDifference>(a, b, columns, 0));
  }

  /** @inline ±(a - b) / distance */
  backward<T extends number>(a: usize, b: usize, gradient: f64, aGrad: usize, bGrad: usize, columns: i32): void {
    const distance = this.forward<T>(a, b, columns);
    const factor = distance == 0 ? 0 : gradient / distance;
    if (aGrad) mapPairs<T, ScaledDifference>(a, b, aGrad, columns, factor, 0);
    if (bGrad) mapPairs<T, ScaledDifference>(b, a, bGrad, columns, factor, 0);
  }
}

@final
@unmanaged
class Dot {
  /** @inline Σ a b */
  forward<T extends number>(a: usize, b: usize, columns: i32): f64 {
    return sumOfPairs<T, Product>(a, b, columns, 0);
  }

  /** @inline b, and a */
  backward<T extends number>(a: usize, b: usize, gradient: f64, aGrad: usize, bGrad: usize, columns: i32): void {
    storeGradient<T>(a, b, aGrad, columns, 0, gradient);
    storeGradient<T>(b, a, bGrad, columns, 0, gradient);
  }
}

@final
@unmanaged
class Cosine {
  /** @inline Σ a b / (|a| |b|) */
  forward<T extends number>(a: usize, b: usize, columns: i32): f64 {
    const lengths = lengthOf<T>(a, columns) * lengthOf<T>(b, columns);
    return sumOfPairs<T, Product>(a, b, columns, 0) / lengths;
  }

  /** @inline b / (|a| |b|) - a cosine / |a|², and the same with a and b exchanged */
  backward<T extends number>(a: usize, b: usize, gradient: f64, aGrad: usize, bGrad: usize, columns: i32): void {
    const aLength = lengthOf<T>(a, columns);
    const bLength = lengthOf<T>(b, columns);
    const factor = gradient / (aLength * bLength);
    const slope = sumOfPairs<T, Product>(a, b, columns, 0) * factor;
    storeGradient<T>(a, b, aGrad, columns, ownFactor(slope, aLength), factor);
    storeGradient<T>(b, a, bGrad, columns, ownFactor(slope, bLength), factor);
  }
}

@final
@unmanaged
export class ComparePair {
  /** [rows, columns] */
  a: usize;
  /** [rows, columns] */
  b: usize;
  /** [rows] */
  output: usize;
  columns: i32;
}

/** @inline output = comparison(a, b), row by row. */
function compare<T extends number, Comparison>(args: ComparePair, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.a | args.b | args.output), "blocks start on 16 bytes");
  const comparison = changetype<Comparison>(0);
  const rowBytes = <usize>columns * sizeof<T>();
  for (let row = begin; row < end; row++) {
    const at = <usize>row * rowBytes;
    const value = comparison.forward<T>(args.a + at, args.b + at, columns);
    store<T>(args.output + <usize>row * sizeof<T>(), <T>value);
  }
}

/**
 * output = √Σ (a - b)², the Euclidean distance of two rows.
 *
 * Range     rows.
 * Writes    output (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64, rounded once to T. A row with NaN gives NaN, as do infinities of one sign at one place; any other infinity gives
 *           infinity.
 */
export function distanceForward<T extends number>(args: ComparePair, begin: i32, end: i32): void {
  compare<T, Distance>(args, begin, end);
}

/**
 * output = Σ a b, the dot product of two rows.
 *
 * Range     rows.
 * Writes    output (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64, rounded once to T. NaN and infinities come through.
 */
export function dotForward<T extends number>(args: ComparePair, begin: i32, end: i32): void {
  compare<T, Dot>(args, begin, end);
}

/**
 * output = Σ a b / (|a| |b|), the cosine of the angle between two rows.
 *
 * Range     rows.
 * Writes    output (overwritten).
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64, rounded once to T. A length below 1e-8 is taken for 1e-8, so a row of zeros gives 0. A row with NaN or infinity gives
 *           NaN.
 * Source    PyTorch's CosineSimilarity.
 */
export function cosineForward<T extends number>(args: ComparePair, begin: i32, end: i32): void {
  compare<T, Cosine>(args, begin, end);
}

@final
@unmanaged
export class ComparePairBackward {
  /** [rows, columns] */
  a: usize;
  /** [rows, columns] */
  b: usize;
  /** [rows] */
  outputGrad: usize;
  /** [rows, columns]; 0 where nobody needs it. */
  aGrad: usize;
  /** [rows, columns]; 0 where nobody needs it. */
  bGrad: usize;
  columns: i32;
}

/** @inline aGrad, bGrad = outputGrad · the derivatives of the comparison, row by row. */
function derive<T extends number, Comparison>(args: ComparePairBackward, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.a | args.b | args.outputGrad | args.aGrad | args.bGrad), "blocks start on 16 bytes");
  const comparison = changetype<Comparison>(0);
  const rowBytes = <usize>columns * sizeof<T>();
  for (let row = begin; row < end; row++) {
    const at = <usize>row * rowBytes;
    const gradient = <f64>load<T>(args.outputGrad + <usize>row * sizeof<T>());
    const aGrad = args.aGrad ? args.aGrad + at : 0;
    const bGrad = args.bGrad ? args.bGrad + at : 0;
    comparison.backward<T>(args.a + at, args.b + at, gradient, aGrad, bGrad, columns);
  }
}

/**
 * The derivatives of distanceForward: aGrad = outputGrad · (a - b) / distance, bGrad = -aGrad.
 *
 * Range     rows.
 * Writes    aGrad and bGrad (overwritten), unless their address is 0.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64, rounded once to T. 0 where the rows are equal. A row with NaN becomes NaN; of one with infinity that element does, and
 *           the others 0.
 */
export function distanceBackward<T extends number>(args: ComparePairBackward, begin: i32, end: i32): void {
  derive<T, Distance>(args, begin, end);
}

/**
 * The derivatives of dotForward: aGrad = outputGrad · b, bGrad = outputGrad · a.
 *
 * Range     rows.
 * Writes    aGrad and bGrad (overwritten), unless their address is 0.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64, rounded once to T. aGrad is NaN where a is not finite, and not finite where b is not; bGrad likewise.
 */
export function dotBackward<T extends number>(args: ComparePairBackward, begin: i32, end: i32): void {
  derive<T, Dot>(args, begin, end);
}

/**
 * The derivatives of cosineForward: aGrad = outputGrad · (b / (|a| |b|) - a · cosine / |a|²), bGrad likewise.
 *
 * Range     rows.
 * Writes    aGrad and bGrad (overwritten), unless their address is 0.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  f64, rounded once to T. Where a length is below 1e-8 it is constant. A row with NaN or infinity becomes NaN.
 */
export function cosineBackward<T extends number>(args: ComparePairBackward, begin: i32, end: i32): void {
  derive<T, Cosine>(args, begin, end);
}
