/** PNG files of forms that no encoder here writes. */

import { crc32, deflateSync } from "node:zlib";

function chunk(type: string, data: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, check]);
}

export interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 colours, 3 a palette, 4 grey with alpha, 6 colours with alpha. */
  readonly type: number;
  readonly interlace?: number;
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  /** The bytes of each row. */
  readonly rows: readonly (readonly number[])[];
}

export function pngOf({ width, height, depth, type, interlace = 0, palette, transparency, rows }: PngParts) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, interlace], 8);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk("IHDR", header),
      ...(palette ? [chunk("PLTE", Uint8Array.from(palette))] : []),
      ...(transparency ? [chunk("tRNS", Uint8Array.from(transparency))] : []),
      chunk("IDAT", deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])))),
      chunk("IEND", new Uint8Array()),
    ]),
  );
}
