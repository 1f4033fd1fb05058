/** Writes the generated parts of README and bench/README, and what the pictures show into build/. */
import { readFileSync, writeFileSync } from "node:fs";
import { growthPlot, peersPlot } from "./plots.ts";
import { readCommitted, withParts } from "./tables.ts";

const committed = readCommitted();
for (const file of ["README.md", "bench/README.md"]) {
  writeFileSync(file, withParts(readFileSync(file, "utf8"), committed));
}
const plots = { peers: peersPlot(committed.peers), growth: growthPlot(committed.results) };
for (const [name, plot] of Object.entries(plots)) writeFileSync(`build/${name}.plot.json`, JSON.stringify(plot));
