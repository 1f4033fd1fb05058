/** Stands in for the host's codecs of texts in the decoders of pictures, where the build puts it (scripts/build.mjs). */

/** Reads Latin-1, in which PNG files name their texts and profiles. */
export class LatinDecoder {
  decode(bytes: Uint8Array = new Uint8Array()): string {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  }
}

/** Is made, but writes nothing, as pictures are only read. */
export class UnusedEncoder {}
