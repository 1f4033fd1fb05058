/** One split: each network learns from the training people, and answers for the test people. */
import { Mistake } from "../shared/command.mjs";
import { mean, plural } from "../shared/scores.mjs";
import { outcome, splitOf } from "./load.mjs";
import { fitNetwork, networks } from "./network.mjs";
import { answersOf, scoreOf } from "./score.mjs";

/**
 * @param people records of `load`
 * @param split the seed of the split, which is also that of the first parameters and the order
 * @returns the test people, the accuracy of always saying "no", and for each network its pipeline, answers, scores and seconds
 */
export async function trialOf(people, split, { output, bookEpochs = networks.book.epochs }) {
  const { train, test } = splitOf(people, split);
  for (const [part, people] of Object.entries({ train, test })) {
    const outcomes = new Set(people.map((person) => person[outcome]));
    if (outcomes.size === 2) continue;
    const got = `${plural(people.length, "row")} to ${part}, ${outcomes.has(1) ? "all" : "none"} with diabetes`;
    throw new Mistake(
      `split ${split}: got ${got}, need both outcomes: more people, or another --seed or fewer --splits`,
    );
  }
  const trial = { split, test, no: 1 - mean(test.map((person) => person[outcome])) };
  for (const kind of Object.keys(networks)) {
    const epochs = kind === "book" ? bookEpochs : networks[kind].epochs;
    const { pipeline, seconds } = await fitNetwork(kind, train, { output, seed: split, epochs });
    const answers = answersOf(pipeline, test);
    trial[kind] = { pipeline, answers, epochs, seconds, ...scoreOf(answers) };
  }
  return trial;
}
