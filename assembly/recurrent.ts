/** The family of recurrent layers: their way through the steps, and back. The gradients of their weights are in the family training. */

export { gruBackward, lstmBackward, simpleRnnBackward } from "./recurrent/backward";
export { gruForward, lstmForward, simpleRnnForward } from "./recurrent/forward";
export { scale } from "./vector/combine";
