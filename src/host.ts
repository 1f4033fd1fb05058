/**
 * Functions of hosts that ECMAScript lacks: clocks, UTF-8 and base64. There is a replacement for hosts without them, such as jsdom and
 * small engines. The host's own are faster, except for base64.
 */

/** Returns the milliseconds since some moment. If the wall clock is set back, a difference may be negative. */
export const now = (): number => (typeof performance === "undefined" ? Date.now() : performance.now());

/** Encodes a text without half surrogate pairs, such as JSON, in UTF-8. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  if (typeof TextEncoder !== "undefined") return new TextEncoder().encode(text);
  const bytes = encodeURIComponent(text).replace(/%(..)/g, (_, hex) => String.fromCharCode(Number(`0x${hex}`)));
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
}

/** Decodes UTF-8. @throws {TypeError | URIError} if the bytes are not UTF-8 */
export function decodeText(bytes: Uint8Array): string {
  if (typeof TextDecoder === "undefined") return decodeURIComponent(escapeBytes(bytes));
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Returns bytes in the notation of URLs, which ECMAScript decodes as UTF-8. */
const escapeBytes = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => (byte < 128 && byte !== 37 ? String.fromCharCode(byte) : `%${byte.toString(16)}`)).join(
    "",
  );

/** The number of bytes that are decoded at once if the host has no decoder. */
const pieceBytes = 8192;
/** Matches the first bytes of an incomplete character at the end of escaped bytes. */
const unfinishedEscape = /%(?:[c-f].|[ef].%[89ab].|f.%[89ab].%[89ab].)$/;

/** Reads UTF-8 piece by piece, without a byte order mark at the start. */
export class TextReader {
  readonly #decoder = typeof TextDecoder === "undefined" ? undefined : new TextDecoder("utf-8", { fatal: true });
  #rest = "";
  #isBegun = false;

  /** @throws {TypeError | URIError} if the bytes are not UTF-8 */
  read(bytes: Uint8Array): string {
    if (this.#decoder) return this.#decoder.decode(bytes, { stream: true });
    const texts: string[] = [];
    for (let from = 0; from < bytes.length; from += pieceBytes) {
      texts.push(this.#next(bytes.subarray(from, from + pieceBytes)));
    }
    return texts.join("");
  }

  /** Ends the text. @throws {TypeError | URIError} if it ends within a character */
  end(): string {
    return this.#decoder ? this.#decoder.decode() : decodeURIComponent(this.#rest);
  }

  #next(bytes: Uint8Array): string {
    const escaped = this.#rest + escapeBytes(bytes);
    this.#rest = unfinishedEscape.exec(escaped)?.[0] ?? "";
    const text = decodeURIComponent(escaped.slice(0, escaped.length - this.#rest.length));
    const isFirst = !this.#isBegun && text !== "";
    if (isFirst) this.#isBegun = true;
    return isFirst && text.startsWith("\ufeff") ? text.slice(1) : text;
  }
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Returns the bytes of a text in base64: four digits are three bytes. */
export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((base64.replace(/=+$/, "").length * 3) >> 2);
  let bits = 0;
  for (let index = 0, to = 0; to < bytes.length; index++) {
    bits = (bits << 6) | digits.indexOf(base64[index]);
    // Each digit but the first of four completes a byte.
    if (index % 4 > 0) bytes[to++] = bits >> (6 - 2 * (index % 4));
  }
  return bytes;
}

/** Lets the event loop handle waiting events. @param isTimed whether to use a timer, which also advances a stopped clock */
export function pause(isTimed: boolean): Promise<void> {
  return new Promise((resolve) => {
    // A message comes after timers and requests that are due, and avoids a timer's minimum delay. Vercel's edge functions have no messages.
    if (!isTimed && typeof MessageChannel !== "undefined") {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    } else if (typeof setTimeout !== "undefined") setTimeout(resolve);
    else resolve();
  });
}
