import { adagradStep } from "../../reference/optimizers/adagrad.ts";
import { describeUpdates } from "../updates.ts";

const [learningRate, epsilon] = [0.01, 1e-10];

describeUpdates([
  {
    title: "adagradStep",
    states: [true],
    call: (kernels, [p, g, s], count, _, decay) => kernels.adagradStep(p, g, s, count, learningRate, epsilon, decay),
    twin: ([p, g, s], _, decay) => adagradStep(p, g, s, learningRate, epsilon, decay),
  },
]);
