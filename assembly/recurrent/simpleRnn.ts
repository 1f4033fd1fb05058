/**
 * The simple recurrent layer: h = tanh(x · weight + bias + h · recurrentWeight).
 *
 * Source  Elman 1990, as PyTorch's RNN with one bias, and Keras's SimpleRNN.
 */
import { Tanh } from "../activations/smooth";
import { copyElements } from "../vector/copy";
import { laneCount, loadLanes, splat } from "../vector/lanes";
import { mapForward } from "../vector/map";
import { RecurrentBackward, recurrentBackward } from "./backward";
import { addTo, storeBoth } from "./elements";
import { RecurrentForward, recurrentForward } from "./forward";

@final
@unmanaged
class SimpleRnn {
  /** @inline */
  gateCount(): i32 {
    return 1;
  }

  /** @inline */
  hasCellState(): bool {
    return false;
  }

  /** @inline */
  step<T extends number>(
    _args: RecurrentForward,
    gates: usize,
    products: usize,
    hidden: usize,
    _state: usize,
    _place: i32,
    units: i32,
  ): void {
    addTo<T>(products, gates, units);
    mapForward<T, Tanh>(gates, gates, units, 0);
    copyElements<T>(gates, hidden, units);
  }

  /** @inline */
  stepBack<T extends number>(
    _args: RecurrentBackward,
    gates: usize,
    products: usize,
    grad: usize,
    _carried: usize,
    _place: i32,
    _before: i32,
    units: i32,
  ): void {
    tanhBack<T>(gates, grad, products, units);
  }
}

/** gates = grad · (1 - gates²); also to `products`. */
function tanhBack<T extends number>(gates: usize, grad: usize, products: usize, count: i32): void {
  for (; count > 0; count -= laneCount<T>()) {
    const lanes = min(count, laneCount<T>());
    const h = loadLanes<T>(gates, lanes);
    const slope = v128.sub<T>(splat<T>(1), v128.mul<T>(h, h));
    storeBoth<T>(gates, products, v128.mul<T>(loadLanes<T>(grad, lanes), slope), lanes);
    gates += 16;
    grad += 16;
    products += 16;
  }
}

/**
 * A simple recurrent layer through all steps.
 *
 * Range     rows: sequences.
 * Writes    gates, hidden, last, state (overwritten); the working space and the panels.
 * Requires  sizes of at least 1; gates, recurrentWeight and space on 16 bytes.
 * Numerics  h · recurrentWeight is one sum in the order of units, each product rounded; then the rest is added. A sequence's bits do not
 *           depend on the others.
 */
export function simpleRnnForward<T extends number>(args: RecurrentForward, begin: i32, end: i32): void {
  recurrentForward<T, SimpleRnn>(args, begin, end);
}

/**
 * The gradients of what goes into a simple recurrent layer's tanh.
 *
 * Range     rows: sequences.
 * Writes    gates (overwritten with their gradients); the working space and the panels.
 * Requires  sizes of at least 1; gates, recurrentWeight and space on 16 bytes. Gates are those of simpleRnnForward.
 * Numerics  each product is one sum in the order of units. A sequence's bits do not depend on the others.
 */
export function simpleRnnBackward<T extends number>(args: RecurrentBackward, begin: i32, end: i32): void {
  recurrentBackward<T, SimpleRnn>(args, begin, end);
}
