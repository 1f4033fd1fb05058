import { adadeltaStep } from "../../reference/optimizers/adadelta.ts";
import { describeUpdates } from "../updates.ts";

const [learningRate, rho, epsilon] = [1, 0.9, 1e-6];

describeUpdates([
  {
    title: "adadeltaStep",
    states: [true, true],
    call(scratch, [p, g, squareMean, changeMean], count, _, weightDecay) {
      const fields = { parameters: p, gradients: g, squareMean, changeMean, rho, epsilon, weightDecay };
      return scratch.update("adadeltaStep", fields, count, { learningRate });
    },
    twin: ([p, g, s, u], _, decay) => adadeltaStep(p, g, s, u, learningRate, rho, epsilon, decay),
  },
]);
