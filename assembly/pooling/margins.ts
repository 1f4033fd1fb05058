/** Images with margins of zeros around them, and without. */
import { copyElements } from "../vector/copy";

@final
@unmanaged
export class Margins {
  /** [rows, lines, columns] */
  inner: usize;
  /** [rows, size]: the same with margins. */
  outer: usize;
  lines: i32;
  /** Elements of a line: its pixels' channels. */
  columns: i32;
  /** Elements of the outer image before the first of the inner one. */
  before: i32;
  /** Elements from one line of the outer image to the next. */
  stride: i32;
  /** Elements of the outer image. */
  size: i32;
}

/**
 * outer = inner, and 0 around it.
 *
 * Range     rows.
 * Writes    outer (overwritten).
 * Requires  both addresses multiples of an element's size; lines, columns >= 1; the inner image within the outer one.
 * Numerics  exact: every element keeps its bits.
 */
export function addMargins<T extends number>(args: Margins, begin: i32, end: i32): void {
  checkMargins<T>(args, begin, end);
  const lineBytes = <usize>args.columns * sizeof<T>();
  const strideBytes = <usize>args.stride * sizeof<T>();
  const outerBytes = <usize>args.size * sizeof<T>();
  let inner = args.inner + <usize>(begin * args.lines) * lineBytes;
  for (let row = begin; row < end; row++) {
    const outer = args.outer + <usize>row * outerBytes;
    // All at once, as a call for each margin of a line would take longer.
    memory.fill(outer, 0, outerBytes);
    let line = outer + <usize>args.before * sizeof<T>();
    for (let lines = args.lines; lines > 0; lines--) {
      copyElements<T>(inner, line, args.columns);
      inner += lineBytes;
      line += strideBytes;
    }
  }
}

/** @inline */
function checkMargins<T extends number>(args: Margins, begin: i32, end: i32): void {
  assert(end > begin && args.lines > 0 && args.columns > 0, "rows, lines and columns must be positive");
  const last = args.before + (args.lines - 1) * args.stride + args.columns;
  assert(args.before >= 0 && args.stride >= args.columns && last <= args.size, "the image must lie within its margins");
  assert(((args.inner | args.outer) & (sizeof<T>() - 1)) == 0, "addresses must be multiples of an element's size");
}

/**
 * inner = outer without its margins.
 *
 * Range     rows.
 * Writes    inner (overwritten).
 * Requires  as addMargins.
 * Numerics  exact: every element keeps its bits.
 */
export function removeMargins<T extends number>(args: Margins, begin: i32, end: i32): void {
  checkMargins<T>(args, begin, end);
  const lineBytes = <usize>args.columns * sizeof<T>();
  const strideBytes = <usize>args.stride * sizeof<T>();
  let inner = args.inner + <usize>(begin * args.lines) * lineBytes;
  for (let row = begin; row < end; row++) {
    let line = args.outer + <usize>(row * args.size + args.before) * sizeof<T>();
    for (let lines = args.lines; lines > 0; lines--) {
      copyElements<T>(line, inner, args.columns);
      inner += lineBytes;
      line += strideBytes;
    }
  }
}
