/** Training that shows its progress. After Ctrl-C, the same command continues it. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { progress, Trainer } from "simdnet";

/**
 * Trains to the end. If an earlier run was stopped, it continues from there. The checkpoint exists only until the training ends.
 *
 * @param file the path of the checkpoint; its name distinguishes the trainings of a command, for instance by network
 * @param newTrainer makes the trainer for a new training
 * @param train calls `fit` or `fitBatches` of the given trainer, with the given options and its own
 * @param isShown whether epochs are shown; false for many short trainings
 */
export async function trainWithCheckpoint(file, newTrainer, train, { isShown = true } = {}) {
  // The path of the data and all options: another command must not continue this training.
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

/** Writes a file under another name and renames it to `path`, so that the file is never half written. Creates its folder. */
export function save(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  // The name is unpredictable, and two processes never share it.
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  try {
    writeFileSync(temporary, content, { flag: "wx" });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Returns the line for an epoch without a terminal. */
function line({ epoch, loss, metrics, validation = {} }, epochs, seconds) {
  const left = Math.round((seconds / epoch) * (epochs - epoch));
  const numbers = { loss, ...metrics };
  for (const [name, value] of Object.entries(validation)) numbers[`validation ${name}`] = value;
  const texts = Object.entries(numbers)
    .filter(([, value]) => typeof value === "number")
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`);
  return [`epoch ${epoch}/${epochs}`, ...texts, ...(epoch < epochs ? [`${left} s left`] : [])].join("  ");
}
