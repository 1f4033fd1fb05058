/** Tells whether the first line of a table looks like values, as if the line of names were missing. */

import { momentIn, numberReader } from "../data/index.ts";
import type { TableColumn } from "./column.ts";

/** Returns the name that a column has in a table without a line of names. */
export const columnName = (index: number): string => `column${index + 1}`;

/**
 * Returns whether the names of a table look like its values. Names may be whole numbers, such as years, or one of a column's categories,
 * but not both, and no name is a fraction or a date.
 *
 * @param names as they stand in the first line
 */
export function looksLikeValues(columns: readonly TableColumn[], names: readonly string[]): boolean {
  const numbers = columns.map(
    ({ kind, format = {} }, index) => kind === "number" && !Number.isNaN(numberReader(format)(names[index])),
  );
  if (numbers.some((isNumber, index) => isNumber && !/^\d+$/.test(names[index]))) return true;
  if (columns.some(({ dates }, index) => dates && momentIn(names[index], dates.order))) return true;
  const areCategories = columns.map(({ kind, values }, index) => {
    const name = names[index];
    return kind === "category" && name !== "" && (values as readonly unknown[]).includes(name);
  });
  const asNumbers = numbers.filter(Boolean).length;
  const asCategories = areCategories.filter(Boolean).length;
  if (asNumbers > 0 && asCategories > 0) return true;
  if (asCategories > 1 && asCategories === columns.length) return true;
  return asNumbers > 1 && asNumbers === columns.length && !areCounted(names) && columns.every(isInRange(names));
}

/** Returns whether names count up, as years and pixels do. */
const areCounted = (names: readonly string[]): boolean =>
  names.every((name, index) => index === 0 || Number(name) > Number(names[index - 1]));

const isInRange =
  (names: readonly string[]) =>
  ({ values }: TableColumn, index: number) => {
    const name = Number(names[index]);
    const numbers = values as Float64Array;
    return numbers.some((value) => value <= name) && numbers.some((value) => value >= name);
  };
