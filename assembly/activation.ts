/**
 * Element-wise activations and their derivatives.
 */
import { laneCount, loadPart, splat, storePart } from "./lanes";

/** output = operation(input), lane by lane; `output` may be `input`. */
function mapForward<T extends number, Operation>(input: usize, output: usize, count: i32, parameter: f64): void {
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

@final
@unmanaged
class Relu {
  /** @inline max(x, 0) */
  forward<T extends number>(x: v128, _parameter: v128): v128 {
    return v128.max<T>(x, splat<T>(0));
  }
}

/** output = max(input, 0). */
export function reluForward<T extends number>(
  input: usize,
  output: usize,
  rows: i32,
  columns: i32,
  parameter: f64,
): void {
  mapForward<T, Relu>(input, output, rows * columns, parameter);
}
