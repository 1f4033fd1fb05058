/** Slow twin of assembly/regularization/dropout.ts. */

/** lowbias32 by Chris Wellons, a word to a word. */
function hash(word: number): number {
  let x = word;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

/** Whether each of `count` elements stays. */
export function keptElements(count: number, rate: number, seed: number, step: number, stream: number): boolean[] {
  const key1 = hash(hash(hash(seed + 0x9e3779b9) ^ step) ^ stream);
  const key2 = hash(hash(hash(stream + 0x6a09e667) ^ seed) ^ step);
  return Array.from({ length: count }, (_, index) => hash(hash(index + key1) ^ key2) >>> 0 >= rate * 2 ** 32);
}

/** @param isKept whether each element stays; default each by itself */
export function dropout(
  input: readonly number[],
  rate: number,
  seed: number,
  step: number,
  stream: number,
  isKept = keptElements(input.length, rate, seed, step, stream),
): number[] {
  return input.map((x, index) => (isKept[index] ? x / (1 - rate) : 0));
}

/** Drops whole columns of each row's [positions, columns]: an element at the place row · columns + column of the mask. */
export function dropoutOfColumns(
  input: readonly number[],
  positions: number,
  columns: number,
  rate: number,
  ...key: [seed: number, step: number, stream: number]
): number[] {
  const kept = keptElements(input.length / positions, rate, ...key);
  const placeOf = (index: number) => Math.floor(index / (positions * columns)) * columns + (index % columns);
  return dropout(
    input,
    rate,
    ...key,
    input.map((_, index) => kept[placeOf(index)]),
  );
}
