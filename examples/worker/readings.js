/** Readings of an outdoor thermometer, one an hour, invented for the training and the tests. */

const [mean, amplitude] = [15, 5];
/** The weather changes slowly from hour to hour; the noise is the thermometer's error. */
const [weatherKept, weatherChange, noise] = [0.98, 0.15, 0.2];

/**
 * @param {import("simdnet").RandomGenerator} random
 * @param {number} count
 * @returns {number[]} degrees, starting at any hour of a day
 */
export function readings(random, count) {
  const start = random.integer(24);
  let weather = random.normal();
  return Array.from({ length: count }, (_, hour) => {
    weather = weatherKept * weather + weatherChange * random.normal();
    const day = amplitude * Math.sin((2 * Math.PI * (start + hour)) / 24);
    return mean + day + weather + noise * random.normal();
  });
}
