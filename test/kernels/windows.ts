/** Windows that kernels of images are tested on: all sides and channels from 1 to 20, every kind of stride and padding. */
import { type Geometry, geometryOf, type Windows, windowsOn } from "../../src/topology/layers/window.ts";

/** Sizes, strides and paddings: beside each other, overlapping, with gaps, with padding on one side or on all. */
const kinds: readonly Omit<Windows, "dilation">[] = [
  { size: [1, 1], stride: [1, 1], padding: "valid" },
  { size: [2, 2], stride: [2, 2], padding: "valid" },
  { size: [2, 2], stride: [2, 2], padding: "same" },
  { size: [1, 2], stride: [1, 2], padding: "valid" },
  { size: [3, 3], stride: [3, 3], padding: "valid" },
  { size: [3, 3], stride: [1, 1], padding: "same" },
  { size: [3, 3], stride: [2, 2], padding: "same" },
  { size: [2, 3], stride: [3, 1], padding: "valid" },
  { size: [2, 1], stride: [3, 4], padding: "same" },
  {
    size: [3, 4],
    stride: [2, 3],
    padding: [
      [1, 0],
      [0, 2],
    ],
  },
  {
    size: [4, 2],
    stride: [4, 2],
    padding: [
      [2, 1],
      [1, 0],
    ],
  },
];

/** An image of each side and each number of channels from 1 to 20. */
const images = Array.from({ length: 20 }, (_, index) => [
  [index + 1, ((7 * index) % 20) + 1, ((11 * index) % 20) + 1],
  [5, 6, index + 1],
]).flat();

/** The geometries in which each window has an element of the image. */
export const geometries: readonly Geometry[] = images.flatMap((shape) =>
  kinds.flatMap((kind) => {
    const windows = { ...kind, dilation: [1, 1] };
    const isFitting = [0, 1].every((side) => {
      const { count, before } = windowsOn(windows, side, shape[side]);
      return count > 0 && before < kind.size[side] && (count - 1) * kind.stride[side] - before < shape[side];
    });
    return isFitting ? [geometryOf("test", windows, shape)] : [];
  }),
);

/** The elements of an image, and of what is made of its windows. */
export function countsOf({ height, width, channels, outputHeight, outputWidth }: Geometry): [number, number] {
  return [height * width * channels, outputHeight * outputWidth * channels];
}

/** Says which geometry it is. */
export function shownGeometry(geometry: Geometry): string {
  const { height, width, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft } = geometry;
  const windows = `${kernelHeight} × ${kernelWidth} by ${strideHeight} × ${strideWidth} from ${-padTop}, ${-padLeft}`;
  return `${height} × ${width} × ${channels}: ${windows}`;
}
