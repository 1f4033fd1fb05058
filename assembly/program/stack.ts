/**
 * Whole steps of a small network in one call: a stack of dense layers, forward, backward and update, over all its examples.
 *
 * The cost of a small network's step is not its arithmetic, but the calls and the ends of loops around it. Here values are
 * transposed, unit after unit with the examples in the lanes. So the loops over units have no remainder, and the widths of
 * layers need not fill a vector. Every sum has the order of the dense layer's, so the bits are those of the ordinary pass.
 */

import { OutputLoss } from "../losses/output";
import { isAligned, laneCount, splat, storeLanes } from "../vector/lanes";
import { walk } from "./operation";
import { Step } from "./step";

/** A vector of ones, of f32 or of f64. */
const onesF32: usize = memory.data<f32>([1, 1, 1, 1], 16);
const onesF64: usize = memory.data<f64>([1, 1], 16);

/** One layer and the addresses of its data. A value or its gradient is [units, examples], each unit padded to whole vectors. */
@final
@unmanaged
class StackLayer {
  fanIn: i32;
  fanOut: i32;
  /** [fanIn, fanOut], and its gradient. */
  weight: usize;
  weightGrad: usize;
  /** [fanOut], and its gradient; both 0 for none. */
  bias: usize;
  biasGrad: usize;
  input: usize;
  preactivation: usize;
  activation: usize;
  activationGrad: usize;
  /** The activation's operations, which are element by element, and their records, of 1 column; all 0 for a linear layer. */
  forward: u32;
  forwardArgs: usize;
  backward: u32;
  backwardArgs: usize;
}

/** A stack with what does not change from step to step. */
@final
@unmanaged
class StackStep {
  /** The layers one after the other: the input of each is the activation of the one before. */
  layers: usize;
  count: i32;
  /**
   * The loss, and the places of its kernels in the table. If there is one output, its output and outputGrad may be the last layer's
   * activation and activationGrad.
   */
  loss: OutputLoss;
  lossForward: u32;
  lossBackward: u32;
  /** A list of operations that read `now`. */
  now: Step;
  updates: usize;
  updateCount: i32;
}

/**
 * Steps over the same rows: forward, loss, backward and the update.
 *
 * Writes    preactivation, activation, activationGrad, weightGrad and biasGrad of each layer; and what the loss and the update say.
 * Requires  `address` is that of a StackStep, whose `now` is ready for the first step, and serves the others with the next numbers; the loss
 *           has one position; every block on 16 bytes.
 * Numerics  the bits of the ordinary pass. The padding repeats the last row, so that it overflows only where that does, and
 *           its gradient is zero.
 * Returns   the number of whole steps: fewer than `count` if the next has a loss that is not finite, and has changed no parameter; or an update
 *           that has left a vector as it was, and then `stored` is 0.
 */
export function stackSteps<T extends number>(address: usize, count: i32): i32 {
  const stack = changetype<StackStep>(address);
  const now = stack.now;
  assert(stack.count > 0 && stack.loss.batch.rows > 0, "layers and rows must be positive");
  assert(isAligned(stack.layers), "blocks start on 16 bytes");
  for (let done = 0; done < count; done++) {
    if (!makeStep<T>(stack)) return done;
    now.step++;
  }
  return count;
}

/** @inline Makes a step. @returns false if its loss or its update is not finite */
function makeStep<T extends number>(stack: StackStep): bool {
  const layers = stack.layers;
  const loss = stack.loss;
  const rows = loss.batch.rows;
  const vectors = (rows + laneCount<T>() - 1) / laneCount<T>();
  const end = layers + <usize>stack.count * offsetof<StackLayer>();
  for (let at = layers; at < end; at += offsetof<StackLayer>()) forward<T>(changetype<StackLayer>(at), vectors);
  const last = changetype<StackLayer>(end - offsetof<StackLayer>());
  const outputs = last.fanOut;
  if (last.activation != loss.output) examplesToRows<T>(last.activation, loss.output, rows, outputs);
  call_indirect<void>(stack.lossForward, loss, 0, 1);
  if (!Number.isFinite(loss.result.sum)) return false;
  call_indirect<void>(stack.lossBackward, loss, 0, rows);
  if (last.activationGrad != loss.outputGrad) rowsToExamples<T>(loss.outputGrad, last.activationGrad, rows, outputs);
  clearPadding<T>(last.activationGrad, rows, outputs);
  let at = end;
  while (at > layers) {
    at -= offsetof<StackLayer>();
    const inputGrad = at > layers ? changetype<StackLayer>(at - offsetof<StackLayer>()).activationGrad : 0;
    backward<T>(changetype<StackLayer>(at), inputGrad, vectors);
  }
  walk(stack.updates, stack.updateCount);
  return stack.now.stored != 0;
}

/**
 * output = inputᵀ, each row of it padded to whole vectors with its last element.
 *
 * Shapes    input [rows, columns]; output [columns, rows rounded up to whole vectors].
 * Writes    output (overwritten); may not alias input.
 * Requires  rows, columns >= 1.
 */
export function rowsToExamples<T extends number>(input: usize, output: usize, rows: i32, columns: i32): void {
  const row = <usize>columns * sizeof<T>();
  const padded = (rows + laneCount<T>() - 1) & -laneCount<T>();
  for (let column = 0; column < columns; column++) {
    let from = input + <usize>column * sizeof<T>();
    for (let index = 0; index < padded; index++) {
      store<T>(output, load<T>(from));
      if (index < rows - 1) from += row;
      output += sizeof<T>();
    }
  }
}

/** Does the reverse of rowsToExamples. */
function examplesToRows<T extends number>(input: usize, output: usize, rows: i32, columns: i32): void {
  const row = <usize>columns * sizeof<T>();
  const padding = <usize>(-rows & (laneCount<T>() - 1)) * sizeof<T>();
  for (let column = 0; column < columns; column++) {
    let to = output + <usize>column * sizeof<T>();
    for (let index = 0; index < rows; index++) {
      store<T>(to, load<T>(input));
      to += row;
      input += sizeof<T>();
    }
    input += padding;
  }
}

/** Clears the padding of each of `units` rows of examples. */
function clearPadding<T extends number>(address: usize, rows: i32, units: i32): void {
  const padded = (rows + laneCount<T>() - 1) & -laneCount<T>();
  for (let unit = 0; unit < units; unit++) {
    for (let index = rows; index < padded; index++) store<T>(address + <usize>index * sizeof<T>(), <T>0);
    address += <usize>padded * sizeof<T>();
  }
}

/** @inline */
function forward<T extends number>(layer: StackLayer, vectors: i32): void {
  const fanOut = layer.fanOut;
  const bias = layer.bias;
  const preactivation = layer.preactivation;
  const step = <usize>fanOut * sizeof<T>();
  combine<T>(layer.input, layer.fanIn, layer.weight, step, sizeof<T>(), bias, preactivation, fanOut, vectors);
  if (layer.forward) call_indirect<void>(layer.forward, layer.forwardArgs, 0, fanOut * vectors * laneCount<T>());
}

/** @inline @param inputGrad [fanIn, examples], or 0 if nobody needs it */
function backward<T extends number>(layer: StackLayer, inputGrad: usize, vectors: i32): void {
  const fanIn = layer.fanIn;
  const fanOut = layer.fanOut;
  const grad = layer.activationGrad;
  if (layer.backward) call_indirect<void>(layer.backward, layer.backwardArgs, 0, fanOut * vectors * laneCount<T>());
  const unit = <usize>vectors * 16;
  const row = <usize>fanOut * sizeof<T>();
  let input = layer.input;
  let weightGrad = layer.weightGrad;
  if (fanOut == 1) {
    // A column of sums is a row of them, of whole vectors.
    sumProducts<T>(grad, 16, input, weightGrad, fanIn, vectors);
  } else {
    for (let index = 0; index < fanIn; index++) {
      sumProducts<T>(input, 16, grad, weightGrad, fanOut, vectors);
      input += unit;
      weightGrad += row;
    }
  }
  // The sum over the examples is that of their products with ones.
  if (layer.biasGrad) sumProducts<T>(sizeof<T>() == 8 ? onesF64 : onesF32, 0, grad, layer.biasGrad, fanOut, vectors);
  if (inputGrad) combine<T>(grad, fanOut, layer.weight, sizeof<T>(), row, 0, inputGrad, fanIn, vectors);
}

/**
 * @inline output[unit] = Σ input[term] · weight + start[unit], for every vector of examples, in the order of the terms.
 *
 * @param weight that of the first unit and term; termStep bytes to the next term's, unitStep to the next unit's
 * @param start a number for each unit, or 0 for zeros
 */
function combine<T extends number>(
  input: usize,
  terms: i32,
  weight: usize,
  termStep: usize,
  unitStep: usize,
  start: usize,
  output: usize,
  units: i32,
  vectors: i32,
): void {
  const inputStep = <usize>vectors * 16;
  const outputEnd = output + <usize>units * inputStep;
  while (output < outputEnd) {
    const last = start ? v128.load_splat<T>(start) : splat<T>(0);
    const unitEnd = output + inputStep;
    let from = input;
    for (; output + 16 < unitEnd; output += 32) {
      let sum0 = splat<T>(0);
      let sum1 = sum0;
      let value = from;
      let factor = weight;
      for (let term = 0; term < terms; term++) {
        const multiplier = v128.load_splat<T>(factor);
        sum0 = v128.add<T>(sum0, v128.mul<T>(v128.load(value), multiplier));
        sum1 = v128.add<T>(sum1, v128.mul<T>(v128.load(value, 16), multiplier));
        value += inputStep;
        factor += termStep;
      }
      v128.store(output, v128.add<T>(sum0, last));
      v128.store(output, v128.add<T>(sum1, last), 16);
      from += 32;
    }
    if (output < unitEnd) {
      let sum = splat<T>(0);
      let factor = weight;
      for (let term = 0; term < terms; term++) {
        sum = v128.add<T>(sum, v128.mul<T>(v128.load(from), v128.load_splat<T>(factor)));
        from += inputStep;
        factor += termStep;
      }
      v128.store(output, v128.add<T>(sum, last));
      output += 16;
    }
    weight += unitStep;
    if (start) start += sizeof<T>();
  }
}

/**
 * @inline sums[unit] = Σ input · grad[unit] over the examples, in their order: as many units at once as a vector has lanes.
 *
 * @param inputStep bytes from one vector of the input to the next
 */
function sumProducts<T extends number>(
  input: usize,
  inputStep: usize,
  grad: usize,
  sums: usize,
  units: i32,
  vectors: i32,
): void {
  const unit = <usize>vectors * 16;
  for (; units > 0; units -= laneCount<T>()) {
    // Units past the last repeat it; their sums are not stored.
    const grad1 = units > 1 ? grad + unit : grad;
    const grad2 = units > 2 ? grad1 + unit : grad1;
    const grad3 = units > 3 ? grad2 + unit : grad2;
    let sum = splat<T>(0);
    let from = input;
    for (let offset: usize = 0; offset < unit; offset += 16) {
      const factor = v128.load(from);
      const product0 = v128.mul<T>(factor, v128.load(grad + offset));
      const product1 = v128.mul<T>(factor, v128.load(grad1 + offset));
      if (sizeof<T>() == 8) {
        sum = v128.add<T>(sum, v128.shuffle<f64>(product0, product1, 0, 2));
        sum = v128.add<T>(sum, v128.shuffle<f64>(product0, product1, 1, 3));
      } else {
        const product2 = v128.mul<T>(factor, v128.load(grad2 + offset));
        const product3 = v128.mul<T>(factor, v128.load(grad3 + offset));
        const low01 = v128.shuffle<f32>(product0, product1, 0, 4, 1, 5);
        const low23 = v128.shuffle<f32>(product2, product3, 0, 4, 1, 5);
        const high01 = v128.shuffle<f32>(product0, product1, 2, 6, 3, 7);
        const high23 = v128.shuffle<f32>(product2, product3, 2, 6, 3, 7);
        sum = v128.add<T>(sum, v128.shuffle<f64>(low01, low23, 0, 2));
        sum = v128.add<T>(sum, v128.shuffle<f64>(low01, low23, 1, 3));
        sum = v128.add<T>(sum, v128.shuffle<f64>(high01, high23, 0, 2));
        sum = v128.add<T>(sum, v128.shuffle<f64>(high01, high23, 1, 3));
      }
      from += inputStep;
    }
    storeLanes<T>(sums, sum, min(units, laneCount<T>()));
    sums += 16;
    grad += unit * <usize>laneCount<T>();
  }
}
