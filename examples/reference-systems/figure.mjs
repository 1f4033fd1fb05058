// Draws a specification of Vega-Lite as SVG. Needs the packages vega and vega-lite.
import { writeFileSync } from "node:fs";
import { parse, View } from "vega";
import { compile } from "vega-lite";

const config = {
  background: "white",
  font: "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif",
  view: { stroke: null },
  title: { fontSize: 14, anchor: "start", offset: 12 },
  axis: {
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    gridColor: "#e5e7eb",
    domain: false,
    ticks: false,
  },
  legend: { labelFontSize: 11, title: null },
};

/** Writes the figure that `plot` describes to `path`. */
export async function writeFigure(path, plot) {
  const { spec } = compile({ width: 560, height: 300, padding: 16, config, ...plot });
  writeFileSync(path, await new View(parse(spec), { renderer: "none" }).toSVG());
  console.log(`${path} shows it`);
}
