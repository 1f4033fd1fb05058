/**
 * The windows of convolutions and pooling on images. An image is [height, width, channels], row-major; a sequence of steps is an
 * image of height 1. There is padding beyond the image; no window needs to reach its end.
 */
@unmanaged
export class Geometry {
  height: i32;
  width: i32;
  channels: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  /** Rows from one element of the kernel to the next; 1 if they lie beside each other. */
  dilationHeight: i32;
  dilationWidth: i32;
  /** Rows of padding above the image. */
  padTop: i32;
  /** Columns of padding left of the image. */
  padLeft: i32;
  /** Windows from top to bottom. */
  outputHeight: i32;
  /** Windows from left to right. */
  outputWidth: i32;
  /**
   * The windows on each of several sequences of different lengths, a SequenceWindows for each row. Then `width` and `outputWidth` are at
   * least those of each. 0 for images, which all have the same windows.
   */
  sequences: usize;
}

/** The windows of one sequence of a batch. Sequences lie one after the other, and so do their windows. */
@final
@unmanaged
export class SequenceWindows {
  /** Steps that lie before the sequence's first. */
  first: i32;
  width: i32;
  padLeft: i32;
  /** Windows that lie before its first; of an operation that writes some steps only, steps before the first of these. */
  firstOutput: i32;
  outputWidth: i32;
}

/** @inline */
function windowsOf(geometry: Geometry, row: i32): SequenceWindows {
  return changetype<SequenceWindows>(geometry.sequences + <usize>row * offsetof<SequenceWindows>());
}

/** @inline Returns how many pixels lie before image `row`. */
export function firstPixelOf(geometry: Geometry, row: i32): i32 {
  return geometry.sequences ? windowsOf(geometry, row).first : row * geometry.height * geometry.width;
}

/** @inline Returns how wide image `row` is. */
export function widthOf(geometry: Geometry, row: i32): i32 {
  return geometry.sequences ? windowsOf(geometry, row).width : geometry.width;
}

/** @inline Returns the columns of padding left of image `row`. */
export function padLeftOf(geometry: Geometry, row: i32): i32 {
  return geometry.sequences ? windowsOf(geometry, row).padLeft : geometry.padLeft;
}

/** @inline Returns how many windows lie before those of image `row`. */
export function firstWindowOf(geometry: Geometry, row: i32): i32 {
  if (geometry.sequences) return windowsOf(geometry, row).firstOutput;
  return row * geometry.outputHeight * geometry.outputWidth;
}

/** @inline Returns the windows of image `row` from left to right. */
export function acrossOf(geometry: Geometry, row: i32): i32 {
  return geometry.sequences ? windowsOf(geometry, row).outputWidth : geometry.outputWidth;
}

/** @inline Returns the columns of a padded image that so many windows beside each other cover. */
export function coveredColumns(geometry: Geometry, across: i32): i32 {
  return (across - 1) * geometry.strideWidth + extentOf(geometry.kernelWidth, geometry.dilationWidth);
}

/** @inline Elements from the first of a window to its last, and one. */
export function extentOf(size: i32, dilation: i32): i32 {
  return (size - 1) * dilation + 1;
}
