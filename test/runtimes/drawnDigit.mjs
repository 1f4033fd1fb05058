/**
 * The page of the project "denoising" where one draws a digit: a stroke is drawn and a picture is chosen, and what the page shows then must
 * be what `predict` makes of what it shows before.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Network } from "../../dist/index.js";
import { digitNetworks } from "../../examples/projects/denoising/networks.mjs";
import { digitsTryPage } from "../../examples/projects/denoising/tryDigits.mjs";
import { pngOf } from "../../examples/projects/shared/pictures.mjs";

/** Sides of the page's digits and of the picture that is chosen. */
const [size, pictureSize] = [28, 56];

/** Runs in the frame's parent, since the page itself may ask for nothing from the network. */
const harness = (png) => `<!doctype html>
<meta charset="utf-8">
<iframe src="/try.html" style="width: 900px; height: 700px"></iframe>
<script type="module">
  const post = (result) => fetch("/result", { method: "POST", body: JSON.stringify(result) });
  const frame = document.querySelector("iframe");
  async function use() {
    const page = frame.contentDocument;
    const element = (id) => page.getElementById(id);
    const bytesOf = (id) => {
      const { data } = element(id).getContext("2d").getImageData(0, 0, ${size}, ${size});
      return Array.from({ length: ${size * size} }, (_, pixel) => data[4 * pixel]);
    };
    const shown = () => ({ drawn: bytesOf("drawn"), noisy: bytesOf("noisy"), cleaned: bytesOf("cleaned"), said: element("said").textContent });
    element("clear").click();
    const { left, top, width } = element("drawn").getBoundingClientRect();
    const stroke = [["pointerdown", 0.5, 0.2], ["pointermove", 0.5, 0.5], ["pointermove", 0.4, 0.8], ["pointerup", 0.4, 0.8]];
    for (const [type, x, y] of stroke) {
      const place = { clientX: left + x * width, clientY: top + y * width, bubbles: true };
      element("drawn").dispatchEvent(new frame.contentWindow.PointerEvent(type, place));
    }
    const stroked = shown();
    const choose = (file) => {
      const files = new DataTransfer();
      files.items.add(file);
      element("file").files = files.files;
      element("file").dispatchEvent(new Event("change"));
    };
    const until = async (isSo) => {
      while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    choose(new File(["no picture"], "text.png"));
    await until(() => element("said").textContent.includes("text.png"));
    const refused = element("said").textContent;
    choose(new File([Uint8Array.from(atob("${png}"), (letter) => letter.charCodeAt(0))], "digit.png"));
    await until(() => !element("said").textContent.includes("text.png"));
    await post({ stroked, refused, chosen: shown() });
  }
  frame.addEventListener("load", () => use().catch((error) => post({ error: String(error) })));
</script>
`;

/** Dark on light: a black square in the middle of a white picture. */
function square() {
  const isInside = (place) => place >= pictureSize / 4 && place < (pictureSize * 3) / 4;
  const pixels = Array.from({ length: pictureSize }, (_, y) =>
    Array.from({ length: pictureSize }, (_, x) => (isInside(x) && isInside(y) ? 0 : 1)),
  );
  return Buffer.from(pngOf(pixels.flat(), [pictureSize, pictureSize, 1])).toString("base64");
}

function check(isSo, what) {
  if (!isSo) throw new Error(what);
}

/** @param browser one of browsers.mjs */
export const drawnDigit = (browser) => ({
  version: browser.version,
  async run({ scratch }) {
    const { inputs, layers } = digitNetworks.strided;
    const network = new Network({ inputs, layers, seed: 1 });
    const model = join(scratch, "digits.safetensors");
    writeFileSync(model, network.toBytes());
    const pages = { "/": harness(square()), "/try.html": await digitsTryPage(model) };
    const asked = new Set();
    const contentAt = (path) => {
      asked.add(path);
      return pages[path];
    };
    const { stroked, refused, chosen } = await browser.result(contentAt, scratch);

    for (const [name, { drawn, noisy, cleaned, said }] of Object.entries({ stroked, chosen })) {
      check(Math.max(...drawn) > 200 && Math.min(...drawn) === 0, `${name}: nothing is drawn`);
      const changed = noisy.filter((byte, pixel) => byte !== drawn[pixel]).length;
      check(changed > (size * size) / 4, `${name}: noise changed ${changed} pixels`);
      const answer = network.predict(Float32Array.from(noisy, (byte) => byte / 255));
      const expected = Array.from(answer, (value) => Math.round(Math.min(Math.max(value, 0), 1) * 255));
      check(String(cleaned) === String(expected), `${name}: the page shows ${cleaned}, predict gives ${expected}`);
      check(/^Mean squared error with noise 0\.\d+, denoised 0\.\d+\.$/.test(said), `${name}: the page says ${said}`);
    }
    check(refused === "text.png is no picture that this browser can read.", `the page says ${refused}`);
    const [corner, middle] = [0, (size * size + size) / 2].map((pixel) => chosen.drawn[pixel]);
    check(corner === 0 && middle === 255, `a dark square on white came to ${corner} in the corner, ${middle} inside`);
    const others = [...asked].filter((path) => !Object.hasOwn(pages, path) && path !== "/favicon.ico");
    check(others.length === 0, `the page asked for ${others}`);
  },
});
