/** The table of README.md, made from results.json. */

const [start, end] = ["<!-- results -->", "<!-- /results -->"];

/** @param results the content of results.json @returns Markdown */
export function tableOf({ projects }) {
  const head = [
    "| project | network | score | seeds | PyTorch's | baseline | epoch | PyTorch's |",
    "| --- | --- | ---: | --- | ---: | --- | ---: | ---: |",
  ];
  const lines = Object.entries(projects).flatMap(([project, { rows }]) => rows.map((row) => lineOf(project, row)));
  return [...head, ...lines].join("\n");
}

/** Returns README.md with the table in its place. */
export function withTable(text, table) {
  return `${text.slice(0, text.indexOf(start) + start.length)}\n\n${table}\n\n${text.slice(text.indexOf(end))}`;
}

function lineOf(project, { what, score, perSeed, bar, unit, baseline, secondsPerEpoch, peer }) {
  const seeds =
    perSeed.length > 3
      ? `${short(Math.min(...perSeed))} to ${short(Math.max(...perSeed))}`
      : perSeed.map(short).join(", ");
  const cells = [
    project,
    what,
    `${unit} ${short(score)}`,
    seeds,
    short(bar),
    `${baseline.what} ${short(baseline.score)}`,
    time(secondsPerEpoch),
    time(peer),
  ];
  return `| ${cells.join(" | ")} |`;
}

const short = (value) => (value < 0.1 ? value.toFixed(4) : value.toFixed(3));
const time = (seconds) => (typeof seconds === "number" ? `${Number(seconds.toPrecision(2))} s` : "–");
