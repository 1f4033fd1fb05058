/** Slow twin of assembly/pooling/margins: images as nested arrays, [lines][columns]. */

/** `image` with margins of zeros. */
export function addMargins(
  image: readonly (readonly number[])[],
  [[top, bottom], [left, right]]: readonly (readonly [number, number])[],
): number[][] {
  const zeros = (count: number) => new Array<number>(count).fill(0);
  const columns = left + image[0].length + right;
  return [
    ...Array.from({ length: top }, () => zeros(columns)),
    ...image.map((line) => [...zeros(left), ...line, ...zeros(right)]),
    ...Array.from({ length: bottom }, () => zeros(columns)),
  ];
}

/** `image` without its margins. */
export function removeMargins(
  image: readonly (readonly number[])[],
  [[top, bottom], [left, right]]: readonly (readonly [number, number])[],
): number[][] {
  return image.slice(top, image.length - bottom).map((line) => line.slice(left, line.length - right));
}
