/** Training that shows how it goes, and that Ctrl-C stops so that the same command goes on with it. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { progress, Trainer } from "simdnet";

/**
 * Trains to the end, from where it was stopped if it was. The checkpoint is there only as long as the training has not come to its end.
 *
 * @param file where the checkpoint lies; its name distinguishes the trainings of a command, such as by the network
 * @param newTrainer makes the trainer of a training that begins
 * @param train calls `fit` or `fitBatches` of the trainer that it is given, with the options that it is given and its own
 * @param isShown whether epochs are shown; not if trainings are so many, and so short, that each is no news
 * @returns the trainer, and a record for each epoch
 */
export async function trainWithCheckpoint(file, newTrainer, train, { isShown = true } = {}) {
  // The path of the data and all options: another command must not go on with what it has not begun.
  const command = process.argv.slice(2);
  const found = existsSync(file) ? JSON.parse(readFileSync(`${file}.json`, "utf8")) : undefined;
  const isResumed = found !== undefined && String(found.command) === String(command);
  const saved = isResumed ? found : { records: [], seconds: 0 };
  const trainer = isResumed ? Trainer.fromBytes(readFileSync(file)) : newTrainer();
  if (isResumed) console.log(`going on with ${file}`);

  const { records } = saved;
  const began = performance.now();
  const secondsNow = () => saved.seconds + (performance.now() - began) / 1000;
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once("SIGINT", onInterrupt);
  let isDone = false;
  const callbacks = [
    ...(isShown ? [progress()] : []),
    {
      onEpoch: (record, { epochs }) => {
        records.push(record);
        if (isShown && !process.stderr.isTTY) console.log(line(record, epochs, secondsNow()));
      },
      onEnd: () => {
        isDone = true;
      },
    },
  ];
  await train(trainer, { callbacks, signal: stop.signal });
  process.off("SIGINT", onInterrupt);
  const seconds = secondsNow();
  if (!isDone) {
    save(`${file}.json`, JSON.stringify({ command, records, seconds }));
    save(file, trainer.toBytes());
    console.log("\nstopped; the same command goes on from here");
    process.exit(130);
  }
  for (const path of [file, `${file}.json`]) rmSync(path, { force: true });
  return { trainer, records, seconds };
}

/** Writes a file beside `path` and renames it, so that the file is never half. Makes its folder. */
export function save(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  // A name that nobody can foresee, which two processes never share.
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  try {
    writeFileSync(temporary, content, { flag: "wx" });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** What one sees of an epoch where there is no terminal. */
function line({ epoch, loss, metrics, validation = {} }, epochs, seconds) {
  const left = Math.round((seconds / epoch) * (epochs - epoch));
  const numbers = { loss, ...metrics };
  for (const [name, value] of Object.entries(validation)) numbers[`validation ${name}`] = value;
  const texts = Object.entries(numbers)
    .filter(([, value]) => typeof value === "number")
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`);
  return [`epoch ${epoch}/${epochs}`, ...texts, ...(epoch < epochs ? [`${left} s left`] : [])].join("  ");
}
