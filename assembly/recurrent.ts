/** The family of recurrent layers: their way through the steps, and back. The gradients of their weights are in the family training. */

export { gruBackward, gruForward } from "./recurrent/gru";
export { lstmBackward, lstmForward } from "./recurrent/lstm";
export { simpleRnnBackward, simpleRnnForward } from "./recurrent/simpleRnn";
