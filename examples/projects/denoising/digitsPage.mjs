/** The page of results on digits. */
import { curvesPlot, figure, page } from "../shared/page.mjs";
import { digitSize } from "./networks.mjs";
import { fixed, labelled, strip, wide } from "./rows.mjs";
import { decibels } from "./score.mjs";

/** The digits in a row. */
const shown = 10;
const firstOf = (values) => values.subarray(0, shown * digitSize * digitSize);
const both = (error) => `${fixed(error)}, ${decibels(error).toFixed(1)} dB`;

/**
 * @param errors `{ noisy, threshold, network }`, mean squared errors on the test digits
 * @param test `{ clean, noisy, threshold, network }`, values of the test digits
 * @param records of the training
 * @param compression `{ units, error, denoised }` for each width of the network that reproduces digits
 * @returns HTML
 */
export async function digitsPage({ name, source, errors, test, records, compression, seconds }) {
  const what = "Mean squared error";
  const curves = await curvesPlot({
    what,
    epoch: records.map(({ epoch }) => epoch),
    training: records.map(({ metrics }) => metrics.meanSquaredError),
    validation: records.map(({ validation }) => validation.meanSquaredError),
    best: undefined,
  });
  return page({
    title: "Noise out of digits",
    lead: `A ${name} network has learned from ${source.train} digits what lies under the noise. These are ${source.test} others.`,
    tiles: [
      {
        value: fixed(errors.network),
        what: "mean squared error",
        beside: `${decibels(errors.network).toFixed(1)} dB; trained in ${seconds.toFixed(0)} s`,
      },
      {
        value: fixed(errors.threshold),
        what: "the best threshold, without a network",
        beside: `${decibels(errors.threshold).toFixed(1)} dB`,
      },
      {
        value: fixed(errors.noisy),
        what: "the noisy digits as they are",
        beside: `${decibels(errors.noisy).toFixed(1)} dB`,
      },
    ],
    sections: [
      {
        title: "What it makes of digits that it has not seen",
        figures: [
          wide(
            "Clean, noisy, denoised",
            labelled([
              ["clean", strip(firstOf(test.clean), "clean digits")],
              [`with noise: ${both(errors.noisy)}`, strip(firstOf(test.noisy), "the same digits with noise")],
              [
                `denoised: ${both(errors.network)}`,
                strip(firstOf(test.network), "the same digits denoised by the network"),
              ],
              [
                `by the best threshold: ${both(errors.threshold)}`,
                strip(firstOf(test.threshold), "the same digits after a threshold"),
              ],
            ]),
            "The noise is normal with a deviation of 0.5, where black is 0 and white is 1. Errors are means over all test digits.",
          ),
        ],
      },
      {
        title: "How it learned",
        figures: [
          figure(
            "Mean squared error by epoch",
            curves,
            "Solid: the digits it learns from. Dashed: digits set aside, a twentieth of the training part.",
          ),
        ],
      },
      {
        title: "How much a digit needs",
        figures: [
          wide(
            "Digits without noise, squeezed through a few numbers",
            labelled([
              ["clean", strip(firstOf(test.clean), "clean digits")],
              ...compression.map(({ units, error, copies }) => [
                `${units} ${units === 1 ? "number" : "numbers"} a digit: ${both(error)}`,
                strip(firstOf(copies), `the same digits from ${units} numbers`),
              ]),
            ]),
            "A network of two dense layers learns to give back what it is given. Between them are as few units as stand above each row.",
          ),
        ],
      },
    ],
  });
}
