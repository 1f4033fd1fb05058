/** Computes a network's features of many pictures once. After Ctrl-C, the same command continues from the computed ones. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { pictureBatches } from "simdnet/pictures";
import { save } from "../shared/training.mjs";

/** The pictures of a batch: SqueezeNet's layers take 5 MB for each. */
const batchSize = 8;

/** Computes the output of a network for each picture. The features stay in a file until `forget` removes it. */
export class Features {
  /** A row for each whole picture. */
  rows = [];
  /** The index of each row's file. */
  places = [];
  /** The broken files, as `{ file, reason }`. */
  skipped = [];
  #path;
  #files;
  #names;
  #done = 0;

  /**
   * @param path of the file
   * @param files the paths of the pictures
   * @param weights the file of the network's weights: other weights give other features
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

  /** @param size of the network's images, in pixels */
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

  /** Returns the values of the files, such as their classes, for each row. */
  of(values) {
    return this.places.map((place) => values[place]);
  }

  forget() {
    for (const path of [this.#path, `${this.#path}.json`]) rmSync(path, { force: true });
  }
}

/** Shows the progress: always in a terminal, elsewhere at each tenth. */
function show(done, from, all, seconds) {
  const left = Math.round((seconds / (done - from)) * (all - done));
  const text = `features: ${done} of ${all} pictures${done < all ? `  ${left} s left` : ""}`;
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}${done === all ? "\n" : ""}`);
  else if (Math.floor((done / all) * 10) > Math.floor(((done - batchSize) / all) * 10)) console.log(text);
}
