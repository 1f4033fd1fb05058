/** Tells whether two pictures show the same person or letter; or which pictures of a folder are nearest to one. */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Network } from "simdnet";
import { bytesOf, command, Mistake } from "../shared/command.mjs";
import { filesOf } from "../shared/files.mjs";
import { isPicture, kinds, rowOf } from "./load.mjs";
import { distanceOf } from "./score.mjs";

const usage = `faces — compares pictures by a network that train.mjs has trained.

  node examples/projects/faces/predict.mjs model.safetensors one.pgm two.pgm
  node examples/projects/faces/predict.mjs model.safetensors one.pgm folder

Of a folder it says which five are nearest. Pictures are PNG, JPEG, PGM or PPM.`;

await command(usage, {}, ({ paths }) => {
  if (paths.length !== 3)
    throw new Mistake(`got ${paths.length} paths, need a model, a picture, and a picture or a folder`);
  const [model, one, other] = paths;
  const network = Network.fromBytes(bytesOf(model));
  const kind = kinds.find(({ shape: [height, width] }) => network.inputs === 2 * height * width);
  const threshold = network.parameters.find(({ name }) => name === "same.bias")?.values[0];
  if (!kind || threshold === undefined)
    throw new Mistake(`${model}: got another network, need one that train.mjs has written`);
  const picture = rowOf(one, bytesOf(one), kind);
  if (statSync(other).isDirectory()) {
    // The picture may itself be in the folder.
    const files = [...filesOf(other)].filter(([path]) => isPicture(path) && resolve(other, path) !== resolve(one));
    if (files.length === 0) throw new Mistake(`${other}: got no pictures, need PGM, PPM, PNG or JPEG files`);
    const rows = files.map(([path, bytes]) => rowOf(join(other, path), bytes, kind));
    const paths = files.map(([path]) => path);
    nearest(network, kind, threshold, picture, { rows, paths });
  } else {
    compare(network, kind, threshold, picture, rowOf(other, bytesOf(other), kind));
  }
});

/** The network's output is its threshold minus the distance. */
function compare(network, kind, threshold, left, right) {
  const [[margin]] = network.predict([[left], [right]]);
  const answer = margin > 0 ? `the same ${kind.class}` : `not the same ${kind.class}`;
  console.log(`${answer}: the distance is ${(threshold - margin).toFixed(3)}, the threshold ${threshold.toFixed(3)}`);
}

function nearest(network, kind, threshold, picture, { rows, paths }) {
  // The tower computes each picture's embedding once; then it can be compared with any other.
  const [asked, ...others] = network.part({ outputs: "embedding" }).predict([picture, ...rows]);
  const ordered = paths
    .map((path, at) => ({ path, distance: distanceOf(asked, others[at]) }))
    .sort((a, b) => a.distance - b.distance);
  const same = ordered.filter(({ distance }) => distance < threshold).length;
  console.log(
    `${same} of ${paths.length} pictures are nearer than the threshold, ${threshold.toFixed(3)}; the nearest:`,
  );
  for (const { path, distance } of ordered.slice(0, 5)) {
    console.log(`${distance.toFixed(3)}  ${path}${distance < threshold ? `  the same ${kind.class}` : ""}`);
  }
}
