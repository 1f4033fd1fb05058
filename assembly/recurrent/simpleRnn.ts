/**
 * The simple recurrent layer: h = tanh(x · weight + bias + h · recurrentWeight).
 *
 * Source  Elman 1990, as PyTorch's RNN with one bias, and Keras's SimpleRNN.
 */

import { mapTanh } from "../program/coreImports";
import { addTo } from "../vector/add";
import { copyElements } from "../vector/copy";
import { laneCount, loadLanes, splat } from "../vector/lanes";
import { storeBoth } from "./elements";

/** One step of a sequence. */
export function simpleRnnStep<T extends number>(gates: usize, products: usize, hidden: usize, units: i32): void {
  addTo<T>(products, gates, units);
  mapTanh(gates, gates, units);
  copyElements<T>(gates, hidden, units);
}

/** One step back: gates = grad · (1 - gates²); also to `products`. */
export function simpleRnnStepBack<T extends number>(gates: usize, products: usize, grad: usize, units: i32): void {
  for (let count = units; count > 0; count -= laneCount<T>()) {
    const lanes = min(count, laneCount<T>());
    const h = loadLanes<T>(gates, lanes);
    const slope = v128.sub<T>(splat<T>(1), v128.mul<T>(h, h));
    storeBoth<T>(gates, products, v128.mul<T>(loadLanes<T>(grad, lanes), slope), lanes);
    gates += 16;
    grad += 16;
    products += 16;
  }
}
