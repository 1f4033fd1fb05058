/** How many steps the sequences of a value have, if they differ in length: those of an input, or what windows make of them. */

/** The number of windows along a number of steps: ⌊(steps + shift) / stride⌋. */
export interface StepRule {
  readonly shift: number;
  readonly stride: number;
}

/** Returns what a rule makes of so many steps. */
export const stepsBy = ({ shift, stride }: StepRule, steps: number): number => Math.floor((steps + shift) / stride);

/** The fewest steps that an input's sequences may have. */
export interface LeastSteps {
  readonly steps: number;
  /** The layer whose windows need more than one. */
  readonly layer?: string | undefined;
}

/** The lengths of sequences, by those of an input's. Values whose sequences always have the same lengths share one such object. */
export class SequenceLengths implements StepRule {
  /** The lengths of the input. */
  readonly origin: SequenceLengths;
  /** Added to the number of steps of the input. */
  readonly shift: number;
  /** The sum is divided by this, and rounded down. */
  readonly stride: number;
  /** All that are made of an input's. */
  readonly #made: Map<string, SequenceLengths>;

  /** @param origin default these, of an input */
  constructor(rule: StepRule = { shift: 0, stride: 1 }, origin?: SequenceLengths) {
    this.shift = rule.shift;
    this.stride = rule.stride;
    this.origin = origin ?? this;
    this.#made = origin ? origin.#made : new Map([["0 / 1", this]]);
  }

  /** Returns the lengths behind windows on such sequences. */
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

  /** Returns the rule that makes these lengths of `base`, of which `by` has made them. */
  after(base: SequenceLengths): StepRule {
    return { shift: (this.shift - base.shift) / base.stride, stride: this.stride / base.stride };
  }
}
