/**
 * The cosine similarity of each row of outputs with its row of targets, as a loss. It has a term, and so a weight, for each row. A row may
 * start at any multiple of an element's size.
 */
import { addLanes, isAligned, laneCount, loadPart, splat, storePart, totalOf } from "../vector/lanes";
import { OutputLoss, rowAt, rowsOf, rowWeightAt } from "./output";

/** The least length that a row is taken to have. */
const leastLength: f64 = 1e-8;

/** Σ a·b over two rows, in f64. */
function dotProduct<T extends number>(a: usize, b: usize, columns: i32): f64 {
  let sum = f64x2.splat(0);
  for (; columns >= laneCount<T>(); columns -= laneCount<T>()) {
    sum = addLanes<T>(sum, v128.mul<T>(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
  }
  if (columns) sum = addLanes<T>(sum, v128.mul<T>(loadPart<T>(a, columns), loadPart<T>(b, columns)));
  return totalOf(sum);
}

/** @inline The length of a row, or the least one. */
function lengthOf<T extends number>(row: usize, columns: i32): f64 {
  return max<f64>(sqrt<f64>(dotProduct<T>(row, row, columns)), leastLength);
}

/**
 * result.sum = Σ over rows of weight · (1 - output·target / (|output| |target|)).
 *
 * Shapes    output, targets: [rows, columns]; weights (0 for none): [rows].
 * Writes    result.sum.
 * Range     one unit: the sum has one order.
 * Requires  every block on 16 bytes; rows, columns >= 1.
 * Numerics  a length below 1e-8 is taken for 1e-8. Products are of T, sums and quotients of f64. NaN where a square
 *           overflows, or is NaN.
 * Source    PyTorch's CosineSimilarity.
 */
export function cosineSimilarityForward<T extends number>(args: OutputLoss, begin: i32, end: i32): void {
  const rows = rowsOf(args);
  const columns = args.columns;
  assert(begin == 0 && end == 1, "a sum is one unit");
  assert(rows > 0 && columns > 0, "rows and columns must be positive");
  let output = args.output;
  let targets = args.targets;
  let weights = args.weights;
  assert(isAligned(output | targets | weights), "blocks start on 16 bytes");
  const rowBytes = <usize>columns * sizeof<T>();
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const lengths = lengthOf<T>(output, columns) * lengthOf<T>(targets, columns);
    let term = 1 - dotProduct<T>(output, targets, columns) / lengths;
    if (weights) {
      term *= <f64>load<T>(weights);
      weights += sizeof<T>();
    }
    total += term;
    output += rowBytes;
    targets += rowBytes;
  }
  args.result.sum = total;
}

/** @inline output · outputFactor - target · targetFactor */
function combineLanes<T extends number>(output: v128, target: v128, outputFactor: v128, targetFactor: v128): v128 {
  return v128.sub<T>(v128.mul<T>(output, outputFactor), v128.mul<T>(target, targetFactor));
}

/**
 * outputGrad = scale · weight · (output · cosine / |output|² - target / (|output| |target|)).
 *
 * Shapes    output, targets, outputGrad: [rows, columns]; weights (0 for none): [rows].
 * Writes    outputGrad (overwritten).
 * Range     rows.
 * Requires  every block on 16 bytes; columns >= 1.
 * Numerics  as cosineSimilarityForward; where |output| is below 1e-8, it is constant, and the first term is 0.
 */
export function cosineSimilarityBackward<T extends number>(args: OutputLoss, begin: i32, end: i32): void {
  const columns = args.columns;
  assert(end > begin && columns > 0, "rows and columns must be positive");
  assert(isAligned(args.output | args.targets | args.weights | args.outputGrad), "blocks start on 16 bytes");
  const scale = args.result.scale;
  let output = rowAt<T>(args.output, begin, columns);
  let targets = rowAt<T>(args.targets, begin, columns);
  let outputGrad = rowAt<T>(args.outputGrad, begin, columns);
  let weights = rowWeightAt<T>(args.weights, begin);
  const rest = columns & (laneCount<T>() - 1);
  for (let row = begin; row < end; row++) {
    const length = lengthOf<T>(output, columns);
    const lengths = length * lengthOf<T>(targets, columns);
    const cosine = dotProduct<T>(output, targets, columns) / lengths;
    let factor = scale;
    if (weights) {
      factor *= <f64>load<T>(weights);
      weights += sizeof<T>();
    }
    const outputFactor = splat<T>(length > leastLength ? (factor * cosine) / (length * length) : 0);
    const targetFactor = splat<T>(factor / lengths);
    const end = output + <usize>(columns & -laneCount<T>()) * sizeof<T>();
    while (output < end) {
      const gradient = combineLanes<T>(v128.load(output), v128.load(targets), outputFactor, targetFactor);
      v128.store(outputGrad, gradient);
      output += 16;
      targets += 16;
      outputGrad += 16;
    }
    if (rest) {
      const x = loadPart<T>(output, rest);
      const gradient = combineLanes<T>(x, loadPart<T>(targets, rest), outputFactor, targetFactor);
      storePart<T>(outputGrad, gradient, rest);
      output += <usize>rest * sizeof<T>();
      targets += <usize>rest * sizeof<T>();
      outputGrad += <usize>rest * sizeof<T>();
    }
  }
}
