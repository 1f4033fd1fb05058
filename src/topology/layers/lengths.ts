/** The number of steps of a value's sequences, if they differ in length: those of an input, or those that windows make from them. */

/** The number of windows along a number of steps: ⌊(steps + shift) / stride⌋. */
export interface StepRule {
  readonly shift: number;
  readonly stride: number;
}

/** Applies a rule to a number of steps. */
export const stepsBy = ({ shift, stride }: StepRule, steps: number): number => Math.floor((steps + shift) / stride);

/** The smallest number of steps of an input's sequences. */
export interface LeastSteps {
  readonly steps: number;
  /** The layer whose windows need more than one step. */
  readonly layer?: string | undefined;
}

/** The lengths of sequences, derived from those of an input. Values whose sequences always have the same lengths share one such object. */
export class SequenceLengths implements StepRule {
  /** The lengths of the input. */
  readonly origin: SequenceLengths;
  /** A number added to the steps of the input. */
  readonly shift: number;
  /** The divisor of the sum, which is rounded down. */
  readonly stride: number;
  /** All lengths derived from an input's. */
  readonly #made: Map<string, SequenceLengths>;

  /** @param origin default the new object itself, for an input */
  constructor(rule: StepRule = { shift: 0, stride: 1 }, origin?: SequenceLengths) {
    this.shift = rule.shift;
    this.stride = rule.stride;
    this.origin = origin ?? this;
    this.#made = origin ? origin.#made : new Map([["0 / 1", this]]);
  }

  /** Returns the lengths after windows on such sequences. */
  by({ shift, stride }: StepRule): SequenceLengths {
    // ⌊(⌊(n + a) / s⌋ + b) / t⌋ = ⌊(n + a + s · b) / (s · t)⌋
    const rule = { shift: this.shift + this.stride * shift, stride: this.stride * stride };
    const key = `${rule.shift} / ${rule.stride}`;
    const known = this.#made.get(key);
    if (known) return known;
    const made = new SequenceLengths(rule, this.origin);
    this.#made.set(key, made);
    return made;
  }

  /** Returns the rule that derives these lengths from `base`. */
  after(base: SequenceLengths): StepRule {
    return { shift: (this.shift - base.shift) / base.stride, stride: this.stride / base.stride };
  }
}
