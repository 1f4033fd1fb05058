/** Removes the noise from a picture with a model that digits.mjs or documents.mjs has written. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Network } from "simdnet";
import { addNoise, images } from "simdnet/data";
import { command, Mistake, seedAndOutput } from "../shared/command.mjs";
import { page } from "../shared/page.mjs";
import { picture, pngOf } from "../shared/pictures.mjs";
import { mean } from "../shared/scores.mjs";
import { save } from "../shared/training.mjs";
import { readPage } from "./loadDocuments.mjs";
import { digitSize } from "./networks.mjs";
import { labelled, wide } from "./rows.mjs";
import { pageCleaner } from "./score.mjs";

const usage = `denoising — takes the noise out of a picture.

  node examples/projects/denoising/predict.mjs model.safetensors page.png [options]

The model is that of digits.mjs or documents.mjs. Pictures are PNG, JPEG, PGM or PPM: a page of any size, or a digit,
which is scaled to ${digitSize} × ${digitSize} pixels.

  --noise <deviation>  adds noise to the picture first; digits are trained with 0.5 (default: 0)
  --seed <n>           of that noise (default: 1)
  --output <folder>    for the clean picture and a page with both (default: denoising-results)`;

await command(
  usage,
  { ...seedAndOutput, noise: { type: "string", default: "0" } },
  ({ paths, options: { noise, seed, output } }) => {
    const [model, path] = paths;
    if (paths.length !== 2) throw new Mistake(`got ${paths.length} paths, need a model and a picture\n\n${usage}`);
    const deviation = Number(noise);
    if (!(deviation >= 0 && deviation < Infinity)) throw new Mistake(`--noise: got ${noise}, need a number from 0 on`);
    const network = networkIn(model);
    const isDigit = network.inputs === digitSize ** 2;

    const original = isDigit ? readDigit(path) : readPage(path);
    const { height, width, isInverted = false } = original;
    const values = addNoise(original.values, { deviation, clip: [0, 1], seed });
    const cleaned = isDigit ? network.predict(values) : pageCleaner(network)({ noisy: values, height, width });
    const [before, after] = [values, cleaned].map((each) => (isInverted ? each.map((value) => 1 - value) : each));

    const name = basename(path).replace(/\.\w+$/, "");
    const shape = [height, width, 1];
    const png = join(output, `${name}-denoised.png`);
    save(png, pngOf(after, shape));
    save(join(output, `${name}-denoised.html`), pageOf(name, before, after, shape));
    const changes = after.map((value, pixel) => Math.abs(value - before[pixel]));
    if (isDigit)
      console.log(`${path}: scaled to ${digitSize} × ${digitSize} pixels${isInverted ? ", dark on light" : ""}`);
    console.log(
      `${png}: ${width} × ${height} pixels, which changed by ${mean(changes).toFixed(3)} on average, where black is 0 and white is 1`,
    );
    console.log(`${join(output, `${name}-denoised.html`)}: before and after`);
  },
);

function networkIn(path) {
  try {
    return Network.fromBytes(readFileSync(path));
  } catch (error) {
    throw "syscall" in error ? error : new Mistake(`${path}: ${error.message}`);
  }
}

/** Reads a picture in the form of the training digits: small, and white on black. */
function readDigit(path) {
  const { values: grey, height, width } = readPage(path);
  const data = Uint8Array.from(grey, (value) => Math.round(value * 255));
  const values = images({ data, width, height }, { size: digitSize });
  const isInverted = mean(values) > 1 / 2;
  const size = { height: digitSize, width: digitSize };
  return { ...size, isInverted, values: isInverted ? values.map((value) => 1 - value) : values };
}

function pageOf(name, before, after, shape) {
  const scale = shape[0] === digitSize ? 8 : 1;
  return page({
    title: name,
    lead: "A network has taken the noise out of this picture.",
    tiles: [],
    sections: [
      {
        title: "Before and after",
        figures: wide(
          `${shape[1]} × ${shape[0]} pixels`,
          labelled([
            ["before", picture(before, shape, "the picture", scale)],
            ["after", picture(after, shape, "the picture without noise", scale)],
          ]),
          "",
        ),
      },
    ],
  });
}
