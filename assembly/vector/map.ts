/**
 * Walks element-wise operations over arrays: whole vectors, then a part of one. Nothing beyond `count` is touched.
 *
 * An operation is a class without fields, never instantiated: its inlined method is called through
 * `changetype<Operation>(0)`, so each kernel is a loop of its own around the operation's arithmetic.
 */
import { laneCount, loadPart, splat, storePart } from "./lanes";

/** @inline output = operation.forward(input, parameter), lane by lane; `output` may be `input`. */
export function mapForward<T extends number, Operation>(input: usize, output: usize, count: i32, parameter: f64): void {
  assert(count > 0, "count must be positive");
  const operation = changetype<Operation>(0);
  const constant = splat<T>(parameter);
  const end = input + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (input < end) {
    v128.store(output, operation.forward<T>(v128.load(input), constant));
    input += 16;
    output += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) storePart<T>(output, operation.forward<T>(loadPart<T>(input, rest), constant), rest);
}

/**
 * @inline inputGrad = operation.backward(saved, outputGrad, parameter), lane by lane; `inputGrad` may be `outputGrad`.
 *
 * `saved` is the preactivation or the activation, whichever the operation's derivative is best written in.
 */
export function mapBackward<T extends number, Operation>(
  saved: usize,
  outputGrad: usize,
  inputGrad: usize,
  count: i32,
  parameter: f64,
): void {
  assert(count > 0, "count must be positive");
  const operation = changetype<Operation>(0);
  const constant = splat<T>(parameter);
  const end = saved + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (saved < end) {
    v128.store(inputGrad, operation.backward<T>(v128.load(saved), v128.load(outputGrad), constant));
    saved += 16;
    outputGrad += 16;
    inputGrad += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    const gradient = operation.backward<T>(loadPart<T>(saved, rest), loadPart<T>(outputGrad, rest), constant);
    storePart<T>(inputGrad, gradient, rest);
  }
}
