/**
 * The gated recurrent unit. A step's gates are r, z, n, side by side in this order:
 *
 *   r, z = sigmoid(x · weight + bias + h · recurrentWeight)
 *   n = tanh(x · weight + bias + r · (h · recurrentWeight + candidateBias))
 *   h = (1 - z) · n + z · h
 *
 * Source  Cho et al. 2014, with the reset after the product, as PyTorch's GRU and Keras's by default.
 */

import { mapSigmoid, mapTanh } from "../program/coreImports";
import { addTo } from "../vector/add";
import { copyElements } from "../vector/copy";
import { laneCount, loadLanes, splat, storeLanes } from "../vector/lanes";
import { storeBoth } from "./elements";
import { GruBackward, GruForward } from "./records";

/** One step of a sequence. @param products h · recurrentWeight; overwritten */
export function gruStep<T extends number>(
  args: GruForward,
  gates: usize,
  products: usize,
  hidden: usize,
  place: i32,
  units: i32,
): void {
  const row = <usize>units * sizeof<T>();
  const candidate = gates + 2 * row;
  const candidateProduct = products + 2 * row;
  if (args.candidateBias) addTo<T>(args.candidateBias, candidateProduct, units);
  if (args.hiddenPart) copyElements<T>(products, args.hiddenPart + <usize>place * 3 * row, 3 * units);
  addTo<T>(products, gates, 2 * units);
  mapSigmoid(gates, gates, 2 * units);
  addProducts<T>(gates, candidateProduct, candidate, units);
  mapTanh(candidate, candidate, units);
  blend<T>(gates + row, candidate, hidden, units);
}

/** One step back. @param carried ∂loss/∂h through z of the later step; overwritten with that of this one */
export function gruStepBack<T extends number>(
  args: GruBackward,
  gates: usize,
  products: usize,
  grad: usize,
  carried: usize,
  place: i32,
  before: i32,
  units: i32,
): void {
  const row = <usize>units * sizeof<T>();
  const hiddenPart = args.hiddenPart + <usize>place * 3 * row;
  gatesBack<T>(gates, row, hiddenPart, grad, carried, before < 0 ? 0 : args.hidden + <usize>before * row, units);
  copyElements<T>(hiddenPart, products, 3 * units);
}

/** sum += a · b, element by element. */
function addProducts<T extends number>(a: usize, b: usize, sum: usize, count: i32): void {
  for (; count > 0; count -= laneCount<T>()) {
    const lanes = min(count, laneCount<T>());
    const product = v128.mul<T>(loadLanes<T>(a, lanes), loadLanes<T>(b, lanes));
    storeLanes<T>(sum, v128.add<T>(loadLanes<T>(sum, lanes), product), lanes);
    a += 16;
    b += 16;
    sum += 16;
  }
}

/** hidden = (1 - z) · n + z · hidden */
function blend<T extends number>(z: usize, n: usize, hidden: usize, count: i32): void {
  for (; count > 0; count -= laneCount<T>()) {
    const lanes = min(count, laneCount<T>());
    const share = loadLanes<T>(z, lanes);
    const kept = v128.mul<T>(share, loadLanes<T>(hidden, lanes));
    const added = v128.mul<T>(v128.sub<T>(splat<T>(1), share), loadLanes<T>(n, lanes));
    storeLanes<T>(hidden, v128.add<T>(added, kept), lanes);
    z += 16;
    n += 16;
    hidden += 16;
  }
}

/** @param hiddenBefore 0 at the first step, before which h is 0 */
function gatesBack<T extends number>(
  gates: usize,
  gate: usize,
  hiddenPart: usize,
  grad: usize,
  carried: usize,
  hiddenBefore: usize,
  units: i32,
): void {
  const one = splat<T>(1);
  for (let left = units; left > 0; left -= laneCount<T>()) {
    const lanes = min(left, laneCount<T>());
    const r = loadLanes<T>(gates, lanes);
    const z = loadLanes<T>(gates + gate, lanes);
    const n = loadLanes<T>(gates + 2 * gate, lanes);
    const part = loadLanes<T>(hiddenPart + 2 * gate, lanes);
    const before = hiddenBefore ? loadLanes<T>(hiddenBefore, lanes) : splat<T>(0);
    const hiddenGrad = v128.add<T>(loadLanes<T>(grad, lanes), loadLanes<T>(carried, lanes));
    const nSlope = v128.mul<T>(v128.sub<T>(one, z), v128.sub<T>(one, v128.mul<T>(n, n)));
    const nGrad = v128.mul<T>(hiddenGrad, nSlope);
    const zSlope = v128.mul<T>(v128.sub<T>(before, n), v128.mul<T>(z, v128.sub<T>(one, z)));
    const zGrad = v128.mul<T>(hiddenGrad, zSlope);
    const rGrad = v128.mul<T>(v128.mul<T>(nGrad, part), v128.mul<T>(r, v128.sub<T>(one, r)));
    storeLanes<T>(carried, v128.mul<T>(hiddenGrad, z), lanes);
    storeBoth<T>(gates, hiddenPart, rGrad, lanes);
    storeBoth<T>(gates + gate, hiddenPart + gate, zGrad, lanes);
    storeLanes<T>(gates + 2 * gate, nGrad, lanes);
    storeLanes<T>(hiddenPart + 2 * gate, v128.mul<T>(nGrad, r), lanes);
    gates += 16;
    hiddenPart += 16;
    grad += 16;
    carried += 16;
    if (hiddenBefore) hiddenBefore += 16;
  }
}
