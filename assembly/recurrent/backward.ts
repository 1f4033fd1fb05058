/** The walk of a recurrent layer back through its steps, which makes the gradients of its gates; products outside do the rest. */

import { prepare, preparedProduct } from "../program/coreImports";
import { addTo } from "../vector/add";
import { isAligned } from "../vector/lanes";
import { arrange, groupBytes, groupRows, lengthOf, placeOf, rowOf } from "./group";
import { gruStepBack } from "./gru";
import { lstmStepBack } from "./lstm";
import { GruBackward, gruGates, LstmBackward, lstmGates, RecurrentBackward, simpleRnnGates } from "./records";
import { simpleRnnStepBack } from "./simpleRnn";

/** Runs the sequences `begin` to `end` back through their steps. The number of gates says what the cell is. */
function walk<T extends number>(args: RecurrentBackward, gateCount: i32, begin: i32, end: i32): void {
  const units = args.units;
  const columns = gateCount * units;
  assert(end > begin && units > 0 && args.steps > 0, "sizes must be positive");
  assert(isAligned(args.gates | args.recurrentWeight | args.space), "blocks start on 16 bytes");
  const isReverse = <bool>args.isReverse;
  const row = <usize>units * sizeof<T>();
  const gatesRow = <usize>columns * sizeof<T>();
  const group = args.space;
  const grads = group + groupBytes;
  const carried = grads + <usize>groupRows * row;
  const products = carried + <usize>groupRows * row;
  const panels = products + <usize>groupRows * gatesRow;
  prepare(args.recurrentWeight, sizeof<T>(), gatesRow, columns, units, panels);
  for (let first = begin; first < end; first += groupRows) {
    const rows = min(groupRows, end - first);
    arrange(group, args.offsets, args.steps, first, rows);
    memory.fill(grads, 0, products - grads);
    let count = 0;
    for (let step = lengthOf(group, 0) - 1; step >= 0; step--) {
      // Those that end at this step have no gradient yet from a later one.
      while (count < rows && lengthOf(group, count) > step) count++;
      for (let index = 0; index < count; index++) {
        const place = placeOf(group, index, step, isReverse);
        const grad = grads + <usize>index * row;
        if (args.hiddenGrad) addTo<T>(args.hiddenGrad + <usize>place * row, grad, units);
        const isLast = step + 1 == lengthOf(group, index);
        if (args.lastGrad && isLast) addTo<T>(args.lastGrad + <usize>rowOf(group, index) * row, grad, units);
        const gates = args.gates + <usize>place * gatesRow;
        const ofProduct = products + <usize>index * gatesRow;
        const further = carried + <usize>index * row;
        const before = step ? placeOf(group, index, step - 1, isReverse) : -1;
        if (gateCount == lstmGates) {
          lstmStepBack<T>(changetype<LstmBackward>(args), gates, ofProduct, grad, further, place, before, units);
        } else if (gateCount == gruGates) {
          gruStepBack<T>(changetype<GruBackward>(args), gates, ofProduct, grad, further, place, before, units);
        } else {
          simpleRnnStepBack<T>(gates, ofProduct, grad, units);
        }
      }
      if (step) preparedProduct(products, gatesRow, panels, grads, count, columns, units);
    }
  }
}

/**
 * The gradients of an LSTM's gates.
 *
 * Range     rows: sequences.
 * Writes    gates (overwritten with their gradients); the working space and the panels.
 * Requires  sizes of at least 1; gates, recurrentWeight and space on 16 bytes. Gates, cell and cellTanh are those of lstmForward.
 * Numerics  each product is a sum in the order of the gates' columns, a long one in blocks (products/product.ts). A sequence's bits do not depend on the others.
 */
export function lstmBackward<T extends number>(args: LstmBackward, begin: i32, end: i32): void {
  walk<T>(args, lstmGates, begin, end);
}

/**
 * The gradients of a GRU's gates.
 *
 * Range     rows: sequences.
 * Writes    gates and hiddenPart (overwritten with their gradients); the working space and the panels.
 * Requires  sizes of at least 1; gates, recurrentWeight and space on 16 bytes. Gates, hidden and hiddenPart are those of gruForward.
 * Numerics  each product is a sum in the order of the gates' columns, a long one in blocks (products/product.ts). A sequence's bits do not depend on the others.
 */
export function gruBackward<T extends number>(args: GruBackward, begin: i32, end: i32): void {
  walk<T>(args, gruGates, begin, end);
}

/**
 * The gradients of what goes into a simple recurrent layer's tanh.
 *
 * Range     rows: sequences.
 * Writes    gates (overwritten with their gradients); the working space and the panels.
 * Requires  sizes of at least 1; gates, recurrentWeight and space on 16 bytes. Gates are those of simpleRnnForward.
 * Numerics  each product is a sum in the order of units, a long one in blocks (products/product.ts). A sequence's bits do not depend on the others.
 */
export function simpleRnnBackward<T extends number>(args: RecurrentBackward, begin: i32, end: i32): void {
  walk<T>(args, simpleRnnGates, begin, end);
}
