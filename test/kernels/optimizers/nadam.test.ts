import { nadamStep } from "../../reference/optimizers/nadam.ts";
import { describeUpdates } from "../updates.ts";

const [learningRate, beta1, beta2, epsilon, momentumDecay] = [0.01, 0.9, 0.999, 1e-8, 4e-3];

/** The two rates and the options after them, as PyTorch's NAdam has them. */
function optionsOf(step: number): [number, number, number, number, number] {
  const momentum = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
  let product = 1;
  for (let t = 1; t <= step; t++) product *= momentum(t);
  const next = momentum(step + 1);
  const gradientRate = (learningRate * (1 - momentum(step))) / (1 - product);
  return [gradientRate, (learningRate * next) / (1 - product * next), beta1, beta2, epsilon];
}

describeUpdates([
  {
    title: "nadamStep",
    states: [true, true],
    call: (kernels, [p, g, m, v], count, step, decay) =>
      kernels.nadamStep(p, g, m, v, count, step, ...optionsOf(step), decay),
    twin: ([p, g, m, v], step, decay) => nadamStep(p, g, m, v, step, ...optionsOf(step), decay),
  },
]);
