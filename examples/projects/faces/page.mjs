/** The page: distances, pairs, the nearest pictures of some, mistakes, and maps of pictures. */
import { curvesPlot, draw, figure, first, fontSize, html, ink, page, second, soft } from "../shared/page.mjs";
import { picture } from "../shared/pictures.mjs";
import { maps } from "./maps.mjs";
import { distanceOf } from "./score.mjs";

/** The number of rows of pictures in each figure. */
const [pairCount, faceCount, mistakeCount] = [6, 6, 8];

/** @param embeddings the tower's output for each picture of `data`, which comes from `load` */
export async function pageOf({ title, data, embeddings, threshold, scores, tiles, records }) {
  const { one, many, class: name } = data.kind;
  const loss = {
    what: "loss",
    epoch: records.map(({ epoch }) => epoch),
    training: records.map(({ loss }) => loss),
    validation: [],
    best: undefined,
  };
  return page({
    title,
    lead: `The network is asked about ${plural(name)} that it has not trained on. It says that two pictures show the same ${name} where their distance is below ${threshold.toFixed(2)}, which was chosen on the training ${plural(name)}.`,
    tiles,
    sections: [
      {
        title: "Distances",
        figures: [
          figure(
            "How far pairs are apart",
            await histogram(scores, threshold),
            legend([
              [first, `the same ${name}`],
              [second, `two ${plural(name)}`],
            ]),
          ),
          figure("Loss after each epoch", await curvesPlot(loss), "On the pairs that the network trains on."),
        ],
      },
      {
        title: "Pairs",
        figures: [true, false].map((isSame) =>
          figure(
            isSame ? `The same ${name}` : `Two ${plural(name)}`,
            pairsPicture(data, scores, isSame, threshold),
            "From the nearest pair to the farthest, at equal steps.",
          ),
        ),
      },
      {
        title: `The five nearest to a ${one}`,
        figures: nearestFigures(data, embeddings),
      },
      {
        title: "One-shot mistakes",
        figures: mistakesFigures(data, embeddings, scores),
      },
      {
        title: `${many[0].toUpperCase()}${many.slice(1)} on a plane`,
        figures: await maps(data, embeddings),
      },
    ],
  });
}

const plural = (name) => (name === "person" ? "people" : `${name}s`);

/** Returns a row with equally many places, as wide as the page allows, so that rows align. */
const strip = (places, cells) =>
  html`<div style="display: grid; grid-template-columns: repeat(${places}, minmax(0, 1fr)); gap: 6px; margin-bottom: 8px; text-align: center">${cells}</div>`;

const cell = ({ rows, paths, kind }, number, text, colour = "transparent") =>
  html`<div><div style="border-bottom: 4px solid ${colour}; line-height: 0">${picture(rows[number], kind.shape, paths[number], 2)}</div><small style="white-space: nowrap">${text}</small></div>`;

const legend = (entries) =>
  html`<span class="legend">${entries.map(
    ([colour, text]) => html`<i style="width: 12px; height: 12px; background: ${colour}; opacity: 0.7"></i> ${text}`,
  )}</span>`;

function histogram({ distances, isSame }, threshold) {
  const bins = 30;
  const greatest = Math.max(...distances, threshold);
  const counts = [true, false].map((kind) => {
    const own = distances.filter((_, pair) => isSame[pair] === kind);
    const shares = new Array(bins).fill(0);
    for (const distance of own) shares[Math.min(bins - 1, Math.floor((distance / greatest) * bins))] += 1 / own.length;
    return shares.map((share, bin) => ({
      from: (bin * greatest) / bins,
      to: ((bin + 1) * greatest) / bins,
      share,
      kind,
    }));
  });
  const x = { field: "from", type: "quantitative", axis: { title: "distance", grid: false, tickCount: 6 } };
  const plot = {
    layer: [
      {
        data: { values: counts.flat().filter(({ share }) => share > 0) },
        mark: { type: "bar", opacity: 0.6, binSpacing: 0 },
        encoding: {
          x: { ...x, bin: { binned: true }, scale: { domain: [0, greatest] } },
          x2: { field: "to" },
          y: {
            field: "share",
            type: "quantitative",
            stack: null,
            axis: { title: "share of the pairs", format: "~%", tickCount: 4 },
          },
          color: {
            field: "kind",
            type: "nominal",
            scale: { domain: [true, false], range: [first, second] },
            legend: null,
          },
        },
      },
      {
        data: { values: [{ from: threshold, text: `threshold ${threshold.toFixed(2)}` }] },
        layer: [
          { mark: { type: "rule", color: ink, strokeDash: [4, 3] }, encoding: { x } },
          {
            mark: { type: "text", align: "left", dx: 5, baseline: "top", fontSize, fill: ink },
            encoding: { x, y: { value: 0 }, text: { field: "text" } },
          },
        ],
      },
    ],
  };
  const label = `Histogram of the distances of ${distances.length} pairs, threshold ${threshold.toFixed(2)}`;
  return draw(plot, { height: 230, margins: { left: 52, right: 12, top: 10, bottom: 38 }, label });
}

/** Shows pairs of one kind at equal steps of their order by distance, two in a row. */
function pairsPicture(data, { distances, isSame }, isOfSame, threshold) {
  const own = distances.map((_, pair) => pair).filter((pair) => isSame[pair] === isOfSame);
  own.sort((a, b) => distances[a] - distances[b]);
  const chosen = Array.from(
    { length: pairCount },
    (_, step) => own[Math.round((step * (own.length - 1)) / (pairCount - 1))],
  );
  const cells = chosen.flatMap((pair) => {
    const isRight = distances[pair] < threshold === isOfSame;
    const texts = [distances[pair].toFixed(2), isRight ? "✓" : "✗ wrong"];
    return data.pairs[pair].map((number, side) => cell(data, number, texts[side], isRight ? first : second));
  });
  return strip(6, cells);
}

/** Shows the nearest pictures of an item of some classes: among all other pictures, or among the references of its run. */
function nearestFigures(data, embeddings) {
  const { classes, runs, kind } = data;
  const isAmongAll = data.crowd !== undefined;
  const byClass = new Map(runs.flatMap((run) => run.items.map((item) => [classes[item], { item, run }])));
  const all = [...byClass.values()];
  const count = Math.min(faceCount, all.length);
  const asked = Array.from({ length: count }, (_, step) => all[Math.floor((step * all.length) / count)]);
  const rows = asked.map(({ item, run }) => {
    const others = isAmongAll ? classes.map((_, number) => number) : run.references;
    const ordered = others
      .filter((number) => number !== item)
      .map((number) => ({ number, distance: distanceOf(embeddings[item], embeddings[number]) }))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, 5);
    const cells = ordered.map(({ number, distance }) => {
      const isSame = classes[number] === classes[item];
      return cell(data, number, `${distance.toFixed(2)} ${isSame ? "✓" : "✗"}`, isSame ? first : second);
    });
    return strip(6, [cell(data, item, "this one", soft), ...cells]);
  });
  const among = isAmongAll
    ? `all ${data.rows.length} ${kind.many}`
    : `the ${runs[0].references.length} letters of a run`;
  const text = `The distance is below each. ✓ is the same ${kind.class}, ✗ another.`;
  const half = Math.ceil(rows.length / 2);
  return [rows.slice(0, half), rows.slice(half)].map((part) => figure(`Among ${among}`, part, text));
}

/** Shows the wrong answers for both kinds of runs, those with the smallest distances first. */
function mistakesFigures(data, embeddings, { answers, newAnswers }) {
  const { runs, crowd, kind } = data;
  const countOf = ([{ references }]) => references.length;
  const figures = [mistakesFigure(data, embeddings, answers, `Among ${countOf(runs)} new ${plural(kind.class)}`)];
  if (crowd) figures.push(mistakesFigure(data, embeddings, newAnswers, `Among all ${countOf(crowd)} people`));
  return figures;
}

function mistakesFigure(data, embeddings, answers, title) {
  const wrong = answers.filter(({ isRight }) => !isRight);
  const surest = wrong
    .map((answer) => ({ ...answer, distance: distanceOf(embeddings[answer.item], embeddings[answer.nearest]) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, mistakeCount);
  const cells = surest.map(({ item, nearest, right }) =>
    strip(3, [cell(data, item, "this one"), cell(data, nearest, "taken for", second), cell(data, right, "is", first)]),
  );
  const picture = html`<div style="display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 4px 24px">${cells}</div>`;
  const text = `${wrong.length} of ${answers.length} answers are wrong${wrong.length > 0 ? "; the surest first" : ""}.`;
  return html`<div style="grid-column: 1 / -1">${figure(title, picture, text)}</div>`;
}
