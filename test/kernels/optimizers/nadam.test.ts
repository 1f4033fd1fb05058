import { nadamStep } from "../../reference/optimizers/nadam.ts";
import { describeUpdates } from "../updates.ts";

const [learningRate, beta1, beta2, epsilon, momentumDecay] = [0.01, 0.9, 0.999, 1e-8, 4e-3];

/** The momentum, the next one, and the product of all up to this one. */
function momentaOf(step: number): [number, number, number] {
  const momentum = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
  let product = 1;
  for (let t = 1; t <= step; t++) product *= momentum(t);
  return [momentum(step), momentum(step + 1), product];
}

/** The two rates and the options after them, as PyTorch's NAdam has them. */
function optionsOf(step: number): [number, number, number, number, number] {
  const [momentum, next, product] = momentaOf(step);
  const gradientRate = (learningRate * (1 - momentum)) / (1 - product);
  return [gradientRate, (learningRate * next) / (1 - product * next), beta1, beta2, epsilon];
}

describeUpdates([
  {
    title: "nadamStep",
    states: [true, true],
    call(scratch, [p, g, firstMoment, secondMoment], count, step, weightDecay) {
      const fields = { parameters: p, gradients: g, firstMoment, secondMoment, beta1, beta2, epsilon, weightDecay };
      return scratch.update("nadamStep", fields, count, { step, learningRate, momenta: momentaOf(step) });
    },
    twin: ([p, g, m, v], step, decay) => nadamStep(p, g, m, v, step, ...optionsOf(step), decay),
  },
]);
