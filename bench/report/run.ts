/** Writes the generated parts of README and bench/README, and the data of the pictures into build/. */
import { readFileSync, writeFileSync } from "node:fs";
import { charts, growthPlot, peersPlot } from "./plots.ts";
import { readCommitted, withParts } from "./tables.ts";

const committed = readCommitted();
for (const file of ["README.md", "bench/README.md"]) {
  writeFileSync(file, withParts(readFileSync(file, "utf8"), committed));
}
const { results, images } = committed;
const plots = {
  peers: peersPlot(committed.peers, charts.peers),
  growth: growthPlot(results, results.suites.growth, 1),
  "peers-images": peersPlot(committed.imagePeers, charts.imagePeers),
  "growth-images": growthPlot(images, images.suites.imageGrowth, 2),
};
for (const [name, plot] of Object.entries(plots)) writeFileSync(`build/${name}.plot.json`, JSON.stringify(plot));
