/** Slow twins of assembly/recurrent/simpleRnn.ts. */
import type { CellGradient } from "./backward.ts";
import { type Cell, sums } from "./forward.ts";

export const simpleRnnForward: Cell = ({ round, tanh }, input, product) => {
  const hidden = tanh(sums(round, input, product));
  return { gates: hidden, hidden };
};

export const simpleRnnBackward: CellGradient = (round, { gates }, _, hiddenGrad, carried) => {
  const gradient = gates.map((h, index) => round(hiddenGrad[index] * round(1 - round(h * h))));
  return { gates: gradient, hiddenPart: gradient, carried };
};
