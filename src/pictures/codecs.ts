/** Replaces the host's codecs of texts in the decoders of pictures; the build inserts it (scripts/build.mjs). */

/** Reads Latin-1, the encoding of texts and profiles in PNG files. */
export class LatinDecoder {
  decode(bytes: Uint8Array = new Uint8Array()): string {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  }
}

/** Does nothing: pictures are only read, but the decoder makes an encoder. */
export class UnusedEncoder {}
