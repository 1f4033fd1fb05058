/** Softmax, and the loss of classifiers with its gradient, compared with plain loops; float32. */

import { none } from "#dist/kernels/operations.js";
import { softmaxForward } from "../test/reference/activations/softmax.ts";
import { oneHot, softmaxCrossEntropy, softmaxCrossEntropyGrad } from "../test/reference/losses/crossEntropy.ts";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import * as loops from "./peers/loops.mjs";
import { Scratch } from "./scratch.ts";

/** Logits are in [-4, 4). */
const scale = 4;
const classCount = 10;

export function softmax(rounds: number): Bench[] {
  return [
    {
      title: "softmax, float32",
      unit: "ns/element",
      versus: "JavaScript",
      *rows() {
        for (const columns of [classCount, 128]) yield measure(...softmaxWorks(32, columns), rounds);
      },
    },
    {
      title: "softmaxCrossEntropy and its gradient, float32",
      unit: "ns/element",
      versus: "JavaScript",
      *rows() {
        for (const rows of [32, 128, 1024]) yield measure(...lossWorks(rows), rounds);
      },
    },
  ];
}

/** Returns the kernel and the loop in JavaScript. */
function softmaxWorks(rows: number, columns: number): [Work, Work] {
  const scratch = new Scratch("float32");
  const { tolerance } = scratch;
  const count = rows * columns;
  const [logits, output] = [scratch.random(count, scale), scratch.zeros(count)];
  const [ownLogits, ownOutput] = [logits, output].map(({ view }) => view().slice());
  const expected = rowsOf(ownLogits, columns).flatMap(softmaxForward);
  const fields = { input: logits.address, output: output.address, columns, parameter: 0 };
  const name = `${rows} × ${columns}`;
  const javascript = `${name} in JavaScript`;
  return [
    {
      name,
      count,
      run: scratch.call("softmaxForward", fields, rows),
      check: () => compare(name, output.view(), expected, tolerance),
    },
    {
      name: javascript,
      count,
      run: () => softmaxLoop(ownLogits, ownOutput, columns),
      check: () => compare(javascript, ownOutput, expected, tolerance),
    },
  ];
}

function softmaxLoop(logits: ArrayLike<number>, output: { [index: number]: number }, columns: number): void {
  for (let from = 0; from < logits.length; from += columns) {
    const end = from + columns;
    let largest = Number.NEGATIVE_INFINITY;
    for (let index = from; index < end; index++) largest = Math.max(largest, logits[index]);
    let sum = 0;
    for (let index = from; index < end; index++) {
      const power = Math.exp(logits[index] - largest);
      output[index] = power;
      sum += power;
    }
    for (let index = from; index < end; index++) output[index] /= sum;
  }
}

/** Returns the two kernels, and the loop in JavaScript that computes both. */
function lossWorks(rows: number): [Work, Work] {
  const scratch = new Scratch("float32");
  const { tolerance } = scratch;
  const count = rows * classCount;
  const [logits, classes, grad] = [scratch.random(count, scale), scratch.zeros(rows), scratch.zeros(count)];
  classes.view().set(classes.view().map((_, row) => row % classCount));
  const [ownLogits, ownClasses, ownGrad] = [logits, classes, grad].map(({ view }) => view().slice());

  const examples = rowsOf(ownLogits, classCount).map((row, index) => [row, oneHot(ownClasses[index], classCount)]);
  const losses = examples.map(([row, target]) => softmaxCrossEntropy(row, target));
  const gradients = examples.flatMap(([row, target]) => softmaxCrossEntropyGrad(row, target));
  const check = (name: string, loss: number, grad: ArrayLike<number>) => {
    compare(`loss ${name}`, [loss], [losses.reduce((a, b) => a + b)], tolerance);
    compare(
      `gradient ${name}`,
      Array.from(grad, (value) => value * rows),
      gradients,
      tolerance,
    );
  };
  const result = scratch.doubles([0, 1 / rows]);
  const fields = {
    ...{ output: logits.address, targets: classes.address, weights: none, outputGrad: grad.address },
    ...{ positions: 1, columns: classCount, result, parameter: 0 },
  };
  const forward = scratch.call("sparseSoftmaxCrossEntropyForward", fields, 1, rows);
  const backward = scratch.call("sparseSoftmaxCrossEntropyBackward", fields, rows, rows);
  const name = `${rows} × ${classCount}`;
  const javascript = `${name} in JavaScript`;
  let ownLoss = 0;
  return [
    {
      name,
      count,
      run() {
        forward();
        backward();
      },
      check: () => check(name, scratch.readDoubles(result, 1)[0], grad.view()),
    },
    {
      name: javascript,
      count,
      run() {
        ownLoss = loops.softmaxCrossEntropy(ownLogits, ownClasses, 0, rows, ownGrad);
      },
      check: () => check(javascript, ownLoss, ownGrad),
    },
  ];
}

function rowsOf(values: ArrayLike<number>, columns: number): number[][] {
  const list = Array.from(values);
  return Array.from({ length: list.length / columns }, (_, row) => list.slice(row * columns, (row + 1) * columns));
}
