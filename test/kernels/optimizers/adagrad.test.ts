import { adagradStep } from "../../reference/optimizers/adagrad.ts";
import { describeTableUpdate, describeUpdates } from "../updates.ts";

const [learningRate, epsilon] = [0.01, 1e-10];

describeUpdates([
  {
    title: "adagradStep",
    states: [true],
    call: (kernels, [p, g, s], count, _, decay) => kernels.adagradStep(p, g, s, count, learningRate, epsilon, decay),
    twin: ([p, g, s], _, decay) => adagradStep(p, g, s, learningRate, epsilon, decay),
  },
]);

describeTableUpdate({
  title: "adagradRows",
  states: 1,
  call: (kernels, [p, g, s], marks, rows, columns) =>
    kernels.adagradRows(p, g, s, marks, rows, columns, learningRate, epsilon),
  whole: (kernels, [p, g, s], count) => kernels.adagradStep(p, g, s, count, learningRate, epsilon, 0),
});
