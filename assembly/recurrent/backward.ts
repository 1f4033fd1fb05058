/** The walk of a recurrent layer back through its steps, which makes the gradients of its gates; products outside do the rest. */
import { prepare, preparedProduct } from "../products/prepared";
import { isAligned } from "../vector/lanes";
import { addTo } from "./elements";
import { arrange, groupBytes, groupRows, lengthOf, placeOf, rowOf } from "./group";

@unmanaged
export class RecurrentBackward {
  /** [steps of all sequences, gates · units]: what the gates are; overwritten with ∂loss/∂(x · weight + bias). */
  gates: usize;
  /** [units, gates · units] */
  recurrentWeight: usize;
  /** [steps of all sequences, units], or 0: ∂loss/∂(the hidden state at each step), as far as it is an output. */
  hiddenGrad: usize;
  /** [rows, units], or 0: ∂loss/∂(the hidden state after the last step), likewise. */
  lastGrad: usize;
  /** The sequences (program/sequences.ts). */
  offsets: usize;
  /** Working space, as recurrentSpace of src/topology/layers/recurrent.ts says. */
  space: usize;
  steps: i32;
  units: i32;
  isReverse: i32;
}

/**
 * @inline Runs the sequences `begin` to `end` back through their steps.
 *
 * Cell has `gateCount` and `stepBack`, which takes a row of gates, ∂loss/∂hidden of the step, what it carries on to the step before,
 * the place of the step and that of the step before, or -1. It overwrites the gates with their gradient, `products` with that of the
 * hidden state's part, and what is carried on.
 */
export function recurrentBackward<T extends number, Cell>(args: RecurrentBackward, begin: i32, end: i32): void {
  const cell = changetype<Cell>(0);
  const units = args.units;
  const columns = cell.gateCount() * units;
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
  prepare<T>(args.recurrentWeight, sizeof<T>(), gatesRow, columns, units, panels);
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
        cell.stepBack<T>(
          args,
          args.gates + <usize>place * gatesRow,
          products + <usize>index * gatesRow,
          grad,
          carried + <usize>index * row,
          place,
          step ? placeOf(group, index, step - 1, isReverse) : -1,
          units,
        );
      }
      if (step) preparedProduct<T>(products, gatesRow, panels, grads, count, columns, units);
    }
  }
}
