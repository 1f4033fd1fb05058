/** The script of tryDocuments.mjs's page: it cleans a page in square parts of the network's size. */
import { inputs, predict } from "model";

const element = (id) => document.getElementById(id);
const [before, after] = ["before", "after"].map((id) => element(id).getContext("2d", { willReadFrequently: true }));
const [[size]] = inputs;
/** The distance up to which pixels of the page influence a pixel of the result. */
const reach = Number(element("after").dataset.reach);

/** A pixel is a word of four bytes: this is black, and the step of one grey value. */
const [opaque, grey] = [0xff000000, 0x010101];

/** The number of pictures so far. If the next picture comes, the cleaning of the previous one stops. */
let pictures = 0;
let saved;

async function clean(bitmap) {
  const { width, height } = bitmap;
  if (width < size || height < size) {
    say(`This picture has ${width} × ${height} pixels; a page needs at least ${size} in each direction.`);
    return;
  }
  const number = ++pictures;
  for (const { canvas } of [before, after]) Object.assign(canvas, { width, height });
  element("save").hidden = true;
  before.fillStyle = "#fff";
  before.fillRect(0, 0, width, height);
  before.drawImage(bitmap, 0, 0);
  const { data } = before.getImageData(0, 0, width, height);
  const values = new Float32Array(width * height);
  for (let pixel = 0, at = 0; pixel < values.length; pixel++, at += 4) {
    values[pixel] = (299 * data[at] + 587 * data[at + 1] + 114 * data[at + 2]) / 255_000;
  }
  const rows = partsOf(height);
  for (const [done, y] of rows.entries()) {
    say(`${Math.round((100 * done) / rows.length)} % cleaned`);
    // Shows the result so far.
    await new Promise((resolve) => setTimeout(resolve));
    if (number !== pictures) return;
    cleanRow(values, width, y);
  }
  say(`${width} × ${height} pixels, cleaned here.`);
  after.canvas.toBlob((blob) => {
    URL.revokeObjectURL(saved);
    saved = URL.createObjectURL(blob);
    Object.assign(element("save"), { href: saved, hidden: false });
  });
}

/** Cleans all parts of one row in one call. */
function cleanRow(values, width, { start: top, from: above, to: below }) {
  const columns = partsOf(width);
  const parts = new Float32Array(columns.length * size * size);
  for (const [part, { start }] of columns.entries()) {
    for (let row = 0; row < size; row++) {
      const at = (top + row) * width + start;
      parts.set(values.subarray(at, at + size), (part * size + row) * size);
    }
  }
  const cleaned = predict(parts);
  for (const [part, { start, from, to }] of columns.entries()) {
    const image = after.createImageData(to - from, below - above);
    const pixels = new Uint32Array(image.data.buffer);
    for (let y = above, pixel = 0; y < below; y++) {
      for (let x = from; x < to; x++, pixel++) {
        const value = cleaned[(part * size + y - top) * size + x - start];
        pixels[pixel] = opaque + grey * Math.round(Math.min(Math.max(value, 0), 1) * 255);
      }
    }
    after.putImageData(image, from, above);
  }
}

/**
 * Divides a side into overlapping parts. A part begins at `start`, and its result is used from `from` up to `to`. The margin near an edge
 * is not used, unless it is an edge of the page.
 */
function partsOf(side) {
  const parts = [];
  for (let from = 0; from < side; from = parts.at(-1).to) {
    const start = Math.min(Math.max(from - reach, 0), side - size);
    const end = start + size;
    parts.push({ start, from, to: end === side ? side : end - reach });
  }
  return parts;
}

function say(text) {
  element("said").textContent = text;
}

element("file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    say(`${file.name} is no picture that this browser can read.`);
    return;
  }
  await clean(bitmap);
});

const first = element("first").firstElementChild;
await first.decode();
await clean(await createImageBitmap(first));
