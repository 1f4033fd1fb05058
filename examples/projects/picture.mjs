// The picture of README.md: a figure or two of each project's page, as Chromium shows them. By hand, in a folder where the programs have run on
// what is here:
//
//   node examples/projects/picture.mjs examples/projects/picture.png
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Markup, page } from "./shared/page.mjs";

/** Figures, by the pages and titles that they have, with the titles that they get, in columns. */
const columns = [
  [["digits", "Clean, noisy, denoised", "Noise out of digits"]],
  [["taxi", "Where trips begin", "Taxi fares of New York, by where trips begin"]],
  [["faces", /^Among the/, "The same letter by another hand"]],
  [
    ["sentiment", /^Liked it: yes/, "Did the writer like the film?"],
    ["sentiment", /^Liked it: no/, "Did this one?"],
    ["cats-and-dogs", "Convolutional network", "Pictures of coats and pullovers"],
  ],
];
const [width, height] = [1640, 440];

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("got no file, need that of the picture");

const style = `<style>
body { max-width: none; width: ${width}px; height: ${height}px; padding: 12px; overflow: hidden; }
header, footer, h2, figcaption { display: none; }
.pictures { grid-template-columns: repeat(4, 1fr); align-items: start; }
.column { display: grid; gap: 12px; }
</style>`;
const figures = columns.map(
  (column) => new Markup(`<div class="column">${column.map((each) => figureOf(...each)).join("")}</div>`),
);
const folder = mkdtempSync(join(tmpdir(), "picture-"));
const shown = join(folder, "page.html");
const content = page({ title: "", lead: "", tiles: [], sections: [{ title: "", figures }] });
writeFileSync(shown, content.replace("</head>", `${style}</head>`));
const args = ["--headless", "--no-sandbox", "--hide-scrollbars", `--window-size=${width},${height}`];
execFileSync("chromium", [...args, `--screenshot=${resolve(file)}`, `file://${shown}`], { stdio: "ignore" });
rmSync(folder, { recursive: true });

function figureOf(project, title, given) {
  const figures = readFileSync(join(`${project}-results`, "page.html"), "utf8").match(/<figure[\s\S]*?<\/figure>/g);
  const isMeant = (text) => (typeof title === "string" ? text === title : title.test(text));
  const found = figures.find((figure) => isMeant(/<h3>([^<]*)/.exec(figure)[1]));
  if (found === undefined) throw new Error(`${project}: got no figure ${title}`);
  return found.replace(/<h3>[^<]*/, `<h3>${given}`);
}
