/**
 * The long short-term memory. A step's gates are i, f, g, o, side by side in this order:
 *
 *   i, f, o = sigmoid(x · weight + bias + h · recurrentWeight), g = tanh(…)
 *   c = f · c + i · g, h = o · tanh(c)
 *
 * Source  Hochreiter & Schmidhuber 1997, Gers et al. 2000; as PyTorch's LSTM.
 */

import { mapSigmoid, mapTanh } from "../program/coreImports";
import { addTo } from "../vector/add";
import { laneCount, loadLanes, splat, storeLanes } from "../vector/lanes";
import { multiplyTo, storeBoth } from "./elements";
import { LstmBackward, LstmForward } from "./records";

/** One step of a sequence. @param products h · recurrentWeight; overwritten */
export function lstmStep<T extends number>(
  args: LstmForward,
  gates: usize,
  products: usize,
  hidden: usize,
  state: usize,
  place: i32,
  units: i32,
): void {
  const row = <usize>units * sizeof<T>();
  const kept = <usize>place * row;
  addTo<T>(products, gates, 4 * units);
  mapSigmoid(gates, gates, 2 * units);
  mapTanh(gates + 2 * row, gates + 2 * row, units);
  mapSigmoid(gates + 3 * row, gates + 3 * row, units);
  nextCell<T>(gates, row, state, args.cell ? args.cell + kept : 0, units);
  const squashed = args.cell ? args.cellTanh + kept : products;
  mapTanh(state, squashed, units);
  multiplyTo<T>(gates + 3 * row, squashed, hidden, units);
}

/** One step back. @param carried ∂loss/∂c through the later steps; overwritten with that through this one, too */
export function lstmStepBack<T extends number>(
  args: LstmBackward,
  gates: usize,
  products: usize,
  grad: usize,
  carried: usize,
  place: i32,
  before: i32,
  units: i32,
): void {
  const row = <usize>units * sizeof<T>();
  const cellTanh = args.cellTanh + <usize>place * row;
  gatesBack<T>(gates, row, products, grad, carried, cellTanh, before < 0 ? 0 : args.cell + <usize>before * row, units);
}

/** state = f · state + i · g; also to `kept`, if it is not 0. */
function nextCell<T extends number>(gates: usize, gate: usize, state: usize, kept: usize, units: i32): void {
  const end = gates + <usize>(units & -laneCount<T>()) * sizeof<T>();
  while (gates < end) {
    cellOf<T>(gates, gate, state, kept, laneCount<T>());
    if (kept) kept += 16;
    gates += 16;
    state += 16;
  }
  const rest = units & (laneCount<T>() - 1);
  if (rest) cellOf<T>(gates, gate, state, kept, rest);
}

/** @inline So many lanes of it. */
function cellOf<T extends number>(gates: usize, gate: usize, state: usize, kept: usize, lanes: i32): void {
  const added = v128.mul<T>(loadLanes<T>(gates, lanes), loadLanes<T>(gates + 2 * gate, lanes));
  const cell = v128.add<T>(v128.mul<T>(loadLanes<T>(gates + gate, lanes), loadLanes<T>(state, lanes)), added);
  storeLanes<T>(state, cell, lanes);
  if (kept) storeLanes<T>(kept, cell, lanes);
}

/** The gradients of a step's gates. @param cellBefore 0 at the first step, before which c is 0 */
function gatesBack<T extends number>(
  gates: usize,
  gate: usize,
  products: usize,
  grad: usize,
  carried: usize,
  cellTanh: usize,
  cellBefore: usize,
  units: i32,
): void {
  const end = gates + <usize>(units & -laneCount<T>()) * sizeof<T>();
  while (gates < end) {
    gradientsOf<T>(gates, gate, products, grad, carried, cellTanh, cellBefore, laneCount<T>());
    gates += 16;
    products += 16;
    grad += 16;
    carried += 16;
    cellTanh += 16;
    if (cellBefore) cellBefore += 16;
  }
  const rest = units & (laneCount<T>() - 1);
  if (rest) gradientsOf<T>(gates, gate, products, grad, carried, cellTanh, cellBefore, rest);
}

/** @inline So many lanes of them. */
function gradientsOf<T extends number>(
  gates: usize,
  gate: usize,
  products: usize,
  grad: usize,
  carried: usize,
  cellTanh: usize,
  cellBefore: usize,
  lanes: i32,
): void {
  const one = splat<T>(1);
  const i = loadLanes<T>(gates, lanes);
  const f = loadLanes<T>(gates + gate, lanes);
  const g = loadLanes<T>(gates + 2 * gate, lanes);
  const o = loadLanes<T>(gates + 3 * gate, lanes);
  const squashed = loadLanes<T>(cellTanh, lanes);
  const hiddenGrad = loadLanes<T>(grad, lanes);
  const slope = v128.sub<T>(one, v128.mul<T>(squashed, squashed));
  const throughCell = v128.mul<T>(v128.mul<T>(hiddenGrad, o), slope);
  const cellGrad = v128.add<T>(loadLanes<T>(carried, lanes), throughCell);
  const before = cellBefore ? loadLanes<T>(cellBefore, lanes) : splat<T>(0);
  const iGrad = v128.mul<T>(v128.mul<T>(cellGrad, g), v128.mul<T>(i, v128.sub<T>(one, i)));
  const fGrad = v128.mul<T>(v128.mul<T>(cellGrad, before), v128.mul<T>(f, v128.sub<T>(one, f)));
  const gGrad = v128.mul<T>(v128.mul<T>(cellGrad, i), v128.sub<T>(one, v128.mul<T>(g, g)));
  const oGrad = v128.mul<T>(v128.mul<T>(hiddenGrad, squashed), v128.mul<T>(o, v128.sub<T>(one, o)));
  storeLanes<T>(carried, v128.mul<T>(cellGrad, f), lanes);
  storeBoth<T>(gates, products, iGrad, lanes);
  storeBoth<T>(gates + gate, products + gate, fGrad, lanes);
  storeBoth<T>(gates + 2 * gate, products + 2 * gate, gGrad, lanes);
  storeBoth<T>(gates + 3 * gate, products + 3 * gate, oGrad, lanes);
}
