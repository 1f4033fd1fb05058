/** Kernels of convolutions in panels: packed once a call, whatever the rows. */
import { packColumns, panelStep } from "../products/panel";
import { laneCount, loadStrided } from "../vector/lanes";
import { bandColumns, vectorCount } from "./bands";
import { Convolution } from "./records";

/** Packs the kernel, a panel a band of a group's filters: k goes through rows, columns and channels. */
export function packWeights<T extends number>(
  args: Convolution,
  channels: i32,
  filters: i32,
  widest: i32,
  panel: usize,
): void {
  const lanes = laneCount<T>();
  const step = <usize>args.weightChannel * sizeof<T>();
  const column = <usize>args.weightFilter * sizeof<T>();
  for (let group = 0; group < args.groups; group++) {
    const first = group * (args.weightFilter == 1 ? filters : channels);
    for (let left = 0, band = 0; left < filters; left += band) {
      band = bandColumns<T>(filters, left, widest);
      for (let row = 0; row < args.kernelHeight; row++) {
        for (let across = 0; across < args.kernelWidth; across++) {
          const element = row * args.weightRow + across * args.weightColumn + first + left * args.weightFilter;
          const source = args.weight + <usize>(<isize>element * <isize>sizeof<T>());
          if (filters < lanes) packNarrow<T>(source, step, column, channels, filters, panel);
          else packColumns<T>(source, step, column, channels, vectorCount<T>(band), band - lanes, panel);
          panel += <usize>channels * panelStep;
        }
      }
    }
  }
}

/** Packs as packColumns does, of fewer columns than a vector has lanes; the others are 0. */
export function packNarrow<T extends number>(
  b: usize,
  bStep: usize,
  bColumn: usize,
  depth: i32,
  columns: i32,
  panel: usize,
): void {
  for (; depth > 0; depth--) {
    v128.store(panel, loadStrided<T>(b, bColumn, columns));
    b += bStep;
    panel += panelStep;
  }
}
