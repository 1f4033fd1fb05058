/** The kinds of layers there are. A new kind is added here and in its own file, and nowhere else. */

import { unknownName } from "../../errors.ts";
import { denseKind } from "./dense.ts";
import type { LayerDescription, LayerKind } from "./layer.ts";

const kinds = { dense: denseKind } as unknown as Readonly<Record<string, LayerKind>>;

/**
 * The kind of layer that `description` describes.
 *
 * @throws {RangeError} if it is not what a layer function returns
 */
export function kindOf(description: LayerDescription): LayerKind {
  const { kind } = Object(description) as LayerDescription;
  if (typeof kind === "string" && Object.hasOwn(kinds, kind)) return kinds[kind];
  const makers = Object.keys(kinds).map((name) => `${name}()`);
  throw unknownName("layer", kind ?? description, makers);
}
