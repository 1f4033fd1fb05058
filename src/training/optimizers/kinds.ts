/** All optimizers. "Add something else" in ARCHITECTURE.md says what a new one needs beside its file and its row here. */

import { isKnown, unknownName } from "../../errors.ts";
import { adadeltaKind } from "./adadelta.ts";
import { adagradKind } from "./adagrad.ts";
import { adamKind, adamWKind } from "./adam.ts";
import { adamaxKind } from "./adamax.ts";
import { lionKind } from "./lion.ts";
import { nadamKind } from "./nadam.ts";
import type { Optimizer, OptimizerKind } from "./optimizer.ts";
import { rmspropKind } from "./rmsprop.ts";
import { sgdKind } from "./sgd.ts";
import { sparseAdamKind } from "./sparseAdam.ts";

const kinds = {
  sgd: sgdKind,
  rmsprop: rmspropKind,
  adagrad: adagradKind,
  adadelta: adadeltaKind,
  adam: adamKind,
  adamW: adamWKind,
  adamax: adamaxKind,
  nadam: nadamKind,
  lion: lionKind,
  sparseAdam: sparseAdamKind,
} as unknown as Readonly<Record<string, OptimizerKind>>;

/**
 * Returns the kind of an optimizer.
 *
 * @throws {RangeError} if no optimizer function has returned it
 */
export function kindOf(optimizer: Optimizer): OptimizerKind {
  const { name } = Object(optimizer) as Optimizer;
  if (typeof optimizer === "object" && isKnown(kinds, name)) return kinds[name];
  const calls = Object.keys(kinds).map((maker) => `${maker}()`);
  throw unknownName("trainer: optimizer", name ?? optimizer, calls);
}

/**
 * Returns a copy of the result of an optimizer function, which may come from JSON.
 *
 * @throws {RangeError | TypeError} saying what is wrong with it
 */
export function checkOptimizer(optimizer: Optimizer): Optimizer {
  const { make } = kindOf(optimizer);
  const { name: _name, ...options } = optimizer;
  return make(options);
}
