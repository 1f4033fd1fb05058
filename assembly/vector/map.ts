/**
 * Walks element-wise operations over arrays: whole vectors or blocks of four, then a part of one. Nothing beyond `count` is
 * touched.
 *
 * An operation is a class without fields, never instantiated: its inlined method is called through
 * `changetype<Operation>(0)`, so each kernel is a loop of its own around the operation's arithmetic.
 */
import { panelAt } from "../products/panel";
import { laneCount, loadLanes, loadPart, splat, storeLanes, storePart } from "./lanes";

/** Four vectors. */
const blockBytes: usize = 64;

/**
 * @inline output = operation.forward(input, parameter), lane by lane; `output` may be `input`.
 *
 * An operation whose `forward` is tagged `@staged` works on blocks of four vectors, for which scripts/assembly-stages.mjs adds
 * `forwardBlock`; the others work on one vector at a time. The bits are the same.
 */
export function mapForward<T extends number, Operation>(input: usize, output: usize, count: i32, parameter: f64): void {
  assert(count > 0, "count must be positive");
  if (isDefined(changetype<Operation>(0).forwardBlock)) mapBlocks<T, Operation>(input, output, count, parameter);
  else mapVectors<T, Operation>(input, output, count, parameter);
}

/** @inline One vector at a time. */
function mapVectors<T extends number, Operation>(input: usize, output: usize, count: i32, parameter: f64): void {
  const operation = changetype<Operation>(0);
  const constant = splat<T>(parameter);
  const end = input + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (input < end) {
    v128.store(output, operation.forward<T>(v128.load(input), constant));
    input += 16;
    output += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) storePart<T>(output, operation.forward<T>(loadPart<T>(input, rest), constant), rest);
}

/** @inline Blocks. The last elements pass through a block of working space, so that the module has the arithmetic only once. */
function mapBlocks<T extends number, Operation>(input: usize, output: usize, count: i32, parameter: f64): void {
  const rest = count & ((<i32>blockBytes >> alignof<T>()) - 1);
  const wholeBytes = <usize>(count - rest) * sizeof<T>();
  if (wholeBytes) mapWhole<T, Operation>(input, output, input + wholeBytes, parameter);
  if (rest) {
    const space = panelAt(0);
    fillBlock<T>(input + wholeBytes, space, rest);
    mapWhole<T, Operation>(space, space, space + blockBytes, parameter);
    emptyBlock<T>(space, output + wholeBytes, rest);
  }
}

/** The whole blocks from `input` up to `end`. */
function mapWhole<T extends number, Operation>(input: usize, output: usize, end: usize, parameter: f64): void {
  const operation = changetype<Operation>(0);
  const constant = splat<T>(parameter);
  do {
    operation.forwardBlock<T>(input, output, constant);
    input += blockBytes;
    output += blockBytes;
  } while (input < end);
}

/** Copies `count` elements, fewer than a block has, to a block. Its other elements may be anything: nobody reads their results. */
function fillBlock<T extends number>(input: usize, block: usize, count: i32): void {
  for (; count > 0; count -= laneCount<T>()) {
    v128.store(block, loadLanes<T>(input, min(count, laneCount<T>())));
    input += 16;
    block += 16;
  }
}

/** Copies the first `count` elements of a block to `output`. */
function emptyBlock<T extends number>(block: usize, output: usize, count: i32): void {
  for (; count > 0; count -= laneCount<T>()) {
    storeLanes<T>(output, v128.load(block), min(count, laneCount<T>()));
    block += 16;
    output += 16;
  }
}

/**
 * @inline inputGrad = operation.backward(saved, outputGrad, parameter), lane by lane; `inputGrad` may be `outputGrad`.
 *
 * `saved` is the preactivation or the activation, whichever the operation's derivative is best written in.
 */
export function mapBackward<T extends number, Operation>(
  saved: usize,
  outputGrad: usize,
  inputGrad: usize,
  count: i32,
  parameter: f64,
): void {
  assert(count > 0, "count must be positive");
  const operation = changetype<Operation>(0);
  const constant = splat<T>(parameter);
  const end = saved + <usize>(count & -laneCount<T>()) * sizeof<T>();
  while (saved < end) {
    v128.store(inputGrad, operation.backward<T>(v128.load(saved), v128.load(outputGrad), constant));
    saved += 16;
    outputGrad += 16;
    inputGrad += 16;
  }
  const rest = count & (laneCount<T>() - 1);
  if (rest) {
    const gradient = operation.backward<T>(loadPart<T>(saved, rest), loadPart<T>(outputGrad, rest), constant);
    storePart<T>(inputGrad, gradient, rest);
  }
}
