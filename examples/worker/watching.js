/**
 * A network that forecasts the next reading from all earlier ones, and the judgement of each reading. A reading is unusual if it is further
 * from its forecast than most readings are.
 */

import { Network } from "simdnet";

/** The number of readings before a watch judges one: a day. */
export const warmUp = 24;
/** A reading is unusual if its distance from the forecast exceeds this many times the spread: 4.8 deviations of normal errors. */
const factor = 6;
/** The spread is that of about this many readings. */
const memory = 200;
/** The numbers that are stored besides the state of the stream. */
const headLength = 4;

/** The network's scale: it learns best from numbers near 0. */
const [center, unit] = [15, 5];
export const scaled = (degrees) => (degrees - center) / unit;
const unscaled = (value) => value * unit + center;

export class Watching {
  readings = 0;
  unusual = 0;
  /** The mean distance of readings from their forecasts. */
  spread;
  /** The forecast of the next reading; NaN before the first. */
  forecast = Number.NaN;
  #stream;

  /**
   * @param {Uint8Array | ArrayBuffer} model the file of a network that forecasts the next of scaled readings
   * @param {number} spread at the start
   */
  constructor(model, spread) {
    this.#stream = Network.fromBytes(new Uint8Array(model)).stream();
    this.spread = spread;
  }

  /**
   * Takes a reading, and compares it with its forecast.
   *
   * @param {number} reading
   * @returns {{ forecast: number | null, distance: number | null, limit: number | null, isUnusual: boolean }} a distance beyond
   *   the limit is unusual; null means not known yet
   */
  push(reading) {
    const { forecast, readings } = this;
    const isJudged = readings >= warmUp;
    const distance = Math.abs(reading - forecast);
    const limit = factor * this.spread;
    const isUnusual = isJudged && distance > limit;
    // An extreme reading must not spoil the later forecasts, so the network gets its own forecast instead. But the reading widens the
    // spread, by the limit and no more, so that a new level becomes usual in about two days.
    const taken = isUnusual ? forecast : reading;
    if (isJudged) this.spread += (Math.min(distance, limit) - this.spread) / memory;
    this.forecast = unscaled(this.#stream.push(scaled(taken))[0]);
    this.readings++;
    if (isUnusual) this.unusual++;
    const known = readings > 0;
    return {
      forecast: known ? forecast : null,
      distance: known ? distance : null,
      limit: isJudged ? limit : null,
      isUnusual,
    };
  }

  toBytes() {
    const { readings, unusual, spread, forecast } = this;
    return new Uint8Array(Float64Array.of(readings, unusual, spread, forecast, ...this.#stream.state).buffer);
  }

  /**
   * @param {Uint8Array | ArrayBuffer} model as in the constructor
   * @param {Uint8Array | ArrayBuffer} source the result of `toBytes`; the continuation has the same bits as without a break
   */
  static fromBytes(model, source) {
    const values = new Float64Array(new Uint8Array(source).slice().buffer);
    const [readings, unusual, spread, forecast] = values;
    const watching = Object.assign(new Watching(model, spread), { readings, unusual, forecast });
    watching.#stream.state = values.subarray(headLength);
    return watching;
  }
}
