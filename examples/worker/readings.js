/** Readings as a thermometer outdoors gives them, one an hour: made up, for the training and the tests. */

const [mean, amplitude] = [15, 5];
/** The weather goes its way from hour to hour; the thermometer errs by the noise. */
const [weatherKept, weatherChange, noise] = [0.98, 0.15, 0.2];

/**
 * @param {import("simdnet").RandomGenerator} random
 * @param {number} count
 * @returns {number[]} degrees, from any hour of a day on
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
