/** The page of results: the pictures, the course of the training, the confusions, and the filters of the network. */
import { augment } from "simdnet/data";
import { pictureRows } from "simdnet/pictures";
import { confusionPlot, curvesPlot, figure, html, page } from "../shared/page.mjs";
import { picture } from "../shared/pictures.mjs";
import { percent, surestMistakes } from "../shared/scores.mjs";
import { shortName } from "./load.mjs";

const side = 96;
const [sheetCount, mistakeCount, variationCount] = [16, 8, 6];

const legend = html`<span class="legend"><i class="line"></i>images that it learns from <i class="line second"></i>images set aside, one in twenty</span>`;

/** @param results those of `train.mjs` */
export async function pageOf(results) {
  const { classes, about, train, test, skipped, answers, scores, network, records, seconds } = results;
  const counts = `${train.files.length} pictures to learn from, ${test.files.length} for the test.`;
  const broken = skipped.map(shortName).join(", ");
  const score = ({ accuracy }, what, beside) => ({ value: percent(accuracy), what, beside });
  const confusions = { "SqueezeNet's features": "transfer", "Convolutional network": "basic" };
  const ofBoth = (draw) => Promise.all(Object.entries(confusions).map(([title, name]) => draw(title, name)));
  return page({
    title: `${classes.join(" or ")}?`,
    lead: `${about} ${counts}${broken && ` Left out, because they are broken: ${broken}.`}`,
    tiles: [
      score(scores.transfer, "right, SqueezeNet's features", "512 features, one weight each"),
      score(scores.basic, "right, convolutional network", `trained in ${seconds.toFixed(0)} s`),
      score({ accuracy: scores.pixels }, "right, logistic regression", "of the pixels"),
      score({ accuracy: scores.always }, "right, the same class always", "without looking"),
    ],
    sections: [
      { title: "The pictures", figures: [await sheet(train), await variations(train.files[0], results.variation)] },
      { title: "How the convolutional network learned", figures: await curves(records) },
      {
        title: "What is taken for what",
        figures: await ofBoth(async (title, name) =>
          figure(
            title,
            await confusionPlot({ classes, ...scores[name] }),
            "Rows: what it is. Columns: what it is taken for.",
          ),
        ),
      },
      {
        title: "The surest mistakes",
        figures: await ofBoth((title, name) => mistakes(title, answers[name], test, classes)),
      },
      { title: "What the convolutional network looks for", figures: [filters(network)] },
    ],
  });
}

/** Shows images side by side, each with a line below. */
const row = (cells) => html`<div style="display: flex; flex-wrap: wrap; gap: 8px">
${cells.map(
  ({ image, text }) => html`<div style="width: min-content; min-width: ${side}px">${image}
<small style="display: block; font-size: 11px; overflow-wrap: anywhere">${text}</small></div>
`,
)}</div>`;

/** Shows images of files, each with a line that `textOf` returns for its index. */
async function imagesOf(files, textOf) {
  const { inputs } = await pictureRows(files, [...files.keys()], { size: side });
  return row(
    inputs.map((values, at) => ({ image: picture(values, [side, side, 3], shortName(files[at])), text: textOf(at) })),
  );
}

/** Shows pictures of both classes, at equal steps through all. */
async function sheet({ files, targets }) {
  const shown = [0, 1].flatMap((target) => {
    const own = files.filter((_, at) => targets[at] === target);
    const count = Math.min(sheetCount / 2, own.length);
    return Array.from({ length: count }, (_, at) => own[Math.floor((at * own.length) / count)]);
  });
  return figure("Some to learn from", await imagesOf(shown, (at) => shortName(shown[at])));
}

async function variations(file, variation) {
  const { inputs } = await pictureRows([file], [0], { size: side });
  const copies = Array(variationCount).fill(inputs[0]);
  const varied = augment(copies, { ...variation, shape: [side, side, 3], seed: 1 });
  const cells = [inputs[0], ...varied].map((values, at) => {
    const text = at === 0 ? "as it is" : `variation ${at}`;
    return { image: picture(values, [side, side, 3], text), text };
  });
  return figure(
    "What --augment makes of one image",
    row(cells),
    "Other ones in each epoch, so that none is learned by heart.",
  );
}

async function curves(records) {
  const epoch = records.map((record) => record.epoch);
  const drawn = async (what, title, of) => {
    const training = records.map((record) => of(record.metrics, record));
    const validation = records.map(({ validation }) => of(validation, validation));
    return figure(title, await curvesPlot({ what, epoch, training, validation, best: undefined }), legend);
  };
  return [
    await drawn("accuracy", "Accuracy by epoch", ({ accuracy }) => accuracy),
    await drawn("loss", "Loss by epoch", (_, { loss }) => loss),
  ];
}

/** Shows the test pictures that are mistaken for the other class with the greatest probability. */
async function mistakes(title, probabilities, { files, targets }, classes) {
  const rows = surestMistakes(probabilities, targets).slice(0, mistakeCount);
  if (rows.length === 0) return figure(title, "", "There is none.");
  const shown = rows.map((each) => files[each]);
  const textOf = (at) => {
    const probability = probabilities[rows[at]];
    const said = probability > 0.5 ? 1 : 0;
    return `${classes[said]} ${percent(said ? probability : 1 - probability)}; it is ${classes[targets[rows[at]]]}`;
  };
  return figure(title, await imagesOf(shown, textOf));
}

/** Shows the filters of the first layer as small images; grey is 0. */
function filters(network) {
  const { values, shape } = network.parameters[0];
  const [height, width, channels, count] = shape;
  const limit = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const cells = Array.from({ length: count }, (_, filter) => {
    const own = Float32Array.from({ length: height * width * channels }, (_, at) => values[at * count + filter]);
    return picture(
      own.map((value) => 0.5 + value / (2 * limit)),
      [height, width, channels],
      `filter ${filter}`,
      12,
    );
  });
  const text = "Each is 3 × 3 pixels in colour: what stands out from grey is what a filter answers to.";
  return figure(
    `${count} filters of its first layer`,
    html`<div style="display: flex; flex-wrap: wrap; gap: 6px; margin-bottom: 8px">${cells}</div>`,
    text,
  );
}
