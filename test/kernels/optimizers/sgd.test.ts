import { momentumStep, nesterovStep, sgdStep } from "../../reference/optimizers/sgd.ts";
import { describeTableUpdate, describeUpdates } from "../updates.ts";

const [learningRate, momentum] = [0.01, 0.9];

describeUpdates([
  {
    title: "sgdStep",
    states: [],
    call: (kernels, [p, g], count, _, decay) => kernels.sgdStep(p, g, count, learningRate, decay),
    twin: ([p, g], _, decay) => sgdStep(p, g, learningRate, decay),
  },
  {
    title: "momentumStep",
    states: [true],
    call: (kernels, [p, g, v], count, _, decay) => kernels.momentumStep(p, g, v, count, learningRate, momentum, decay),
    twin: ([p, g, v], _, decay) => momentumStep(p, g, v, learningRate, momentum, decay),
  },
  {
    title: "nesterovStep",
    states: [true],
    call: (kernels, [p, g, v], count, _, decay) => kernels.nesterovStep(p, g, v, count, learningRate, momentum, decay),
    twin: ([p, g, v], _, decay) => nesterovStep(p, g, v, learningRate, momentum, decay),
  },
]);

describeTableUpdate({
  title: "sgdRows",
  states: 0,
  call: (kernels, [p, g], marks, rows, columns) => kernels.sgdRows(p, g, marks, rows, columns, learningRate),
  whole: (kernels, [p, g], count) => kernels.sgdStep(p, g, count, learningRate, 0),
});
