import { adamaxStep } from "../../reference/optimizers/adamax.ts";
import { describeUpdates } from "../updates.ts";

const [learningRate, beta1, beta2, epsilon] = [0.01, 0.9, 0.999, 1e-8];

describeUpdates([
  {
    title: "adamaxStep",
    states: [true, true],
    growsFromZero: true,
    call(scratch, [p, g, firstMoment, largest], count, step, weightDecay) {
      const fields = { parameters: p, gradients: g, firstMoment, largest, beta1, beta2, epsilon, weightDecay };
      return scratch.update("adamaxStep", fields, count, { step, learningRate });
    },
    twin: ([p, g, m, u], step, decay) => adamaxStep(p, g, m, u, step, learningRate, beta1, beta2, epsilon, decay),
  },
]);
