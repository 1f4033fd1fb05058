/**
 * How windows lie on images: what convolutions and pooling have in common. An image is [height, width, channels], row-major; a
 * sequence of steps is an image of height 1. Beyond the image is padding, which no window needs to reach the end of.
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
}

/** @inline Elements from the first of a window to its last, and one. */
export function extentOf(size: i32, dilation: i32): i32 {
  return (size - 1) * dilation + 1;
}
