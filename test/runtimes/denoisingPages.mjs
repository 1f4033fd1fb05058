/** The pages of the project "denoising": their result for a stroke or a chosen picture must be that of `predict`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Network } from "../../dist/index.js";
import { digitNetworks, documentTrainer } from "../../examples/projects/denoising/networks.mjs";
import { pageCleaner } from "../../examples/projects/denoising/score.mjs";
import { digitsTryPage } from "../../examples/projects/denoising/tryDigits.mjs";
import { documentsTryPage } from "../../examples/projects/denoising/tryDocuments.mjs";
import { pngOf } from "../../examples/projects/shared/pictures.mjs";
import { bytesFor, check, framed } from "./framed.mjs";

/** Returns a grey picture as a PNG file in base64. @param valueAt returns values from 0 to 1 */
function picture(width, height, valueAt) {
  const values = Array.from({ length: width * height }, (_, at) => valueAt(at % width, Math.floor(at / width)));
  return { values, png: Buffer.from(pngOf(values, [height, width, 1])).toString("base64") };
}
const text = Buffer.from("no picture").toString("base64");
const refusal = "text.png is no picture that this browser can read.";

function saved(network, scratch, name) {
  const path = join(scratch, name);
  writeFileSync(path, network.toBytes());
  return path;
}

/** Runs in the browser: draws a stroke, chooses a file that is not a picture, and one that is. */
async function draw({ frame, element, choose, until, bytesOf }, { text, png }) {
  const said = () => element("said").textContent;
  const shown = () => {
    const [drawn, noisy, cleaned] = ["drawn", "noisy", "cleaned"].map(bytesOf);
    return { drawn, noisy, cleaned, said: said() };
  };
  element("clear").click();
  const { left, top, width } = element("drawn").getBoundingClientRect();
  const stroke = [
    ["pointerdown", 0.5, 0.2],
    ["pointermove", 0.5, 0.5],
    ["pointermove", 0.4, 0.8],
    ["pointerup", 0.4, 0.8],
  ];
  for (const [type, x, y] of stroke) {
    const place = { clientX: left + x * width, clientY: top + y * width, bubbles: true };
    element("drawn").dispatchEvent(new frame.contentWindow.PointerEvent(type, place));
  }
  const stroked = shown();
  choose("file", "text.png", text);
  await until(() => said().includes("text.png"));
  const refused = said();
  choose("file", "digit.png", png);
  await until(() => !said().includes("text.png"));
  return { stroked, refused, chosen: shown() };
}

export const drawnDigit = (browser) => ({
  version: browser.version,
  async run({ scratch }) {
    const { inputs, layers } = digitNetworks.strided;
    const network = new Network({ inputs, layers, seed: 1 });
    const page = await digitsTryPage(saved(network, scratch, "digits.safetensors"));
    // Dark on light: a black square in the middle.
    const isInside = (place) => place >= 14 && place < 42;
    const { png } = picture(56, 56, (x, y) => (isInside(x) && isInside(y) ? 0 : 1));
    const { stroked, refused, chosen } = await framed(browser, { page, use: draw, given: { text, png }, scratch });

    for (const [name, { drawn, noisy, cleaned, said }] of Object.entries({ stroked, chosen })) {
      check(Math.max(...drawn) > 200 && Math.min(...drawn) === 0, `${name}: nothing is drawn`);
      const changed = noisy.filter((byte, pixel) => byte !== drawn[pixel]).length;
      check(changed > noisy.length / 4, `${name}: noise changed ${changed} pixels`);
      const expected = bytesFor(network.predict(Float32Array.from(noisy, (byte) => byte / 255)));
      check(String(cleaned) === String(expected), `${name}: the page shows ${cleaned}, predict gives ${expected}`);
      check(/^Mean squared error with noise 0\.\d+, denoised 0\.\d+\.$/.test(said), `${name}: the page says ${said}`);
    }
    check(refused === refusal, `the page says ${refused}`);
    const [corner, middle] = [chosen.drawn[0], chosen.drawn[14 * 28 + 14]];
    check(corner === 0 && middle === 255, `a dark square on white came to ${corner} in the corner, ${middle} inside`);
  },
});

/** Runs in the browser: waits for the first page, and chooses files. */
async function clean({ element, choose, until, bytesOf }, { text, small, png }) {
  const said = () => element("said").textContent;
  const shown = () => ({ before: bytesOf("before"), after: bytesOf("after"), said: said() });
  await until(() => said().includes("cleaned here"));
  const first = shown();
  choose("file", "text.png", text);
  await until(() => said().includes("text.png"));
  const refused = said();
  choose("file", "small.png", small);
  await until(() => said().includes("needs"));
  const tooSmall = said();
  choose("file", "page.png", png);
  await until(() => said().includes("150"));
  return { first, refused, tooSmall, chosen: shown() };
}

export const cleanedPage = (browser) => ({
  version: browser.version,
  async run({ scratch }) {
    const { network } = documentTrainer({ filters: [16, 8, 8] }, 1, 2);
    const [dirty, other] = [
      picture(130, 90, (x, y) => Math.round((x * 7 + y * 13) % 256) / 255),
      picture(150, 64, (x, y) => Math.round((x * y) % 256) / 255),
    ];
    const small = picture(70, 63, () => 1).png;
    const page = await documentsTryPage(saved(network, scratch, "pages.safetensors"), {
      noisy: dirty.values,
      height: 90,
      width: 130,
    });
    const given = { text, small, png: other.png };
    const { first, refused, tooSmall, chosen } = await framed(browser, { page, use: clean, given, scratch });

    const cleaner = pageCleaner(network);
    for (const [name, { values }, shown, width, height] of [
      ["the first page", dirty, first, 130, 90],
      ["the page that is chosen", other, chosen, 150, 64],
    ]) {
      check(String(shown.before) === String(bytesFor(values)), `${name}: another picture stands before it`);
      const expected = bytesFor(cleaner({ noisy: Float32Array.from(values), height, width }));
      check(Math.max(...expected) - Math.min(...expected) > 20, `${name}: its answer is all of one grey`);
      // Parts that begin at an odd place are summed in another order (Winograd's algorithm), so the rounding may differ.
      const far = shown.after.filter((byte, pixel) => Math.abs(byte - expected[pixel]) > 1).length;
      const off = shown.after.filter((byte, pixel) => byte !== expected[pixel]).length;
      check(
        far === 0 && off < expected.length / 1000,
        `${name}: ${off} bytes differ from predict, ${far} by more than 1`,
      );
      check(shown.said === `${width} × ${height} pixels, cleaned here.`, `${name}: the page says ${shown.said}`);
    }
    check(refused === refusal, `the page says ${refused}`);
    const need = "This picture has 70 × 63 pixels; a page needs at least 64 in each direction.";
    check(tooSmall === need, `the page says ${tooSmall}`);
  },
});
