/** Slow twins of assembly/recurrent/lstm.ts. */
import type { CellGradient } from "./backward.ts";
import { addProducts, type Cell, sums } from "./forward.ts";

/** The gates i f g o of one step. */
function partsOf(gates: readonly number[]): readonly number[][] {
  const units = gates.length / 4;
  return [0, 1, 2, 3].map((gate) => gates.slice(gate * units, (gate + 1) * units));
}

const products = (round: (x: number) => number, a: readonly number[], b: readonly number[]) =>
  a.map((x, index) => round(x * b[index]));

export const lstmForward: Cell = ({ round, sigmoid, tanh }, input, product, before) => {
  const [ofI, ofF, ofG, ofO] = partsOf(sums(round, input, product));
  const [i, f, g, o] = [sigmoid(ofI), sigmoid(ofF), tanh(ofG), sigmoid(ofO)];
  const cell = addProducts(round, f, before.cell!, products(round, i, g));
  const cellTanh = tanh(cell);
  return { gates: [...i, ...f, ...g, ...o], hidden: products(round, o, cellTanh), cell, cellTanh };
};

export const lstmBackward: CellGradient = (round, { gates, cellTanh }, before, hiddenGrad, carried) => {
  const [i, f, g, o] = partsOf(gates);
  const ofGates: number[][] = [[], [], [], []];
  const next = i.map((_, unit) => {
    const squashed = cellTanh![unit];
    const slope = round(1 - round(squashed * squashed));
    const cellGrad = round(carried[unit] + round(round(hiddenGrad[unit] * o[unit]) * slope));
    const ofSigmoid = (gate: number) => round(gate * round(1 - gate));
    ofGates[0].push(round(round(cellGrad * g[unit]) * ofSigmoid(i[unit])));
    ofGates[1].push(round(round(cellGrad * (before?.cell?.[unit] ?? 0)) * ofSigmoid(f[unit])));
    ofGates[2].push(round(round(cellGrad * i[unit]) * round(1 - round(g[unit] * g[unit]))));
    ofGates[3].push(round(round(hiddenGrad[unit] * squashed) * ofSigmoid(o[unit])));
    return round(cellGrad * f[unit]);
  });
  return { gates: ofGates.flat(), hiddenPart: ofGates.flat(), carried: next };
};
