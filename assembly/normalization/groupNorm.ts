/**
 * Group normalization, as PyTorch's GroupNorm: each group of an example's channels is brought to mean 0 and variance 1 over all
 * positions, then each channel scaled by its weight and moved by its bias.
 *
 * Shapes    values are [rows, positions, channels], a row an example, without padding; of sequences that differ in length
 *           [steps of all, positions, channels]. Weight, bias and their gradients are [channels]. A group is channels / groups of
 *           them, side by side.
 * Requires  every block on 16 bytes; all sizes >= 1; channels a multiple of groups.
 * Numerics  sums are f64: each channel's down the positions, then its group's. Their order depends on sizes alone.
 * Source    Wu & He 2018; conventions are PyTorch's.
 */
import { Batch } from "../program/batch";
import { firstStep } from "../program/sequences";
import { isAligned, loadDoubles, storeDoubles } from "../vector/lanes";
import { addToColumns, CentredSquare, clearColumns, Identity, storeColumns } from "../vector/sum";
import { averageGroups, bandChannels, foldOf, listAt, multiplyList, repeat, spread, unfold } from "./groups";
import { normalizeRows } from "./rows";

/** @inline Returns the bytes of `count` numbers of f64. */
function doubles(count: i32): usize {
  return (<usize>count) << 3;
}

/** @inline Asserts what the kernels require of sizes. */
function assertSizes(units: i32, positions: i32, channels: i32, groups: i32): void {
  assert(units > 0 && positions > 0 && channels > 0 && groups > 0, "all sizes must be positive");
  assert(channels % groups == 0, "channels must be a multiple of groups");
}

@final
@unmanaged
export class GroupNormForward {
  /** [rows, positions, channels] */
  input: usize;
  /** [channels] */
  weight: usize;
  /** [channels] */
  bias: usize;
  /** [rows, positions, channels] */
  output: usize;
  /** [rows, 2, groups], f64: the means of an example's groups, then their 1 / √(variance + epsilon). */
  statistics: usize;
  /** The first step of each sequence (program/sequences.ts), or 0. */
  offsets: usize;
  /** Positions of an example; of sequences that differ in length, of a step. */
  positions: i32;
  channels: i32;
  groups: i32;
  epsilon: f64;
}

/**
 * output = (input - mean) / √(variance + epsilon) · weight + bias, with the statistics of the example's group.
 *
 * Range     rows.
 * Writes    output (overwritten), which may be input; statistics (overwritten).
 * Requires  every block on 16 bytes; all sizes >= 1; channels a multiple of groups.
 * Numerics  the mean and weight / √(variance + epsilon) are rounded to T, then three operations in T. A group with NaN or infinity
 *           becomes NaN, no other group does.
 */
export function groupNormForward<T extends number>(args: GroupNormForward, begin: i32, end: i32): void {
  const channels = args.channels;
  const groups = args.groups;
  assertSizes(end - begin, args.positions, channels, groups);
  assert(isAligned(args.input | args.weight | args.bias | args.output | args.statistics), "blocks start on 16 bytes");
  const groupWidth = channels / groups;
  const positionBytes = <usize>channels * sizeof<T>();
  const list = listAt(0);
  const mean = listAt(1);
  const scale = listAt(2);
  const bias = listAt(3);
  for (let row = begin; row < end; row++) {
    const firstPosition = firstStep(args.offsets, 1, row) * args.positions;
    const positions = firstStep(args.offsets, 1, row + 1) * args.positions - firstPosition;
    const fold = foldOf(channels, positions);
    const rows = positions / fold;
    const rest = positions - rows * fold;
    const rowBytes = <usize>fold * positionBytes;
    const input = args.input + <usize>firstPosition * positionBytes;
    const means = args.statistics + <usize>row * doubles(2 * groups);
    const inverses = means + doubles(groups);
    averageGroups<T, Identity>(input, positions, channels, groups, means, means);
    averageGroups<T, CentredSquare>(input, positions, channels, groups, means, inverses);
    for (let group = 0; group < groups; group++) {
      const inverse = inverses + doubles(group);
      store<f64>(inverse, 1 / sqrt<f64>(load<f64>(inverse) + args.epsilon));
    }
    for (let first = 0; first < channels; first += bandChannels) {
      const width = min(bandChannels, channels - first);
      const columns = width * fold;
      const offset = <usize>first * sizeof<T>();
      spread(means, first, width, fold, groupWidth, list);
      storeColumns<T>(list, mean, columns);
      spread(inverses, first, width, fold, groupWidth, list);
      multiplyList<T>(list, args.weight + offset, width, fold);
      storeColumns<T>(list, scale, columns);
      repeat<T>(args.bias + offset, width, fold, bias);
      const from = input + offset;
      const to = from + (args.output - args.input);
      normalizeRows<T>(from, mean, scale, bias, to, rows, columns, rowBytes);
      const done = <usize>rows * rowBytes;
      if (rest) normalizeRows<T>(from + done, mean, scale, bias, to + done, 1, width * rest, rowBytes);
    }
  }
}

/**
 * @inline Adds the gradients of `count` columns, 1 or 2, to sums, and their products with the centred inputs to products. Another
 * column may lie behind a single one: its sums stay, as it gets a gradient of 0.
 */
function addGradients<T extends number>(
  input: usize,
  outputGrad: usize,
  count: i32,
  mean: usize,
  sums: usize,
  products: usize,
): void {
  const gradients = loadDoubles<T>(outputGrad, count);
  const centred = f64x2.sub(loadDoubles<T>(input, count), v128.load(mean));
  addToColumns(sums, gradients);
  addToColumns(products, f64x2.mul(gradients, centred));
}

/** sums += Σ outputGrad, products += Σ outputGrad (input - mean), of each column of so many rows. */
function sumGradients<T extends number>(
  input: usize,
  outputGrad: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  means: usize,
  sums: usize,
  products: usize,
): void {
  const pairsBytes = doubles(columns & -2);
  for (let row = 0; row < rows; row++) {
    let at: usize = 0;
    let slot: usize = 0;
    for (; slot < pairsBytes; slot += 16) {
      addGradients<T>(input + at, outputGrad + at, 2, means + slot, sums + slot, products + slot);
      at += 2 * sizeof<T>();
    }
    if (columns & 1) addGradients<T>(input + at, outputGrad + at, 1, means + slot, sums + slot, products + slot);
    input += rowBytes;
    outputGrad += rowBytes;
  }
}

/** @inline inputGrad of `count` columns, 1 or 2: outputGrad · factor - share - (input - mean) · slope. */
function propagateDoubles<T extends number>(
  input: usize,
  outputGrad: usize,
  inputGrad: usize,
  count: i32,
  mean: usize,
  factor: usize,
  share: usize,
  slope: usize,
): void {
  const turned = f64x2.mul(f64x2.sub(loadDoubles<T>(input, count), v128.load(mean)), v128.load(slope));
  const gradients = f64x2.mul(loadDoubles<T>(outputGrad, count), v128.load(factor));
  storeDoubles<T>(inputGrad, f64x2.sub(f64x2.sub(gradients, v128.load(share)), turned), count);
}

/** inputGrad of so many rows, by lists of each column. */
function propagate<T extends number>(
  input: usize,
  outputGrad: usize,
  inputGrad: usize,
  rows: i32,
  columns: i32,
  rowBytes: usize,
  mean: usize,
  factor: usize,
  share: usize,
  slope: usize,
): void {
  const pairsBytes = doubles(columns & -2);
  for (let row = 0; row < rows; row++) {
    let x = input;
    let g = outputGrad;
    let to = inputGrad;
    let at: usize = 0;
    for (; at < pairsBytes; at += 16) {
      propagateDoubles<T>(x, g, to, 2, mean + at, factor + at, share + at, slope + at);
      x += 2 * sizeof<T>();
      g += 2 * sizeof<T>();
      to += 2 * sizeof<T>();
    }
    if (columns & 1) propagateDoubles<T>(x, g, to, 1, mean + at, factor + at, share + at, slope + at);
    input += rowBytes;
    outputGrad += rowBytes;
    inputGrad += rowBytes;
  }
}

@final
@unmanaged
export class GroupNormBackward {
  /** [rows, positions, channels] */
  input: usize;
  /** [channels] */
  weight: usize;
  /** [rows, 2, groups], f64, as groupNormForward has left it. */
  statistics: usize;
  /** [rows, positions, channels] */
  outputGrad: usize;
  /** [rows, positions, channels]; may be outputGrad. 0 where nobody needs it. */
  inputGrad: usize;
  /** [rows, 2, channels + groups], f64: twice a number for each channel of an example, then one for each group. */
  sums: usize;
  /** The first step of each sequence (program/sequences.ts), or 0. */
  offsets: usize;
  /** Positions of an example; of sequences that differ in length, of a step. */
  positions: i32;
  channels: i32;
  groups: i32;
}

/**
 * The derivative of groupNormForward by its input and, for each example, by its parameters: with
 * x̂ = (input - mean) / √(variance + epsilon), the sums of a channel are Σ outputGrad and Σ outputGrad · x̂ over the positions. With
 * g = outputGrad · weight and n elements in a group,
 * inputGrad = (g - Σ g / n - x̂ · Σ g x̂ / n) / √(variance + epsilon).
 *
 * Range     rows.
 * Writes    inputGrad (overwritten) unless its address is 0, which may be outputGrad; sums (overwritten).
 * Requires  every block on 16 bytes; all sizes >= 1; channels a multiple of groups.
 * Numerics  f64, each inputGrad rounded once to T. A group of an example with NaN or infinity makes its inputGrad NaN.
 */
export function groupNormBackward<T extends number>(args: GroupNormBackward, begin: i32, end: i32): void {
  const channels = args.channels;
  const groups = args.groups;
  assertSizes(end - begin, args.positions, channels, groups);
  const inputs = args.input | args.weight | args.statistics | args.outputGrad;
  assert(isAligned(inputs | args.inputGrad | args.sums), "blocks start on 16 bytes");
  const groupWidth = channels / groups;
  const positionBytes = <usize>channels * sizeof<T>();
  const mean = listAt(0);
  for (let row = begin; row < end; row++) {
    const firstPosition = firstStep(args.offsets, 1, row) * args.positions;
    const positions = firstStep(args.offsets, 1, row + 1) * args.positions - firstPosition;
    const fold = foldOf(channels, positions);
    const rows = positions / fold;
    const rest = positions - rows * fold;
    const rowBytes = <usize>fold * positionBytes;
    const done = <usize>rows * rowBytes;
    const input = args.input + <usize>firstPosition * positionBytes;
    const toGrad = args.outputGrad - args.input;
    const means = args.statistics + <usize>row * doubles(2 * groups);
    const inverses = means + doubles(groups);
    const sums = args.sums + <usize>row * doubles(2 * (channels + groups));
    const products = sums + doubles(channels + groups);
    for (let first = 0; first < channels; first += bandChannels) {
      const width = min(bandChannels, channels - first);
      const columns = width * fold;
      const x = input + <usize>first * sizeof<T>();
      const sum = listAt(1);
      const product = listAt(2);
      spread(means, first, width, fold, groupWidth, mean);
      clearColumns(sum, columns);
      clearColumns(product, columns);
      sumGradients<T>(x, x + toGrad, rows, columns, rowBytes, mean, sum, product);
      if (rest) sumGradients<T>(x + done, x + toGrad + done, 1, width * rest, rowBytes, mean, sum, product);
      unfold(sum, width, fold, sums + doubles(first));
      unfold(product, width, fold, products + doubles(first));
      const inverse = sum;
      spread(inverses, first, width, 1, groupWidth, inverse);
      multiplyList<f64>(products + doubles(first), inverse, width, 1);
    }
    if (!args.inputGrad) continue;
    const shares = sums + doubles(channels);
    const slopes = products + doubles(channels);
    shareGradients<T>(args.weight, inverses, sums, products, positions, channels, groups);
    for (let first = 0; first < channels; first += bandChannels) {
      const width = min(bandChannels, channels - first);
      const columns = width * fold;
      const x = input + <usize>first * sizeof<T>();
      const g = x + toGrad;
      const to = x + (args.inputGrad - args.input);
      const factor = listAt(1);
      const share = listAt(2);
      const slope = listAt(3);
      spread(means, first, width, fold, groupWidth, mean);
      spread(inverses, first, width, fold, groupWidth, factor);
      multiplyList<T>(factor, args.weight + <usize>first * sizeof<T>(), width, fold);
      spread(shares, first, width, fold, groupWidth, share);
      spread(slopes, first, width, fold, groupWidth, slope);
      propagate<T>(x, g, to, rows, columns, rowBytes, mean, factor, share, slope);
      if (rest) {
        propagate<T>(x + done, g + done, to + done, 1, width * rest, rowBytes, mean, factor, share, slope);
      }
    }
  }
}

/** Behind an example's sums of channels, writes for each group what `propagate` takes from each gradient: share and slope. */
function shareGradients<T extends number>(
  weight: usize,
  inverses: usize,
  sums: usize,
  products: usize,
  positions: i32,
  channels: i32,
  groups: i32,
): void {
  const groupWidth = channels / groups;
  const count = <f64>positions * <f64>groupWidth;
  let shares = sums + doubles(channels);
  let slopes = products + doubles(channels);
  for (let group = 0; group < groups; group++) {
    let share: f64 = 0;
    let slope: f64 = 0;
    for (let rest = groupWidth; rest > 0; rest--) {
      const factor = <f64>load<T>(weight);
      share += load<f64>(sums) * factor;
      slope += load<f64>(products) * factor;
      weight += sizeof<T>();
      sums += 8;
      products += 8;
    }
    const inverse = load<f64>(inverses);
    store<f64>(shares, (share / count) * inverse);
    store<f64>(slopes, (slope / count) * inverse * inverse);
    inverses += 8;
    shares += 8;
    slopes += 8;
  }
}

@final
@unmanaged
export class GroupNormBackwardParameters {
  batch: Batch;
  /** [rows, 2, channels + groups], f64, as groupNormBackward has left it. */
  sums: usize;
  /** [channels] */
  weightGrad: usize;
  /** [channels] */
  biasGrad: usize;
  channels: i32;
  groups: i32;
}

/**
 * The derivatives of groupNormForward by its parameters: of each channel, the sums of all examples together.
 *
 * Range     channels.
 * Writes    weightGrad, biasGrad (overwritten).
 * Requires  every block on 16 bytes; all sizes >= 1.
 * Numerics  f64 in the order of the rows, each result rounded once to T. A group of an example with NaN or infinity makes the
 *           weightGrad of its channels NaN.
 */
export function groupNormBackwardParameters<T extends number>(
  args: GroupNormBackwardParameters,
  begin: i32,
  end: i32,
): void {
  const channels = args.channels;
  const groups = args.groups;
  const rows = args.batch.rows;
  assertSizes(end - begin, rows, channels, groups);
  assert(isAligned(args.sums | args.weightGrad | args.biasGrad), "blocks start on 16 bytes");
  const half = doubles(channels + groups);
  for (let channel = begin; channel < end; channel++) {
    let from = args.sums + doubles(channel);
    let sum: f64 = 0;
    let product: f64 = 0;
    for (let row = 0; row < rows; row++) {
      sum += load<f64>(from);
      product += load<f64>(from + half);
      from += 2 * half;
    }
    const at = <usize>channel * sizeof<T>();
    store<T>(args.biasGrad + at, <T>sum);
    store<T>(args.weightGrad + at, <T>product);
  }
}
