/** Parts of pages, which networks of documents learn from. */
import { pcg32 } from "simdnet";
import { batchesOfEpoch, batchSize, patchSize } from "./networks.mjs";

/** The fewest training texts that must remain if one is set aside. */
const leastTexts = 2;

/** Sets the last text aside, to measure the network on a text that it was not trained on. */
export function setAside(pages) {
  const last = Math.max(...pages.map(({ text }) => text));
  const learned = pages.filter(({ text }) => text !== last);
  const isEnough = new Set(learned.map(({ text }) => text)).size >= leastTexts;
  return isEnough ? { learned, held: pages.filter(({ text }) => text === last) } : { learned: pages, held: [] };
}

/** Returns a function that returns the batches of an epoch: patches at random places of random pages, which depend on seed and epoch. */
export const batchesOf = (pages, seed) =>
  function* (epoch) {
    const random = pcg32(seed * 1000 + epoch);
    for (let batch = 0; batch < batchesOfEpoch; batch++) yield patches(pages, batchSize, random);
  };

/** Returns patches as a batch: `{ inputs, targets }`. */
export function patches(pages, count, random) {
  const area = patchSize * patchSize;
  const [inputs, targets] = [new Float32Array(count * area), new Float32Array(count * area)];
  for (let patch = 0; patch < count; patch++) {
    const { noisy, clean, height, width } = pages[random.integer(pages.length)];
    const top = random.integer(height - patchSize + 1);
    const left = random.integer(width - patchSize + 1);
    for (let row = 0; row < patchSize; row++) {
      const from = (top + row) * width + left;
      const at = patch * area + row * patchSize;
      inputs.set(noisy.subarray(from, from + patchSize), at);
      targets.set(clean.subarray(from, from + patchSize), at);
    }
  }
  return { inputs, targets };
}
