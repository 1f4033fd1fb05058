/**
 * Functions of the family core that other families call, so that their modules have no tiles and no exponentials of their own. Each
 * module imports what it calls from its network's core (src/kernels/instance.ts); coreExports.ts says what they do.
 */

export declare function productAlongRows(
  a: usize,
  aRow: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  depth: i32,
  columns: i32,
): void;

export declare function prepare(b: usize, bStep: usize, bColumn: usize, depth: i32, columns: i32, panels: usize): void;

export declare function preparedProduct(
  a: usize,
  aRow: usize,
  panels: usize,
  c: usize,
  rows: i32,
  depth: i32,
  columns: i32,
): void;

export declare function packedProductAlongRows(
  a: usize,
  aRow: usize,
  panels: usize,
  panelBytes: usize,
  depth: i32,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  goesOn: bool,
  block: i32,
): void;

export declare function mapSigmoid(input: usize, output: usize, count: i32): void;

export declare function mapTanh(input: usize, output: usize, count: i32): void;
