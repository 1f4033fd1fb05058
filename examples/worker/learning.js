/**
 * A training that continues, and that false targets cannot lead astray. It trains on its first examples, the anchors, which never change,
 * and on recent examples from feedback, where new ones replace the oldest. It has two safeguards:
 *
 * - An example that is near the known ones, but has another target than the nearest of them, is not learned. If a tenth of a
 *   feedback is such, none of it is. An example far from the known ones is new, and is learned.
 * - The judges are examples that it never trains on. If after an update it gets clearly fewer of them right than in its best state,
 *   the update is undone.
 *
 * The whole state is one array of bytes, so that a store has all of it or nothing.
 */

import { Trainer } from "simdnet";

/** The share of the judges that it may lose compared with its best state. */
const mostLost = 0.0225;
/** The number and the share of a feedback's examples that may contradict the known ones. Honest targets also contain errors. */
const mostContrary = { count: 1, share: 0.1 };
/** An example is near the known ones if its distance to one of them is at most the distance that this share of them has to another. */
const shareNear = 0.9;
/** The number of undone updates in a row after which it returns to its best state, because its later learning may be false. */
const mostTakenBack = 2;

/**
 * Examples as flat rows, with as many targets as inputs.
 *
 * @typedef {{ inputs: Float32Array, targets: Float32Array }} Examples
 */

export class Learning {
  /** The numbers of feedbacks, of examples learned from them, and of feedbacks that were not learned or undone. */
  updates = 0;
  examples = 0;
  takenBack = 0;
  /** The number of undone updates since the last one that was kept. */
  #inRow = 0;
  /** The anchors, followed by the recent examples. */
  #known;
  #anchors;
  #judges;
  /** The state with the best result for the judges: the share that it got right, its checkpoint and its recent examples. */
  #best;
  /** The distance within which an example is near the known ones. */
  #near;

  /**
   * @param {Trainer} trainer whose metrics include "accuracy"
   * @param {{ anchors: Examples, recent: Examples, judges: Examples }} examples at the start
   */
  constructor(trainer, { anchors, recent, judges }) {
    this.trainer = trainer;
    this.#anchors = anchors;
    this.#judges = judges;
    const joined = (name) => Float32Array.from([...anchors[name], ...recent[name]]);
    this.#known = { inputs: joined("inputs"), targets: joined("targets") };
    this.#best = { accuracy: this.#judged(), ...this.#state() };
    const rows = [anchors, judges].flatMap(({ inputs }) => rowsOf(inputs, trainer.network.inputs));
    const distances = rows.map((row) => this.#nearest(row).distance).sort((a, b) => a - b);
    this.#near = distances[Math.floor(shareNear * distances.length)];
  }

  /**
   * Adds examples and trains for the given time on everything that it knows. If the examples contradict the known ones, or if the judges'
   * result suffers, nothing changes.
   *
   * @param {readonly (readonly number[])[]} inputs
   * @param {readonly (readonly number[])[]} targets each one row with a single 1
   * @returns {Promise<{ steps: number, loss: number | undefined, kept: boolean }>} steps and loss as in fitFor
   * @throws {DivergenceError} as fitFor does
   */
  async learn(inputs, targets, milliseconds) {
    this.updates++;
    const places = [...inputs.keys()].filter((row) => !this.#contradicts(inputs[row], targets[row]));
    const contrary = inputs.length - places.length;
    if (places.length === 0 || contrary > mostContrary.count + mostContrary.share * inputs.length) {
      this.takenBack++;
      return { steps: 0, loss: undefined, kept: false };
    }
    const before = this.#state();
    const examples = this.examples;
    for (const place of places) this.#keep(inputs[place], targets[place]);
    const { steps, loss } = await this.train(milliseconds, this.#known.inputs, this.#known.targets);
    const accuracy = this.#judged();
    const kept = accuracy >= this.#best.accuracy - mostLost;
    if (kept) {
      this.#inRow = 0;
      if (accuracy >= this.#best.accuracy) this.#best = { accuracy, ...this.#state() };
    } else {
      this.takenBack++;
      this.examples = examples;
      this.#inRow = (this.#inRow + 1) % mostTakenBack;
      this.#restore(this.#inRow === 0 ? this.#best : before);
    }
    return { steps, loss, kept };
  }

  /** Trains for the given time. */
  train(milliseconds, inputs, targets) {
    return this.trainer.fitFor(milliseconds, inputs, targets);
  }

  /** Replaces the oldest of the recent examples. */
  #keep(input, target) {
    const { network } = this.trainer;
    const anchors = this.#anchors.inputs.length / network.inputs;
    const recent = this.#known.inputs.length / network.inputs - anchors;
    const place = anchors + (this.examples++ % recent);
    this.#known.inputs.set(input, place * network.inputs);
    this.#known.targets.set(target, place * network.outputs);
  }

  /** Tells whether an example is near the known ones, and the nearest of them has another target. */
  #contradicts(input, target) {
    const { distance, target: taught } = this.#nearest(input);
    return distance <= this.#near && taught.some((value, index) => value !== target[index]);
  }

  /** Returns the nearest of the anchors and judges that is not the example itself. */
  #nearest(input) {
    const { inputs: width, outputs } = this.trainer.network;
    let [least, target] = [Number.POSITIVE_INFINITY, []];
    for (const set of [this.#anchors, this.#judges]) {
      for (let from = 0, row = 0; from < set.inputs.length; from += width, row++) {
        let distance = 0;
        for (let index = 0; index < width; index++) distance += (set.inputs[from + index] - input[index]) ** 2;
        if (distance >= least || distance === 0) continue;
        least = distance;
        target = set.targets.subarray(row * outputs, (row + 1) * outputs);
      }
    }
    return { distance: Math.sqrt(least), target };
  }

  /** Returns the share of the judges that it gets right. */
  #judged() {
    return this.trainer.evaluate(this.#judges.inputs, this.#judges.targets).accuracy;
  }

  /** Returns a copy of the state that an update changes. */
  #state() {
    return {
      checkpoint: this.trainer.toBytes(),
      inputs: this.#known.inputs.slice(),
      targets: this.#known.targets.slice(),
    };
  }

  #restore({ checkpoint, inputs, targets }) {
    this.trainer = Trainer.fromBytes(checkpoint);
    this.#known = { inputs: inputs.slice(), targets: targets.slice() };
  }

  toBytes() {
    const { updates, examples, takenBack } = this;
    const head = Float64Array.of(updates, examples, takenBack, this.#inRow, this.#best.accuracy);
    const sets = [this.#anchors, this.#judges].flatMap(({ inputs, targets }) => [inputs, targets]);
    const states = [this.#state(), this.#best].flatMap(({ checkpoint, inputs, targets }) => [
      checkpoint,
      inputs.subarray(this.#anchors.inputs.length),
      targets.subarray(this.#anchors.targets.length),
    ]);
    return pack([head, ...sets, ...states]);
  }

  /** @param {Uint8Array | ArrayBuffer} source the result of `toBytes` */
  static fromBytes(source) {
    const parts = unpack(new Uint8Array(source));
    const [updates, examples, takenBack, inRow, accuracy] = new Float64Array(parts[0].buffer);
    const values = parts.map((part, index) => (wholeBytes.includes(index) ? part : new Float32Array(part.buffer)));
    const [, anchorInputs, anchorTargets, judgeInputs, judgeTargets, checkpoint, inputs, targets, ...best] = values;
    const anchors = { inputs: anchorInputs, targets: anchorTargets };
    const judges = { inputs: judgeInputs, targets: judgeTargets };
    const learning = new Learning(Trainer.fromBytes(checkpoint), { anchors, recent: { inputs, targets }, judges });
    const known = (recent, taught) => Float32Array.from([...taught, ...recent]);
    learning.#best = {
      accuracy,
      checkpoint: best[0],
      inputs: known(best[1], anchorInputs),
      targets: known(best[2], anchorTargets),
    };
    learning.#inRow = inRow;
    return Object.assign(learning, { updates, examples, takenBack });
  }
}

/** The parts of the bytes that are not float32 numbers: the head, and both checkpoints. */
const wholeBytes = [0, 5, 8];

/** Joins parts, after their number and their lengths in bytes. */
function pack(parts) {
  const head = Uint32Array.of(parts.length, ...parts.map(({ byteLength }) => byteLength));
  const all = [head, ...parts];
  const bytes = new Uint8Array(all.reduce((length, { byteLength }) => length + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of all) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

function unpack(bytes) {
  const [count] = new Uint32Array(bytes.slice(0, 4).buffer);
  const lengths = new Uint32Array(bytes.slice(4, 4 + 4 * count).buffer);
  let at = 4 + 4 * count;
  return Array.from(lengths, (length) => {
    at += length;
    return bytes.slice(at - length, at);
  });
}

function rowsOf(values, width) {
  return Array.from({ length: values.length / width }, (_, row) => values.subarray(row * width, (row + 1) * width));
}
