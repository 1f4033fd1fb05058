import { momentumStep, nesterovStep, sgdStep } from "../../reference/optimizers/sgd.ts";
import { describeTableUpdate, describeUpdates, type Update } from "../updates.ts";

const [learningRate, momentum] = [0.01, 0.9];

const velocityCall =
  (name: "momentumStep" | "nesterovStep"): Update["call"] =>
  (scratch, [p, g, velocity], count, _, weightDecay) =>
    scratch.update(name, { parameters: p, gradients: g, velocity, momentum, weightDecay }, count, { learningRate });

describeUpdates([
  {
    title: "sgdStep",
    states: [],
    call: (scratch, [p, g], count, _, decay) =>
      scratch.update("sgdStep", { parameters: p, gradients: g, weightDecay: decay }, count, { learningRate }),
    twin: ([p, g], _, decay) => sgdStep(p, g, learningRate, decay),
  },
  {
    title: "momentumStep",
    states: [true],
    call: velocityCall("momentumStep"),
    twin: ([p, g, v], _, decay) => momentumStep(p, g, v, learningRate, momentum, decay),
  },
  {
    title: "nesterovStep",
    states: [true],
    call: velocityCall("nesterovStep"),
    twin: ([p, g, v], _, decay) => nesterovStep(p, g, v, learningRate, momentum, decay),
  },
]);

describeTableUpdate({
  title: "sgdRows",
  states: 0,
  call: (scratch, [p, g], marks, rows, columns) =>
    scratch.update("sgdRows", { parameters: p, gradients: g, marks, columns }, rows, { learningRate }),
  whole: (scratch, [p, g], count) =>
    scratch.update("sgdStep", { parameters: p, gradients: g, weightDecay: 0 }, count, { learningRate }),
});
