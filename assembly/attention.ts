/** The family of attention: what prediction needs. Its gradients are in the family attentionTraining. */

export { attentionForward } from "./attention/attention";
export { keepStep } from "./attention/memory";
