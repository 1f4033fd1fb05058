/**
 * The walk of a recurrent layer through its steps. The part of the gates that comes from the input is there for all steps, from one
 * product; each step adds the part that comes from the hidden state before, which is a product for all sequences of a group, and then
 * does what its cell does (lstm.ts, gru.ts, simpleRnn.ts).
 */
import { prepare, preparedProduct, productAlongRows } from "../program/coreImports";
import { copyElements } from "../vector/copy";
import { isAligned } from "../vector/lanes";
import { arrange, groupBytes, groupRows, lengthOf, placeOf, rowOf } from "./group";
import { gruStep } from "./gru";
import { lstmStep } from "./lstm";
import { GruForward, gruGates, LstmForward, lstmGates, RecurrentForward, simpleRnnGates } from "./records";
import { simpleRnnStep } from "./simpleRnn";

/** Runs the sequences `begin` to `end` through their steps. The number of gates says what the cell is. */
function walk<T extends number>(args: RecurrentForward, gateCount: i32, begin: i32, end: i32): void {
  const units = args.units;
  const columns = gateCount * units;
  const hasCells = gateCount == lstmGates;
  assert(end > begin && units > 0 && args.steps > 0, "sizes must be positive");
  assert(isAligned(args.gates | args.recurrentWeight | args.space), "blocks start on 16 bytes");
  const isReverse = <bool>args.isReverse;
  const weight = args.recurrentWeight;
  const row = <usize>units * sizeof<T>();
  const gatesRow = <usize>columns * sizeof<T>();
  const group = args.space;
  const hidden = group + groupBytes;
  const cells = hidden + <usize>groupRows * row;
  const products = cells + <usize>groupRows * row;
  const panels = products + <usize>groupRows * gatesRow;
  const state = args.state;
  const stateRow = hasCells ? row << 1 : row;
  if (end - begin > 1) prepare(weight, gatesRow, sizeof<T>(), units, columns, panels);
  for (let first = begin; first < end; first += groupRows) {
    let count = min(groupRows, end - first);
    arrange(group, args.offsets, args.steps, first, count);
    if (!state) memory.fill(hidden, 0, products - hidden);
    for (let index = 0; state && index < count; index++) {
      const source = state + <usize>rowOf(group, index) * stateRow;
      copyElements<T>(source, hidden + <usize>index * row, units);
      if (hasCells) copyElements<T>(source + row, cells + <usize>index * row, units);
    }
    const longest = lengthOf(group, 0);
    for (let step = 0; step < longest; step++) {
      while (lengthOf(group, count - 1) <= step) count--;
      if (step == 0 && !state) {
        memory.fill(products, 0, <usize>count * gatesRow);
      } else if (count == 1) {
        productAlongRows(hidden, row, weight, gatesRow, products, gatesRow, 1, units, columns);
      } else {
        preparedProduct(hidden, row, panels, products, count, units, columns);
      }
      for (let index = 0; index < count; index++) {
        const place = placeOf(group, index, step, isReverse);
        const at = hidden + <usize>index * row;
        const gates = args.gates + <usize>place * gatesRow;
        const added = products + <usize>index * gatesRow;
        if (hasCells) {
          lstmStep<T>(changetype<LstmForward>(args), gates, added, at, cells + <usize>index * row, place, units);
        } else if (gateCount == gruGates) {
          gruStep<T>(changetype<GruForward>(args), gates, added, at, place, units);
        } else {
          simpleRnnStep<T>(gates, added, at, units);
        }
        if (args.hidden) copyElements<T>(at, args.hidden + <usize>place * row, units);
        if (step + 1 < lengthOf(group, index)) continue;
        const number = <usize>rowOf(group, index);
        if (args.last) copyElements<T>(at, args.last + number * row, units);
        if (!state) continue;
        copyElements<T>(at, state + number * stateRow, units);
        if (hasCells) copyElements<T>(cells + <usize>index * row, state + number * stateRow + row, units);
      }
    }
  }
}

/**
 * An LSTM through all steps.
 *
 * Range     rows: sequences.
 * Writes    gates, hidden, last, state, cell, cellTanh (overwritten); the working space and the panels.
 * Requires  sizes of at least 1; gates, recurrentWeight and space on 16 bytes.
 * Numerics  h · recurrentWeight is a sum in the order of units, each product rounded, a long one in blocks (products/product.ts); then the
 *           rest is added. A sequence's bits do not depend on the others.
 */
export function lstmForward<T extends number>(args: LstmForward, begin: i32, end: i32): void {
  walk<T>(args, lstmGates, begin, end);
}

/**
 * A GRU through all steps.
 *
 * Range     rows: sequences.
 * Writes    gates, hidden, last, state, hiddenPart (overwritten); the working space and the panels.
 * Requires  sizes of at least 1; gates, recurrentWeight and space on 16 bytes.
 * Numerics  h · recurrentWeight is a sum in the order of units, each product rounded, a long one in blocks (products/product.ts); then the
 *           rest is added. A sequence's bits do not depend on the others.
 */
export function gruForward<T extends number>(args: GruForward, begin: i32, end: i32): void {
  walk<T>(args, gruGates, begin, end);
}

/**
 * A simple recurrent layer through all steps.
 *
 * Range     rows: sequences.
 * Writes    gates, hidden, last, state (overwritten); the working space and the panels.
 * Requires  sizes of at least 1; gates, recurrentWeight and space on 16 bytes.
 * Numerics  h · recurrentWeight is a sum in the order of units, each product rounded, a long one in blocks (products/product.ts); then the
 *           rest is added. A sequence's bits do not depend on the others.
 */
export function simpleRnnForward<T extends number>(args: RecurrentForward, begin: i32, end: i32): void {
  walk<T>(args, simpleRnnGates, begin, end);
}
