/** Slow twin of assembly/attention/gradients.ts. */
import { dot, type Factor, type Heads, headOf, joined, type Matrix, weightsOf } from "./attention.ts";

const transposed = (matrix: Matrix) => matrix[0].map((_, column) => matrix.map((row) => row[column]));
const product = (a: Matrix, b: Matrix) => {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
};

export function attentionBackward(
  query: Matrix,
  key: Matrix,
  value: Matrix,
  outputGrad: Matrix,
  { heads, keyUnits, isCausal }: Heads,
  factor: Factor = () => 1,
): { queryGrad: number[][]; keyGrad: number[][]; valueGrad: number[][] } {
  const ofHeads = Array.from({ length: heads }, (_, head) => {
    const [q, k, v, grad] = [query, key, value, outputGrad].map((matrix) => headOf(matrix, head, keyUnits));
    const weights = weightsOf(q, k, isCausal);
    const dropped = weights.map((row, step) => row.map((weight, at) => weight * factor(head, step, at)));
    const ofDropped = product(grad, transposed(v));
    const ofWeights = ofDropped.map((row, step) => row.map((each, at) => each * factor(head, step, at)));
    const ofScores = weights.map((row, step) => {
      const mean = dot(row, ofWeights[step]);
      return row.map((weight, at) => (weight * (ofWeights[step][at] - mean)) / Math.sqrt(keyUnits));
    });
    return {
      queryGrad: product(ofScores, k),
      keyGrad: product(transposed(ofScores), q),
      valueGrad: product(transposed(dropped), grad),
    };
  });
  const all = (name: "queryGrad" | "keyGrad" | "valueGrad") => joined(ofHeads.map((each) => each[name]));
  return { queryGrad: all("queryGrad"), keyGrad: all("keyGrad"), valueGrad: all("valueGrad") };
}
