// Makes the pictures of README.md: figures of the projects' pages, drawn by Chromium. Run by hand, in a folder where the programs have run
// on the shipped data:
//
//   node examples/projects/picture.mjs examples/projects
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Markup, page } from "./shared/page.mjs";

/** The figures in columns, by page and title, with their new titles. */
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
/** The same for the figures of each project in the table of projects. */
const single = {
  diabetes: [["diabetes", "ROC curve", ""]],
  taxi: [["taxi", "Where trips begin", ""]],
  "cats-and-dogs": [["cats-and-dogs", "Some to learn from", ""]],
  denoising: [["digits", "Clean, noisy, denoised", ""]],
  sentiment: [
    ["sentiment", /^Liked it: yes/, "They liked it"],
    ["sentiment", /^Liked it: no/, "They did not"],
  ],
  faces: [["faces", /^Among the/, ""]],
};

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error("got no folder, need that of the pictures");

const folder = mkdtempSync(join(tmpdir(), "picture-"));
const all = columns.map((column) => column.map((each) => figureOf(...each)));
shoot(join(target, "picture.png"), all, [1640, 440]);
mkdirSync(join(target, "pictures"), { recursive: true });
for (const [project, given] of Object.entries(single)) {
  shoot(join(target, "pictures", `${project}.png`), [given.map((each) => figureOf(...each))], [360, 360]);
}
rmSync(folder, { recursive: true });

/** @param file the file of the picture @param figures in columns */
function shoot(file, figures, [width, height]) {
  const style = `<style>
body { max-width: none; width: ${width}px; height: ${height}px; padding: 12px; overflow: hidden; }
header, footer, h2, h3:empty, figcaption { display: none; }
.pictures { grid-template-columns: repeat(${figures.length}, 1fr); align-items: start; }
.column { display: grid; gap: 12px; }
</style>`;
  const drawn = figures.map((column) => new Markup(`<div class="column">${column.join("")}</div>`));
  const shown = join(folder, "page.html");
  const content = page({ title: "", lead: "", tiles: [], sections: [{ title: "", figures: drawn }] });
  writeFileSync(shown, content.replace("</head>", `${style}</head>`));
  const args = ["--headless", "--no-sandbox", "--hide-scrollbars", `--window-size=${width},${height}`];
  execFileSync("chromium", [...args, `--screenshot=${resolve(file)}`, `file://${shown}`], { stdio: "ignore" });
}

function figureOf(project, title, given) {
  const figures = readFileSync(join(`${project}-results`, "page.html"), "utf8").match(/<figure[\s\S]*?<\/figure>/g);
  const isMeant = (text) => (typeof title === "string" ? text === title : title.test(text));
  const found = figures.find((figure) => isMeant(/<h3>([^<]*)/.exec(figure)[1]));
  if (found === undefined) throw new Error(`${project}: got no figure ${title}`);
  return found.replace(/<h3>[^<]*/, `<h3>${given}`);
}
