/** The family of attention that is trained: its gradients. */

export { attentionBackward } from "./attention/gradients";
