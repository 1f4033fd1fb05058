import { adagradStep } from "../../reference/optimizers/adagrad.ts";
import { describeTableUpdate, describeUpdates, type Update } from "../updates.ts";

const [learningRate, epsilon] = [0.01, 1e-10];

const stepOf: Update["call"] = (scratch, [p, g, squareSum], count, step, weightDecay) => {
  const fields = { parameters: p, gradients: g, squareSum, learningRateDecay: 0, epsilon, weightDecay };
  return scratch.update("adagradStep", fields, count, { step, learningRate });
};

describeUpdates([
  {
    title: "adagradStep",
    states: [true],
    call: stepOf,
    twin: ([p, g, s], _, decay) => adagradStep(p, g, s, learningRate, epsilon, decay),
  },
]);

describeTableUpdate({
  title: "adagradRows",
  states: 1,
  call(scratch, [p, g, squareSum], marks, rows, columns) {
    const fields = { parameters: p, gradients: g, squareSum, learningRateDecay: 0, epsilon, marks, columns };
    return scratch.update("adagradRows", fields, rows, { learningRate });
  },
  whole: (scratch, addresses, count) => stepOf(scratch, addresses, count, 1, 0),
});
