/** What a network makes of many pictures, computed once. Ctrl-C keeps what there is, and the same command goes on from there. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { pictureBatches } from "simdnet/pictures";
import { save } from "../shared/training.mjs";

/** Pictures at a time: SqueezeNet's layers take 5 MB for each. */
const batchSize = 8;

/** Computes what a network makes of each picture. Its features lie in a file until `forget` removes it. */
export class Features {
  /** A row for each picture that is whole. */
  rows = [];
  /** Which of the files each row is of, by its place. */
  places = [];
  /** `{ file, reason }` of those that are broken. */
  skipped = [];
  #path;
  #files;
  #names;
  #done = 0;

  /**
   * @param path of the file
   * @param files the paths of the pictures
   * @param weights the file that the network's weights are from: other ones would have other features
   */
  constructor(path, files, weights) {
    this.#path = path;
    this.#files = files;
    this.#names = [weights, ...files].join("\n");
    if (!existsSync(`${path}.json`)) return;
    const { names, done, width, places, skipped } = JSON.parse(readFileSync(`${path}.json`, "utf8"));
    if (names !== this.#names) return;
    console.log(`going on with ${path}`);
    const values = new Float32Array(new Uint8Array(readFileSync(path)).buffer);
    this.rows = places.map((_, row) => values.slice(row * width, (row + 1) * width));
    [this.places, this.skipped, this.#done] = [places, skipped, done];
  }

  /** @param size of the images that the network takes, in pixels */
  async compute(network, size) {
    const [from, files, { skipped }] = [this.#done, this.#files, this];
    if (from === files.length) return;
    const places = [...files.keys()].slice(from);
    const options = { size, batchSize, shuffle: false, broken: "skip" };
    const source = pictureBatches(files.slice(from), places, options);
    let isStopped = false;
    const onInterrupt = () => {
      isStopped = true;
    };
    process.once("SIGINT", onInterrupt);
    const began = performance.now();
    for await (const { inputs, targets } of source(1)) {
      for (const row of network.predict(inputs)) this.rows.push(Float32Array.from(row));
      this.places.push(...targets);
      this.skipped = [...skipped, ...source.skipped];
      this.#done = targets.at(-1) + 1;
      show(this.#done, from, files.length, (performance.now() - began) / 1000);
      if (!isStopped) continue;
      this.#save(network.outputs);
      console.log("\nstopped; the same command goes on from here");
      process.exit(130);
    }
    process.off("SIGINT", onInterrupt);
    this.skipped = [...skipped, ...source.skipped];
    this.#done = files.length;
    this.#save(network.outputs);
  }

  #save(width) {
    const values = new Float32Array(this.rows.length * width);
    for (const [row, numbers] of this.rows.entries()) values.set(numbers, row * width);
    save(this.#path, new Uint8Array(values.buffer));
    const { places, skipped } = this;
    save(`${this.#path}.json`, JSON.stringify({ names: this.#names, done: this.#done, width, places, skipped }));
  }

  /** What is known of the files, such as their classes, for each row. */
  of(values) {
    return this.places.map((place) => values[place]);
  }

  forget() {
    for (const path of [this.#path, `${this.#path}.json`]) rmSync(path, { force: true });
  }
}

/** Shows how far it is: in a terminal always, elsewhere at each tenth. */
function show(done, from, all, seconds) {
  const left = Math.round((seconds / (done - from)) * (all - done));
  const text = `features: ${done} of ${all} pictures${done < all ? `  ${left} s left` : ""}`;
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}${done === all ? "\n" : ""}`);
  else if (Math.floor((done / all) * 10) > Math.floor(((done - batchSize) / all) * 10)) console.log(text);
}
