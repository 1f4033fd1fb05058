/** The loss of classifiers and its gradient, two kernels, beside a plain loop that computes both; float32. */
import * as reference from "../test/reference/crossEntropy.ts";
import { type Bench, compare, measure, type Work } from "./harness.ts";
import { softmaxCrossEntropy } from "./peers/loops.mjs";
import { Scratch } from "./scratch.ts";

const columns = 10;

export function loss(rounds: number): Bench[] {
  return [
    {
      title: "softmaxCrossEntropy and its gradient, float32",
      unit: "ns/element",
      versus: "JavaScript",
      *rows() {
        for (const rows of [32, 128, 1024]) yield measure(...works(new Scratch("float32"), rows), rounds);
      },
    },
  ];
}

/** The kernels and the loop in JavaScript. */
function works(scratch: Scratch, rows: number): [Work, Work] {
  const { kernels, tolerance } = scratch;
  const count = rows * columns;
  const [logits, classes] = [scratch.random(count, 4), scratch.zeros(rows)];
  const grad = scratch.zeros(count);
  classes.view().set(classes.view().map((_, row) => row % columns));

  const [logitsCopy, classesCopy, gradCopy] = [logits, classes, grad].map(({ view }) => view().slice());
  const name = `${rows} × ${columns}`;
  const expected = Array.from({ length: rows }, (_, row) => {
    const values = Array.from(logitsCopy.subarray(row * columns, (row + 1) * columns));
    const target = reference.oneHot(classesCopy[row], columns);
    const gradients = reference.softmaxCrossEntropyGrad(values, target).map((gradient) => gradient / rows);
    return { loss: reference.softmaxCrossEntropy(values, target), gradients };
  });
  const check = (sum: number, gradients: ArrayLike<number>) => {
    compare(`loss ${name}`, [sum], [expected.reduce((total, { loss }) => total + loss, 0)], tolerance);
    compare(
      `gradient ${name}`,
      gradients,
      expected.flatMap((row) => row.gradients),
      tolerance,
    );
  };
  let [sum, sumCopy] = [0, 0];
  return [
    {
      name,
      count,
      run() {
        sum = kernels.sparseSoftmaxCrossEntropyForward(logits.address, classes.address, rows, columns);
        kernels.sparseSoftmaxCrossEntropyBackward(
          logits.address,
          classes.address,
          grad.address,
          rows,
          columns,
          1 / rows,
        );
      },
      check: () => check(sum, grad.view()),
    },
    {
      name: `${name} in JavaScript`,
      count,
      run() {
        sumCopy = softmaxCrossEntropy(logitsCopy, classesCopy, 0, rows, gradCopy);
      },
      check: () => check(sumCopy, gradCopy),
    },
  ];
}
