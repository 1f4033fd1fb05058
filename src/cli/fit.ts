/** Trains a network on prepared data until it stops improving or a signal arrives. */

import {
  type Callback,
  checkpoint,
  DivergenceError,
  type EpochRecord,
  earlyStopping,
  type History,
  Network,
  progress,
  Trainer,
  type Training,
} from "../index.ts";
import { type Bin, binsOf, setBins } from "./bins.ts";
import { Failure, guard } from "./failure.ts";
import type { PreparedData, Trunk } from "./prepare.ts";
import {
  copyTensors,
  defaultLearningRate,
  type Head,
  networkOf,
  optimizerOf,
  type Settings,
  standardizeName,
  targetsOfAll,
} from "./settings.ts";
import { featuresName } from "./squeezenet.ts";

export interface Fit {
  /** The network with the parameters of the best epoch. For classes its outputs are probabilities. */
  readonly network: Network;
  /** The part that takes prepared examples: the whole network, unless the examples are another network's features. */
  readonly head: Network;
  readonly history: History;
  /** The state to resume from; undefined if the training is complete. */
  readonly checkpoint: Uint8Array | undefined;
}

export interface FitOptions {
  readonly settings: Settings;
  readonly head: Head;
  readonly signal: AbortSignal;
  /** A training to resume: its `Fit.checkpoint`, its best network and its history. */
  readonly resumed?: { readonly checkpoint: Uint8Array; readonly network: Network; readonly history: History };
  readonly onEpoch?: (record: EpochRecord) => void;
  /** Called every `checkpointMinutes` with the fit so far, as if a signal stopped the training there. */
  readonly onCheckpoint?: (fit: Fit) => void;
  readonly checkpointMinutes?: number;
}

/** Makes a trainer. Its network ends in logits, which the losses take. */
function newTrainer(
  { encoding, trunk, targets }: PreparedData,
  settings: Settings,
  head: Head,
  bins: readonly Bin[],
): Trainer {
  const network = trainedPart(networkOf(settings, encoding, head, "training", bins.length), trunk);
  if (bins.length > 0) setBins(network, bins);
  if (trunk) {
    const [means, variances] = ["runningMean", "runningVariance"].map(
      (name) => network.statistics.find((statistic) => statistic.name === `${standardizeName}.${name}`)!.values,
    );
    means.set(trunk.means);
    variances.set(Array.from(trunk.deviations, (deviation) => deviation ** 2));
  }
  return new Trainer(network, {
    loss: head.loss,
    optimizer: optimizerOf(settings),
    batchSize: settings.batchSize,
    seed: settings.seed,
    metrics: head.loss === "meanSquaredError" ? [] : ["accuracy"],
    ...(settings.balance && { classWeights: balancedWeights(targets, head) }),
  });
}

/** Returns weights by which each class counts as much as any other. */
export function balancedWeights(targets: ArrayLike<number>, { units }: Pick<Head, "units">): number[] {
  const counts = new Array<number>(Math.max(2, units)).fill(0);
  for (let row = 0; row < targets.length; row++) counts[targets[row]]++;
  const present = counts.filter((count) => count > 0).length;
  // A class without training rows has no weight to compute; it has no row to apply it to either.
  return counts.map((count) => (count === 0 ? 1 : targets.length / (present * count)));
}

/** Returns the ranges of the numbers of a table; none for pictures, texts and categories. */
export function binsFor({ train, encoding: { features } }: PreparedData, { bins = 0 }: Pick<Settings, "bins">): Bin[] {
  if (!train || features.length === 0) return [];
  const [rows] = (ArrayBuffer.isView(train.inputs) ? [train.inputs] : train.inputs) as [Float64Array];
  return binsOf(rows, features.length, bins);
}

/** @throws {Failure} if the training diverges */
export async function fitNetwork(prepared: PreparedData, options: FitOptions): Promise<Fit> {
  const {
    settings,
    head,
    signal,
    resumed,
    onEpoch,
    onCheckpoint,
    checkpointMinutes = Number.POSITIVE_INFINITY,
  } = options;
  const bins = binsFor(prepared, settings);
  const trainer = guard("the training", () =>
    resumed ? Trainer.fromBytes(resumed.checkpoint) : newTrainer(prepared, settings, head, bins),
  );
  let best: Uint8Array | undefined;
  let isDone = false;
  /** Returns the fit of a training that is complete, or that has stopped with a checkpoint. */
  const fitOf = (history: History, checkpoint: Uint8Array | undefined): Fit => {
    const trained = checkpoint && best ? Network.fromBytes(best) : trainer.network;
    const network = networkOf(settings, prepared.encoding, head, "prediction", bins.length);
    // If no epoch since the interruption was better, the best network is the one from before.
    const known = checkpoint && !best && resumed ? resumed.network : trained;
    copyTensors([known, ...(prepared.trunk ? [prepared.trunk.network] : [])], network);
    return {
      network,
      head: trainedPart(network, prepared.trunk),
      history: resumed ? concatenateHistories(resumed.history, history) : history,
      checkpoint,
    };
  };
  const records: EpochRecord[] = [];
  let saved = performance.now();
  const keep = (training: Training) => {
    if (performance.now() - saved < checkpointMinutes * 60_000) return;
    onCheckpoint!(fitOf(historyOf(records), training.toBytes()));
    saved = performance.now();
  };
  const keeping: Callback = {
    onEpoch(record, training) {
      records.push(record);
      keep(training);
    },
    ...(prepared.targets.length >= leastBatches * settings.batchSize && {
      onBatch: (_: unknown, training: Training) => keep(training),
    }),
  };
  try {
    const history = await prepared.fit(trainer, settings, {
      epochs: settings.epochs,
      validation: {
        ...prepared.validation,
        targets: targetsOfAll(prepared.validation.targets, settings),
      },
      callbacks: [
        earlyStopping({ patience: settings.patience }),
        checkpoint((bytes) => (best = bytes), { best: true }),
        progress(),
        ...(onCheckpoint ? [keeping] : []),
        // Not called if a signal stops the training.
        { onEnd: () => (isDone = true) },
      ],
      signal,
      ...(onEpoch && { onEpoch }),
    });
    return fitOf(history, isDone ? undefined : trainer.toBytes());
  } catch (error) {
    if (error instanceof DivergenceError) {
      const { epoch, learningRate } = error;
      const got = `in epoch ${epoch}, at learning rate ${learningRate}, loss or weights were no longer finite`;
      const less = Math.min(defaultLearningRate(settings.optimizer), learningRate / 10);
      throw new Failure(`the training diverged: ${got}; try --learning-rate ${Number(less.toPrecision(2))}`);
    }
    if (error instanceof RangeError || error instanceof TypeError) throw new Failure(`the training: ${error.message}`);
    throw error;
  }
}

/** Epochs of fewer batches end soon enough for a checkpoint after each. */
const leastBatches = 100;

/** Returns the part of a network that is trained: the whole, unless its first layers are trained already. */
const trainedPart = (network: Network, trunk: Trunk | undefined): Network =>
  trunk ? network.part({ inputs: featuresName }) : network;

/** Returns the history of records. */
function historyOf(records: readonly EpochRecord[]): History {
  const listsOf = (valuesOf: (record: EpochRecord) => object | undefined) => {
    const names = Object.keys((records[0] && valuesOf(records[0])) ?? {});
    const valueIn = (record: EpochRecord, name: string) => (valuesOf(record) as Record<string, unknown>)[name];
    return Object.fromEntries(names.map((name) => [name, records.map((record) => valueIn(record, name))]));
  };
  return {
    epoch: records.map(({ epoch }) => epoch),
    loss: records.map(({ loss }) => loss),
    learningRate: records.map(({ learningRate }) => learningRate),
    metrics: listsOf(({ metrics }) => metrics) as History["metrics"],
    validation: listsOf(({ validation }) => validation) as History["validation"],
  };
}

/** Appends the second history to the first. */
function concatenateHistories(first: History, second: History): History {
  const lists = (one: Readonly<Record<string, readonly unknown[]>>, other: typeof one) =>
    Object.fromEntries(
      Object.keys({ ...one, ...other }).map((name) => [name, [...(one[name] ?? []), ...(other[name] ?? [])]]),
    );
  return {
    epoch: [...first.epoch, ...second.epoch],
    loss: [...first.loss, ...second.loss],
    learningRate: [...first.learningRate, ...second.learningRate],
    metrics: lists(first.metrics, second.metrics) as History["metrics"],
    validation: lists(first.validation, second.validation) as History["validation"],
  };
}
