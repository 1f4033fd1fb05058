import { adamaxStep } from "../../reference/optimizers/adamax.ts";
import { describeUpdates } from "../updates.ts";

const options = [0.01, 0.9, 0.999, 1e-8] as const;

describeUpdates([
  {
    title: "adamaxStep",
    states: [true, true],
    growsFromZero: true,
    call: (kernels, [p, g, m, u], count, step, decay) => kernels.adamaxStep(p, g, m, u, count, step, ...options, decay),
    twin: ([p, g, m, u], step, decay) => adamaxStep(p, g, m, u, step, ...options, decay),
  },
]);
