/** What a model's file remembers of its training. */

import type { Question } from "./prepare.ts";
import type { Score } from "./score.ts";
import type { Settings } from "./settings.ts";

export interface Notes {
  readonly file: string;
  readonly question: Question;
  readonly settings: Settings;
  readonly fingerprint: string;
  readonly rows: {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    readonly withoutTarget: number;
  };
  readonly notUsed: Readonly<Record<string, string>>;
  readonly test: Score;
  /** The file beside the model from which an interrupted training goes on; null if it has come to its end. */
  readonly checkpoint: string | null;
}
