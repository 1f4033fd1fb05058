/** Slow twin of assembly/pooling/bilinear. */

export interface Enlargement {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly factorHeight: number;
  readonly factorWidth: number;
}

/** Returns how much each pixel of the large side has of the pixels of the small one, where it has any: a tent around each of these. */
function sharesOf(factor: number, count: number): [place: number, share: number][][] {
  return Array.from({ length: count * factor }, (_, index) => {
    const position = Math.min(Math.max((index + 0.5) / factor - 0.5, 0), count - 1);
    const shares = Array.from({ length: count }, (__, place) => Math.max(1 - Math.abs(position - place), 0));
    return [...shares.entries()].filter(([, share]) => share > 0);
  });
}

/** Calls `use` with every element of the large images, each element of the small ones of which it has a share, and the share. */
function visit(sizes: Enlargement, rows: number, use: (large: number, small: number, share: number) => void): void {
  const { height, width, channels, factorHeight, factorWidth } = sizes;
  const [ofLines, ofColumns] = [sharesOf(factorHeight, height), sharesOf(factorWidth, width)];
  const large = height * factorHeight * width * factorWidth;
  for (let pixel = 0; pixel < rows * large; pixel++) {
    const row = Math.floor(pixel / large);
    const line = Math.floor((pixel % large) / ofColumns.length);
    for (const [y, shareOfLine] of ofLines[line]) {
      for (const [x, shareOfColumn] of ofColumns[pixel % ofColumns.length]) {
        const small = (row * height + y) * width + x;
        for (let channel = 0; channel < channels; channel++) {
          use(pixel * channels + channel, small * channels + channel, shareOfLine * shareOfColumn);
        }
      }
    }
  }
}

export function bilinearForward(small: readonly number[], sizes: Enlargement): number[] {
  const rows = small.length / (sizes.height * sizes.width * sizes.channels);
  const large = new Array<number>(small.length * sizes.factorHeight * sizes.factorWidth).fill(0);
  visit(sizes, rows, (to, from, share) => {
    large[to] += share * small[from];
  });
  return large;
}

export function bilinearBackward(large: readonly number[], sizes: Enlargement): number[] {
  const count = large.length / (sizes.factorHeight * sizes.factorWidth);
  const small = new Array<number>(count).fill(0);
  visit(sizes, count / (sizes.height * sizes.width * sizes.channels), (from, to, share) => {
    small[to] += share * large[from];
  });
  return small;
}
