/**
 * A training that goes on: a trainer, and the examples it learns from. These are always as many; what feedback brings takes
 * the place of the oldest. Both together are one array of bytes, so that who keeps it has all or nothing.
 */

import { Trainer } from "simdnet";

/** The bytes of three numbers: updates, examples learned, and the bytes of the checkpoint behind them. */
const headBytes = 12;

export class Learning {
  /** How often it has learned, and how many examples in all. */
  updates = 0;
  examples = 0;
  #inputs;
  #targets;

  /**
   * @param {Trainer} trainer
   * @param {Float32Array} inputs flat rows, to begin with
   * @param {Float32Array} targets as many
   */
  constructor(trainer, inputs, targets) {
    this.trainer = trainer;
    this.#inputs = inputs;
    this.#targets = targets;
  }

  /**
   * Takes the examples in, and trains for so long on all that it has kept.
   *
   * @param {readonly (readonly number[])[]} inputs
   * @param {readonly (readonly number[])[]} targets
   * @returns what fitFor does
   * @throws {DivergenceError} as fitFor
   */
  async learn(inputs, targets, milliseconds) {
    const { network } = this.trainer;
    const kept = this.#inputs.length / network.inputs;
    for (const [row, input] of inputs.entries()) {
      const place = this.examples++ % kept;
      this.#inputs.set(input, place * network.inputs);
      this.#targets.set(targets[row], place * network.outputs);
    }
    this.updates++;
    return this.trainer.fitFor(milliseconds, this.#inputs, this.#targets);
  }

  toBytes() {
    const checkpoint = this.trainer.toBytes();
    const head = Uint32Array.of(this.updates, this.examples, checkpoint.length);
    const parts = [head, checkpoint, this.#inputs, this.#targets];
    const bytes = new Uint8Array(parts.reduce((length, { byteLength }) => length + byteLength, 0));
    let at = 0;
    for (const { buffer, byteOffset, byteLength } of parts) {
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
      at += byteLength;
    }
    return bytes;
  }

  /** @param {Uint8Array | ArrayBuffer} source what `toBytes` has given */
  static fromBytes(source) {
    const bytes = new Uint8Array(source);
    const [updates, examples, length] = new Uint32Array(bytes.slice(0, headBytes).buffer);
    const trainer = Trainer.fromBytes(bytes.slice(headBytes, headBytes + length));
    const values = new Float32Array(bytes.slice(headBytes + length).buffer);
    const { inputs, outputs } = trainer.network;
    const end = (values.length / (inputs + outputs)) * inputs;
    return Object.assign(new Learning(trainer, values.slice(0, end), values.slice(end)), { updates, examples });
  }
}
