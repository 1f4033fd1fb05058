/** Slow twins of assembly/recurrent/gru.ts. */
import type { CellGradient } from "./backward.ts";
import { addProducts, type Cell, sums } from "./forward.ts";

/** The gates r z n of one step. */
function partsOf(gates: readonly number[]): readonly number[][] {
  const units = gates.length / 3;
  return [0, 1, 2].map((gate) => gates.slice(gate * units, (gate + 1) * units));
}

/** @param candidateBias undefined for none */
export const gruForward =
  (candidateBias: readonly number[] | undefined): Cell =>
  ({ round, sigmoid, tanh }, input, product, before) => {
    const [xr, xz, xn] = partsOf(input);
    const [hr, hz, product2] = partsOf(product);
    const hn = candidateBias ? sums(round, product2, candidateBias) : product2;
    const [r, z] = [sigmoid(sums(round, xr, hr)), sigmoid(sums(round, xz, hz))];
    const n = tanh(addProducts(round, r, hn, xn));
    const hidden = n.map((x, unit) => {
      return round(round(round(1 - z[unit]) * x) + round(z[unit] * before.hidden[unit]));
    });
    return { gates: [...r, ...z, ...n], hidden, hiddenPart: [...hr, ...hz, ...hn] };
  };

export const gruBackward: CellGradient = (round, { gates, hiddenPart }, before, hiddenGrad, carried) => {
  const [r, z, n] = partsOf(gates);
  const [, , hn] = partsOf(hiddenPart!);
  const ofGates: number[][] = [[], [], []];
  const ofCandidate: number[] = [];
  const next = r.map((_, unit) => {
    const grad = round(hiddenGrad[unit] + carried[unit]);
    const ofSigmoid = (gate: number) => round(gate * round(1 - gate));
    const nGrad = round(grad * round(round(1 - z[unit]) * round(1 - round(n[unit] * n[unit]))));
    const change = round((before?.hidden[unit] ?? 0) - n[unit]);
    ofGates[0].push(round(round(nGrad * hn[unit]) * ofSigmoid(r[unit])));
    ofGates[1].push(round(grad * round(change * ofSigmoid(z[unit]))));
    ofGates[2].push(nGrad);
    ofCandidate.push(round(nGrad * r[unit]));
    return round(grad * z[unit]);
  });
  return { gates: ofGates.flat(), hiddenPart: [...ofGates[0], ...ofGates[1], ...ofCandidate], carried: next };
};
