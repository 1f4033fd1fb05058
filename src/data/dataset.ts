/** The data sets in the package. Each call makes fresh arrays, which belong to the caller. */

import { checkArguments } from "../errors.ts";
import { digitLines, irisLines } from "./samples.ts";

/** A data set of classes. */
export interface Dataset {
  /** One example a row. */
  inputs: number[][];
  /** The class of each row, an index into `classes`. */
  targets: number[];
  classes: string[];
  /** The origin of the data, and their licence. */
  source: string;
}

const firstRun = "A".charCodeAt(0);
const firstPixel = "a".charCodeAt(0);

/** Returns 1797 handwritten digits: 64 pixels from 0 to 16 each, 8 rows of 8, and the class 0 to 9. */
export function digits(): Dataset {
  checkArguments("digits", arguments.length, 0);
  const lines = digitLines.trim().split("\n");
  return {
    inputs: lines.map(pixels),
    targets: lines.map((line) => Number(line[0])),
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
    source:
      "Optical recognition of handwritten digits, E. Alpaydin and C. Kaynak 1998, test set, UCI; " +
      "as shipped by scikit-learn, BSD-3-Clause",
  };
}

/** Returns the pixels of one line; scripts/make-data.py describes the format. */
function pixels(line: string): number[] {
  const values: number[] = [];
  for (let index = 1; index < line.length; index++) {
    const code = line.charCodeAt(index);
    if (code >= firstPixel) values.push(code - firstPixel + 1);
    else for (let run = code - firstRun + 1; run > 0; run--) values.push(0);
  }
  return values;
}

/** Returns 150 irises: length and width of sepal, then of petal, in centimetres, and the class; 50 of each, in order. */
export function iris(): Dataset {
  checkArguments("iris", arguments.length, 0);
  const rows = irisLines
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number));
  return {
    inputs: rows.map((row) => row.slice(0, -1).map((millimetres) => millimetres / 10)),
    targets: rows.map((row) => row[row.length - 1]),
    classes: ["setosa", "versicolor", "virginica"],
    source: "Iris plants, R. A. Fisher 1936; as shipped by scikit-learn, BSD-3-Clause",
  };
}
