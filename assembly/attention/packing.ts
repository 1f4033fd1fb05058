/** The matrices of one head in panels (products/packed.ts). A head's columns lie among those of the others, so rows are strided. */
import { panelStep, transposeBlock } from "../products/panel";
import { laneCount, loadLanes } from "../vector/lanes";

/** Elements of a panel's step: four vectors. */
export function panelColumns<T extends number>(): i32 {
  return 4 * laneCount<T>();
}

/** The panels that hold so many columns. */
export function panelCount<T extends number>(columns: i32): i32 {
  return (columns + panelColumns<T>() - 1) / panelColumns<T>();
}

/** Packs the rows of a matrix as steps of k, times `factor`. Lanes beyond `columns` become 0, vectors beyond stay as they are. */
export function packRows<T extends number>(
  source: usize,
  rowBytes: usize,
  rows: i32,
  columns: i32,
  factor: v128,
  panels: usize,
  panelBytes: usize,
): void {
  for (let column = 0; column < columns; column += laneCount<T>()) {
    const lanes = min(laneCount<T>(), columns - column);
    const vector = column / laneCount<T>();
    let from = source + <usize>column * sizeof<T>();
    let to = panels + <usize>(vector >> 2) * panelBytes + <usize>((vector & 3) << 4);
    for (let row = 0; row < rows; row++) {
      v128.store(to, v128.mul<T>(loadLanes<T>(from, lanes), factor));
      from += rowBytes;
      to += panelStep;
    }
  }
}

/** Packs the rows of a matrix as columns, so that k goes along them, times `factor`. Lanes beyond `rows` become 0. */
export function packTransposed<T extends number>(
  source: usize,
  rowBytes: usize,
  rows: i32,
  depth: i32,
  factor: v128,
  panels: usize,
): void {
  const lanes = laneCount<T>();
  for (let row = 0; row < rows; row += lanes) {
    const vector = row / lanes;
    const panel = panels + <usize>((vector >> 2) * depth) * panelStep + <usize>((vector & 3) << 4);
    const count = min(lanes, rows - row);
    const whole = count == lanes ? depth & -lanes : 0;
    for (let k = 0; k < whole; k += lanes) {
      transposeBlock<T>(source + <usize>k * sizeof<T>(), rowBytes, panel + <usize>k * panelStep);
    }
    for (let k = whole; k < depth; k++) {
      for (let lane = 0; lane < lanes; lane++) {
        const element = source + <usize>lane * rowBytes + <usize>k * sizeof<T>();
        store<T>(panel + <usize>k * panelStep + <usize>lane * sizeof<T>(), lane < count ? load<T>(element) : <T>0);
      }
    }
    const end = panel + <usize>depth * panelStep;
    for (let to = panel; to < end; to += panelStep) v128.store(to, v128.mul<T>(v128.load(to), factor));
    source += <usize>lanes * rowBytes;
  }
}
