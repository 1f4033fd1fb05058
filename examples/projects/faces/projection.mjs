/** Projects rows of many numbers to the two dimensions in which they differ most: their principal components. */

/** @returns [x, y] for each row */
export function projectRows(rows) {
  const width = rows[0].length;
  const mean = new Float64Array(width);
  for (const row of rows) for (let at = 0; at < width; at++) mean[at] += row[at] / rows.length;
  const centred = rows.map((row) => Float64Array.from(row, (value, at) => value - mean[at]));
  const axes = [];
  for (const _ of ["x", "y"]) axes.push(principalAxis(centred, width, axes));
  return centred.map((row) => axes.map((axis) => dot(row, axis)));
}

const dot = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);

/** Returns the direction of the greatest variance that is perpendicular to `others`, by power iteration. */
function principalAxis(rows, width, others) {
  let axis = Float64Array.from({ length: width }, (_, at) => 1 + at / width);
  for (let round = 0; round < 200; round++) {
    const next = new Float64Array(width);
    for (const row of rows) {
      const along = dot(row, axis);
      for (let at = 0; at < width; at++) next[at] += along * row[at];
    }
    for (const other of others) {
      const along = dot(next, other);
      for (let at = 0; at < width; at++) next[at] -= along * other[at];
    }
    const length = Math.sqrt(dot(next, next));
    // If the rows do not differ, any direction will do.
    if (length === 0) return axis;
    axis = next.map((value) => value / length);
  }
  return axis;
}
