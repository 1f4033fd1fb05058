/**
 * The walk of a recurrent layer through its steps. The part of the gates that comes from the input is there for all steps, from one
 * product; each step adds the part that comes from the hidden state before, which is a product for all sequences of a group, and then
 * does what its cell does (lstm.ts, gru.ts, simpleRnn.ts).
 */
import { prepare, preparedProduct } from "../products/prepared";
import { product } from "../products/product";
import { AlongRows } from "../products/tile";
import { copyElements } from "../vector/copy";
import { isAligned } from "../vector/lanes";
import { arrange, groupBytes, groupRows, lengthOf, placeOf, rowOf } from "./group";

@unmanaged
export class RecurrentForward {
  /** [steps of all sequences, gates · units]: x · weight + bias; overwritten with what the gates are. */
  gates: usize;
  /** [units, gates · units] */
  recurrentWeight: usize;
  /** [steps of all sequences, units], or 0: the hidden state at each step. */
  hidden: usize;
  /** [rows, units], or 0: the hidden state after the last step. */
  last: usize;
  /** [rows, units, then the same of the cell's state], or 0 for zeros: the state before the first step; overwritten with that after the last. */
  state: usize;
  /** The sequences (program/sequences.ts). */
  offsets: usize;
  /** Working space, as recurrentSpace of src/topology/layers/recurrent.ts says. */
  space: usize;
  steps: i32;
  units: i32;
  isReverse: i32;
}

/**
 * @inline Runs the sequences `begin` to `end` through their steps.
 *
 * Cell has `gateCount`, `hasCellState`, and `step`, which takes a row of gates, the row of the product with the hidden state before, the
 * state, and the place of the step; it overwrites the gates and the state.
 */
export function recurrentForward<T extends number, Cell>(args: RecurrentForward, begin: i32, end: i32): void {
  const cell = changetype<Cell>(0);
  const units = args.units;
  const columns = cell.gateCount() * units;
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
  const stateRow = cell.hasCellState() ? row << 1 : row;
  if (end - begin > 1) prepare<T>(weight, gatesRow, sizeof<T>(), units, columns, panels);
  for (let first = begin; first < end; first += groupRows) {
    let count = min(groupRows, end - first);
    arrange(group, args.offsets, args.steps, first, count);
    if (!state) memory.fill(hidden, 0, products - hidden);
    for (let index = 0; state && index < count; index++) {
      const source = state + <usize>rowOf(group, index) * stateRow;
      copyElements<T>(source, hidden + <usize>index * row, units);
      if (cell.hasCellState()) copyElements<T>(source + row, cells + <usize>index * row, units);
    }
    const longest = lengthOf(group, 0);
    for (let step = 0; step < longest; step++) {
      while (lengthOf(group, count - 1) <= step) count--;
      if (step == 0 && !state) {
        memory.fill(products, 0, <usize>count * gatesRow);
      } else if (count == 1) {
        product<T, AlongRows>(
          hidden,
          row,
          sizeof<T>(),
          weight,
          gatesRow,
          sizeof<T>(),
          products,
          gatesRow,
          1,
          units,
          columns,
          0,
          0,
        );
      } else {
        preparedProduct<T>(hidden, row, panels, products, count, units, columns);
      }
      for (let index = 0; index < count; index++) {
        const place = placeOf(group, index, step, isReverse);
        const at = hidden + <usize>index * row;
        cell.step<T>(
          args,
          args.gates + <usize>place * gatesRow,
          products + <usize>index * gatesRow,
          at,
          cells + <usize>index * row,
          place,
          units,
        );
        if (args.hidden) copyElements<T>(at, args.hidden + <usize>place * row, units);
        if (step + 1 < lengthOf(group, index)) continue;
        const number = <usize>rowOf(group, index);
        if (args.last) copyElements<T>(at, args.last + number * row, units);
        if (!state) continue;
        copyElements<T>(at, state + number * stateRow, units);
        if (cell.hasCellState()) copyElements<T>(cells + <usize>index * row, state + number * stateRow + row, units);
      }
    }
  }
}
