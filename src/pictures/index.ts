/** `simdnet/pictures`: pictures from files, by the decoders of well-kept libraries. */

export type { Picture } from "../data/index.ts";
export { readPicture } from "./decode.ts";
