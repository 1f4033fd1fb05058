import { adadeltaStep } from "../../reference/optimizers/adadelta.ts";
import { describeUpdates } from "../updates.ts";

const options = [1, 0.9, 1e-6] as const;

describeUpdates([
  {
    title: "adadeltaStep",
    states: [true, true],
    call: (kernels, [p, g, s, u], count, _, decay) => kernels.adadeltaStep(p, g, s, u, count, ...options, decay),
    twin: ([p, g, s, u], _, decay) => adadeltaStep(p, g, s, u, ...options, decay),
  },
]);
