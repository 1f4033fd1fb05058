/** Maps of pictures on a plane, along the two directions in which their embeddings differ most. */
import { encode } from "fast-png";
import { draw, figure, first, grid, ink, second } from "../shared/page.mjs";
import { projectRows } from "./projection.mjs";

/** Red, green and blue of colours that are visible on light and dark backgrounds. */
const [blue, orange] = [
  [40, 136, 204],
  [222, 110, 10],
];

/** Returns the figures: for faces, all people and the pictures of the new ones; for letters, those of two runs. */
export const maps = (data, embeddings) =>
  Promise.all(data.crowd ? mapsOfFaces(data, embeddings) : mapsOfLetters(data, embeddings));

function mapsOfFaces(data, embeddings) {
  const { rows, classes, runs, kind } = data;
  const people = [...new Set(classes)].map((name) =>
    classes.flatMap((each, number) => (each === name ? [number] : [])),
  );
  const means = people.map((numbers) => meanOf(numbers.map((number) => embeddings[number])));
  const urls = people.map(([number]) =>
    urlOf(kind.shape, rows[number], (value) => [value * 255, value * 255, value * 255, 255]),
  );
  const asked = [...new Set(runs[0].items.map((item) => classes[item]))];
  return [
    mapOfPictures(means, urls, kind).then((picture) =>
      figure(`All ${people.length} people`, picture, "Each at the mean of what the tower makes of all their pictures."),
    ),
    mapOfPoints(data, asked, embeddings).then((picture) =>
      figure(
        "The pictures of the new people",
        picture,
        `Each colour and shape is a person whom the network has not seen: ${asked.join(", ")}. Grey are those it has trained on.`,
      ),
    ),
  ];
}

function mapsOfLetters({ rows, runs, kind }, embeddings) {
  return runs.slice(0, 2).map(async ({ references, items }, run) => {
    const inkOf = (numbers, colour) =>
      numbers.map((number) => urlOf(kind.shape, rows[number], (value) => [...colour, (1 - value) * 255]));
    const urls = [...inkOf(references, blue), ...inkOf(items, orange)];
    const embedded = [...references, ...items].map((number) => embeddings[number]);
    const text = "Blue are the references, orange the same letters by another writer. Like letters should meet.";
    return figure(`The letters of run ${run + 1}`, await mapOfPictures(embedded, urls, kind), text);
  });
}

const meanOf = (rows) => rows[0].map((_, at) => rows.reduce((sum, row) => sum + row[at], 0) / rows.length);

function mapOfPictures(embedded, urls, { shape: [height, width] }) {
  const points = projectRows(embedded);
  const plot = {
    data: { values: points.map(([x, y], at) => ({ x, y, url: urls[at] })) },
    mark: { type: "image", height: 30, width: (30 * width) / height },
    encoding: { ...axesOf(points), url: { field: "url" } },
  };
  return draw(plot, sizes(`${points.length} pictures on a plane`));
}

function mapOfPoints({ classes }, asked, embeddings) {
  const points = projectRows(embeddings);
  const values = points.map(([x, y], number) => ({ x, y, of: classes[number] }));
  const encoding = axesOf(points);
  const scaleOf = (range) => ({ field: "of", type: "nominal", scale: { domain: asked, range }, legend: null });
  const plot = {
    layer: [
      {
        data: { values: values.filter(({ of }) => !asked.includes(of)) },
        mark: { type: "point", filled: true, size: 12, color: grid, opacity: 1 },
        encoding,
      },
      {
        data: { values: values.filter(({ of }) => asked.includes(of)) },
        mark: { type: "point", filled: true, size: 60, opacity: 0.85 },
        encoding: {
          ...encoding,
          color: scaleOf([first, second, ink, first, second]),
          shape: scaleOf(["circle", "square", "cross", "triangle-up", "diamond"]),
        },
      },
    ],
  };
  return draw(plot, sizes(`${values.length} pictures as points on a plane`));
}

const sizes = (label) => ({ height: 360, margins: { left: 8, right: 8, top: 8, bottom: 8 }, label });

/** Returns axes for the points, with room for pictures at the margins, but without lines. */
function axesOf(points) {
  const axes = ["x", "y"].map((field, at) => {
    const values = points.map((point) => point[at]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const margin = 0.06 * (high - low || 1);
    const scale = { domain: [low - margin, high + margin], nice: false };
    return { field, type: "quantitative", axis: null, scale };
  });
  return { x: axes[0], y: axes[1] };
}

/** Returns a PNG; `colourOf` returns red, green, blue and alpha for each value. */
function urlOf([height, width], values, colourOf) {
  const data = Uint8Array.from(Array.from(values).flatMap(colourOf), Math.round);
  return `data:image/png;base64,${Buffer.from(encode({ data, width, height, channels: 4, depth: 8 })).toString("base64")}`;
}
