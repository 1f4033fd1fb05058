/**
 * An image made larger by whole factors, interpolated between pixels. Pixels are squares: the middle of the first lies half a pixel from
 * the edge (PyTorch's align_corners = false). Beyond the outer middles the image goes on as it is there.
 *
 * Positions are whole numbers: pixel i of the small image lies at 2 · factor · i, and pixel o of the large one at 2 · o + 1 - factor, but
 * not before the first pixel of the small image nor after its last.
 */
import { isAligned, laneCount, splat } from "../vector/lanes";
import { lastChannels, loadChannels, stepOf, storeChannels } from "./window";

@final
@unmanaged
export class Bilinear {
  /** [rows, height, width, channels] */
  small: usize;
  /** [rows, height · factorHeight, width · factorWidth, channels] */
  large: usize;
  height: i32;
  width: i32;
  channels: i32;
  factorHeight: i32;
  factorWidth: i32;
}

/**
 * large = small, interpolated.
 *
 * Range     rows.
 * Writes    large (overwritten).
 * Requires  both blocks on 16 bytes; every size >= 1.
 * Numerics  in T, along lines and then between them. A share of 0 of NaN or an infinite number is NaN, as PyTorch's.
 */
export function bilinearForward<T extends number>(args: Bilinear, begin: i32, end: i32): void {
  checkSizes(args, begin, end);
  const smallBytes = smallBytesOf<T>(args);
  const largeBytes = smallBytes * <usize>(args.factorHeight * args.factorWidth);
  for (let row = begin; row < end; row++) {
    const small = args.small + <usize>row * smallBytes;
    const large = args.large + <usize>row * largeBytes;
    if (args.channels >= laneCount<T>()) walk<T>(args, small, large, true, false);
    else walk<T>(args, small, large, false, false);
  }
}

/** @inline Returns the bytes of a small image. */
function smallBytesOf<T extends number>(args: Bilinear): usize {
  return <usize>(args.height * args.width) * <usize>args.channels * sizeof<T>();
}

function checkSizes(args: Bilinear, begin: i32, end: i32): void {
  assert(end > begin && args.channels > 0, "rows and channels must be positive");
  assert(args.height > 0 && args.width > 0, "sides must be positive");
  assert(args.factorHeight > 0 && args.factorWidth > 0, "factors must be positive");
  assert(isAligned(args.small | args.large), "blocks start on 16 bytes");
}

/** @inline Returns the position of pixel `index` of the large image along a side, of which the small one has `count` pixels. */
function positionOf(index: i32, factor: i32, count: i32): i32 {
  return min(max(2 * index + 1 - factor, 0), 2 * factor * (count - 1));
}

/** @inline Visits the pixels of the large image: each lies between four of the small one, of which it is made, or to which it is added. */
function walk<T extends number>(args: Bilinear, small: usize, large: usize, isWide: bool, isBackward: bool): void {
  const pixel = <usize>args.channels * sizeof<T>();
  const line = <usize>args.width * pixel;
  const step = stepOf<T>(isWide);
  const last = pixel - step;
  const added = lastChannels<T>(args.channels);
  const lines = args.height * args.factorHeight;
  const columns = args.width * args.factorWidth;
  const spanY = 2 * args.factorHeight;
  const spanX = 2 * args.factorWidth;
  let upper = small;
  let positionOfUpper = 0;
  for (let y = 0; y < lines; y++) {
    const positionY = positionOf(y, args.factorHeight, args.height);
    if (positionY >= positionOfUpper + spanY) {
      upper += line;
      positionOfUpper += spanY;
    }
    const shareBelow = <f64>(positionY - positionOfUpper) / <f64>spanY;
    const upperShare = splat<T>(1 - shareBelow);
    const lowerShare = splat<T>(shareBelow);
    const toLower = upper + line < small + <usize>args.height * line ? line : 0;
    let left = upper;
    let positionOfLeft = 0;
    for (let x = 0; x < columns; x++) {
      const positionX = positionOf(x, args.factorWidth, args.width);
      if (positionX >= positionOfLeft + spanX) {
        left += pixel;
        positionOfLeft += spanX;
      }
      const shareBehind = <f64>(positionX - positionOfLeft) / <f64>spanX;
      const leftShare = splat<T>(1 - shareBehind);
      const rightShare = splat<T>(shareBehind);
      const toRight = left + pixel < upper + line ? pixel : 0;
      for (let channel: usize = 0; ; channel = min(channel + step, last)) {
        const at = left + channel;
        const below = at + toLower;
        if (isBackward) {
          let gradient = loadChannels<T>(isWide, large + channel);
          if (channel == last) gradient = v128.and(gradient, added);
          const ofUpper = v128.mul<T>(gradient, upperShare);
          const ofLower = v128.mul<T>(gradient, lowerShare);
          addTo<T>(isWide, at, v128.mul<T>(ofUpper, leftShare));
          addTo<T>(isWide, at + toRight, v128.mul<T>(ofUpper, rightShare));
          addTo<T>(isWide, below, v128.mul<T>(ofLower, leftShare));
          addTo<T>(isWide, below + toRight, v128.mul<T>(ofLower, rightShare));
        } else {
          const a = loadChannels<T>(isWide, at);
          const b = loadChannels<T>(isWide, at + toRight);
          const c = loadChannels<T>(isWide, below);
          const d = loadChannels<T>(isWide, below + toRight);
          const above = mix<T>(a, leftShare, b, rightShare);
          const mixed = mix<T>(above, upperShare, mix<T>(c, leftShare, d, rightShare), lowerShare);
          storeChannels<T>(isWide, large + channel, mixed);
        }
        if (channel == last) break;
      }
      large += pixel;
    }
  }
}

/** @inline a · shareOfA + b · shareOfB */
function mix<T extends number>(a: v128, shareOfA: v128, b: v128, shareOfB: v128): v128 {
  return v128.add<T>(v128.mul<T>(a, shareOfA), v128.mul<T>(b, shareOfB));
}

/** @inline Adds channels to those at `address`. */
function addTo<T extends number>(isWide: bool, address: usize, vector: v128): void {
  storeChannels<T>(isWide, address, v128.add<T>(loadChannels<T>(isWide, address), vector));
}

/**
 * small = Σ large, each by the shares that it has of the pixels around it: the transpose of bilinearForward.
 *
 * Range     rows.
 * Writes    small (overwritten).
 * Requires  as bilinearForward.
 * Numerics  sums in T, in the row-major order of the large image.
 */
export function bilinearBackward<T extends number>(args: Bilinear, begin: i32, end: i32): void {
  checkSizes(args, begin, end);
  const smallBytes = smallBytesOf<T>(args);
  const largeBytes = smallBytes * <usize>(args.factorHeight * args.factorWidth);
  for (let row = begin; row < end; row++) {
    const small = args.small + <usize>row * smallBytes;
    const large = args.large + <usize>row * largeBytes;
    memory.fill(small, 0, smallBytes);
    if (args.channels >= laneCount<T>()) walk<T>(args, small, large, true, true);
    else walk<T>(args, small, large, false, true);
  }
}
