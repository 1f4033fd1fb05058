/** The distance of images from the clean ones, and the score of a threshold without a network. */

/** Returns the mean of the squared differences. */
export function meanSquaredError(values, clean) {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += (values[index] - clean[index]) ** 2;
  return sum / values.length;
}

/** Returns the peak signal-to-noise ratio of images with values from 0 to 1. */
export const decibels = (error) => -10 * Math.log10(error);

/** The number of grey values, as many as a byte has. */
const levels = 256;

/**
 * Finds the threshold with the least squared error: all values on the background's side become the background, and the others stay.
 *
 * @param pairs `{ noisy, clean }` of values from 0 to 1, from the training part
 * @param background 0 for white on black, 1 for black on white
 * @returns a function that applies it to values
 */
export function fitThreshold(pairs, background) {
  // The growth of the error if the values of a level become the background.
  const growth = new Float64Array(levels);
  const levelFrom = (value) => Math.round(Math.abs(background - value) * (levels - 1));
  for (const { noisy, clean } of pairs) {
    for (let index = 0; index < noisy.length; index++) {
      const level = levelFrom(noisy[index]);
      growth[level] += (background - clean[index]) ** 2 - (noisy[index] - clean[index]) ** 2;
    }
  }
  let best = { error: 0, distance: -1 };
  for (let level = 0, error = 0; level < levels; level++) {
    error += growth[level];
    if (error < best.error) best = { error, distance: level };
  }
  return (values) => values.map((value) => (levelFrom(value) <= best.distance ? background : value));
}

/**
 * Returns a function that cleans a page of any size.
 *
 * @param network of convolutions only, trained on pages of one size
 */
export function pageCleaner(network) {
  const networks = new Map();
  return ({ noisy, height, width }) => {
    const size = `${height} × ${width}`;
    if (!networks.has(size)) networks.set(size, network.withInputs([height, width, 1]));
    return networks.get(size).predict(noisy);
  };
}

/** Returns the root mean squared error of each page. @param cleaned returns the cleaned values of a page */
export const pageErrors = (pages, cleaned) =>
  pages.map((page) => Math.sqrt(meanSquaredError(cleaned(page), page.clean)));
