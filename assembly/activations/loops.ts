/**
 * The loops over an element-wise activation, and the records that all activations take. An activation is a class that the
 * transform exports by these loops (scripts/assembly-transform.mjs): its method `forward` gets a vector of inputs, its method
 * `backward` a vector of the input or of the output, as its base class says, and one of ∂loss/∂output.
 */
import { isAligned } from "../vector/lanes";
import { mapBackward, mapForward } from "../vector/map";

@final
@unmanaged
export class ActivationForward {
  /** [rows, columns] */
  input: usize;
  /** [rows, columns]; may be input. */
  output: usize;
  columns: i32;
  /** The slope of leakyRelu or the alpha of elu; 0 for the others. */
  parameter: f64;
}

@final
@unmanaged
export class ActivationBackward {
  /** [rows, columns] */
  preactivation: usize;
  /** [rows, columns] */
  activation: usize;
  /** [rows, columns] */
  outputGrad: usize;
  /** [rows, columns]; may be outputGrad. */
  inputGrad: usize;
  columns: i32;
  /** The slope of leakyRelu or the alpha of elu; 0 for the others. */
  parameter: f64;
}

/** An activation whose derivative is written in its input. */
@unmanaged
export class OfInput {
  /** @inline Returns the block that `backward` gets first. */
  saved(args: ActivationBackward): usize {
    return args.preactivation;
  }
}

/** An activation whose derivative is written in its output. */
@unmanaged
export class OfOutput {
  /** @inline Returns the block that `backward` gets first. */
  saved(args: ActivationBackward): usize {
    return args.activation;
  }
}

/**
 * output = operation.forward(input, parameter), each element for itself.
 *
 * Range     rows.
 * Writes    output (overwritten), which may be input. If `forward` is tagged `@staged`, the panels' working space.
 * Requires  every block 16-byte aligned; rows, columns >= 1.
 * Numerics  as the class of the activation says.
 */
export function activationForward<T extends number, Operation>(args: ActivationForward, begin: i32, end: i32): void {
  assert(isAligned(args.input | args.output), "input and output must be 16-byte aligned");
  const columns = args.columns;
  const offset = <usize>(begin * columns) * sizeof<T>();
  mapForward<T, Operation>(args.input + offset, args.output + offset, (end - begin) * columns, args.parameter);
}

/**
 * inputGrad = operation.backward(saved, outputGrad, parameter), each element for itself; `saved` is preactivation or activation.
 *
 * Range     rows.
 * Writes    inputGrad (overwritten), which may be outputGrad.
 * Requires  the blocks that it reads and writes 16-byte aligned; rows, columns >= 1.
 * Numerics  as the class of the activation says.
 */
export function activationBackward<T extends number, Operation>(args: ActivationBackward, begin: i32, end: i32): void {
  const saved = changetype<Operation>(0).saved(args);
  assert(isAligned(saved | args.outputGrad | args.inputGrad), "all arrays must be 16-byte aligned");
  const columns = args.columns;
  const offset = <usize>(begin * columns) * sizeof<T>();
  const outputGrad = args.outputGrad + offset;
  const inputGrad = args.inputGrad + offset;
  mapBackward<T, Operation>(saved + offset, outputGrad, inputGrad, (end - begin) * columns, args.parameter);
}
