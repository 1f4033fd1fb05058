/** One split: each network learns from the people to train, and answers for those to test. */
import { mean } from "../shared/scores.mjs";
import { outcome, splitOf } from "./load.mjs";
import { fitted, networks } from "./network.mjs";
import { answersOf, scoreOf } from "./score.mjs";

/**
 * @param people as `load` gives them
 * @param split its seed, also that of first parameters and order
 * @returns the people to test, the accuracy of saying "no" to each, and of each network its pipeline, answers, scores and seconds
 */
export async function trialOf(people, split, { output, bookEpochs = networks.book.epochs }) {
  const { train, test } = splitOf(people, split);
  const trial = { split, test, no: 1 - mean(test.map((person) => person[outcome])) };
  for (const kind of Object.keys(networks)) {
    const epochs = kind === "book" ? bookEpochs : networks[kind].epochs;
    const { pipeline, seconds } = await fitted(kind, train, { output, seed: split, epochs });
    const answers = answersOf(pipeline, test);
    trial[kind] = { pipeline, answers, epochs, seconds, ...scoreOf(answers) };
  }
  return trial;
}
