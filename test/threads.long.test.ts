/** Trainers with threads, made and dropped one after the other: the process grows no further, and ends by itself. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** SIMDNET_SOAK has other seconds: 300 for the five minutes before a release. */
const seconds = Number(process.env.SIMDNET_SOAK ?? 40);

/** Prints the megabytes of the process after every ten trainers, and the number of threads that have begun to work, as JSON. */
const program = `
  import { adam, conv2d, dense, flatten, Network, Trainer } from "simdnet";
  const host = process.getBuiltinModule("node:worker_threads");
  const begun = new Int32Array(new SharedArrayBuffer(4));
  host.Worker = class extends host.Worker {
    constructor(source, options) {
      const counted = { ...options, workerData: { ...options.workerData, begun } };
      super("Atomics.add(process.getBuiltinModule('node:worker_threads').workerData.begun, 0, 1);" + source, counted);
    }
  };
  const image = Float32Array.from({ length: 64 * 144 }, (_, index) => (index % 11) / 11);
  const classes = Int32Array.from({ length: 64 }, (_, row) => row % 10);
  const layers = [
    () => [dense(128, { activation: "relu" }), dense(10)],
    () => [conv2d(8, 3, { activation: "relu" }), flatten(), dense(10)],
  ];
  const end = performance.now() + ${seconds} * 1000;
  const megabytes = [];
  for (let made = 0; performance.now() < end; made++) {
    const network = new Network({ inputs: made % 2 ? [12, 12, 1] : 144, layers: layers[made % 2]() });
    const options = { loss: "softmaxCrossEntropy", optimizer: adam(), threads: 2 + (made % 3) };
    await new Trainer(network, options).fit(image, classes, { epochs: 3 });
    if (made % 10 === 9) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      gc();
      megabytes.push(Math.round(process.memoryUsage().rss / 1e6));
    }
  }
  console.log(JSON.stringify({ megabytes, begun: begun[0] }));
`;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

test(
  `trainers with 2 to 4 threads for ${seconds} s: no growth from the second third on, and the process ends`,
  () => {
    const options = ["--expose-gc", "--input-type=module", "-e", program];
    const { stdout, stderr, status } = spawnSync(process.execPath, options, {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      encoding: "utf8",
      timeout: (seconds + 30) * 1000,
    });
    expect([stderr, status]).toEqual(["", 0]);
    const { megabytes, begun }: { megabytes: number[]; begun: number } = JSON.parse(stdout);
    expect(begun).toBeGreaterThan(megabytes.length * 5);
    const third = Math.floor(megabytes.length / 3);
    expect(third).toBeGreaterThan(0);
    expect(median(megabytes.slice(-third)), `${megabytes}`).toBeLessThan(
      1.15 * median(megabytes.slice(third, -third)) + 10,
    );
  },
  2 * seconds * 1000 + 60_000,
);
