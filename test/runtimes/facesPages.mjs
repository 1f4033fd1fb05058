/** The pages of the project "faces": their answer for two pictures, drawn or chosen, must be that of `predict`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { kinds } from "../../examples/projects/faces/load.mjs";
import { untrained, withThreshold } from "../../examples/projects/faces/network.mjs";
import { pairTryPage } from "../../examples/projects/faces/tryPair.mjs";
import { pngOf } from "../../examples/projects/shared/pictures.mjs";
import { bytesFor, check, framed } from "./framed.mjs";

const threshold = 0.25;

/**
 * Runs in the browser: looks at the first pictures, draws a stroke where possible, and chooses a file that is not a picture, and one that
 * is.
 */
async function compare({ frame, element, choose, until, bytesOf }, { text, png }) {
  const said = () => element("said").textContent;
  const shown = () => ({ one: bytesOf("one"), other: bytesOf("other"), said: said() });
  await until(() => said() !== "");
  const seen = { first: shown() };
  if (element("one-clear")) {
    element("one-clear").click();
    const { left, top, width } = element("one").getBoundingClientRect();
    for (const [type, x, y] of [
      ["pointerdown", 0.3, 0.2],
      ["pointermove", 0.5, 0.5],
      ["pointermove", 0.4, 0.8],
      ["pointerup", 0.4, 0.8],
    ]) {
      const place = { clientX: left + x * width, clientY: top + y * width, bubbles: true };
      element("one").dispatchEvent(new frame.contentWindow.PointerEvent(type, place));
    }
    seen.drawn = shown();
  }
  choose("other-file", "text.png", text);
  await until(() => said().includes("text.png"));
  const refused = said();
  choose("other-file", "picture.png", png);
  await until(() => !said().includes("text.png"));
  return { seen: { ...seen, chosen: shown() }, refused };
}

/** @param kind one of `kinds` of load.mjs @param design of its network */
const comparedPair = (kind, design) => (browser) => ({
  version: browser.version,
  async run({ scratch }) {
    const { shape } = kind;
    const [height, width] = shape;
    const network = withThreshold(untrained(shape, design, 1), shape, design, threshold);
    const model = join(scratch, `${kind.many}.safetensors`);
    writeFileSync(model, network.toBytes());
    const pattern = (step) => Float32Array.from({ length: height * width }, (_, at) => ((at * step) % 256) / 255);
    const rows = [pattern(7), pattern(11)];
    const page = await pairTryPage(model, { kind, rows, runs: [{ items: [0], references: [1] }] }, threshold);
    // The picture is twice as large, and wider: the network gets its middle.
    const [wide, high] = [2 * width + 20, 2 * height];
    const isInside = (place, side) => place >= side / 4 && place < (3 * side) / 4;
    const square = Array.from({ length: wide * high }, (_, at) =>
      isInside((at % wide) - 10, 2 * width) && isInside(Math.floor(at / wide), high) ? 0 : 1,
    );
    const png = Buffer.from(pngOf(square, [high, wide, 1])).toString("base64");
    const given = { text: Buffer.from("no picture").toString("base64"), png };
    const { seen, refused } = await framed(browser, { page, use: compare, given, scratch });

    check(String(seen.first.one) === String(bytesFor(rows[0])), "another picture stands there at first");
    check(Math.min(...(seen.drawn ?? seen.chosen).one) < 100, "nothing is drawn");
    const corner = seen.chosen.other[0];
    const middle = seen.chosen.other[Math.floor(height / 2) * width + Math.floor(width / 2)];
    check(corner === 255 && middle === 0, `a dark square on white came to ${corner} in the corner, ${middle} inside`);
    for (const [name, { one, other, said }] of Object.entries(seen)) {
      const [margin] = network.predict([one, other].map((bytes) => Float32Array.from(bytes, (byte) => byte / 255)));
      const answer = `${margin > 0 ? "The same" : "Not the same"} ${kind.class}`;
      const expected = `${answer}: the distance is ${(threshold - margin).toFixed(3)}, the threshold 0.250.`;
      check(said === expected, `${name}: the page says ${said}, predict gives ${expected}`);
    }
    check(refused === "text.png is no picture that this browser can read.", `the page says ${refused}`);
  },
});

const [letters, faces] = kinds;
export const comparedLetters = comparedPair(letters, "letters");
export const comparedFaces = comparedPair(faces, "deeper");
