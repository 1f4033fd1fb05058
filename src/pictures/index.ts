/** `simdnet/pictures`: reads pictures from files, with the decoders of well-kept libraries. */

export type { AugmentOptions, ImagesOptions, Picture } from "../data/index.ts";
export { type PictureBatch, type PictureBatches, type PictureBatchesOptions, pictureBatches } from "./batches.ts";
export { type PictureBytes, readPicture } from "./decode.ts";
export { type PictureFolder, pictureFolder } from "./folder.ts";
export type { SizedOptions } from "./options.ts";
export type { ReadingOptions, SkippedPicture } from "./reading.ts";
export { type PictureRows, pictureRows } from "./rows.ts";
