/** Slow twin of assembly/recurrent/backward.ts: each sequence alone, from its last step to its first. */
import { type Arithmetic, placesOf, rowTimes, type Sequences, type Step, sums } from "./forward.ts";

/** The gradients of one step's gates, of the hidden state's part of them, and what goes to the step before beside that. */
export interface StepGradient {
  readonly gates: readonly number[];
  readonly hiddenPart: readonly number[];
  readonly carried: readonly number[];
}

/** The gradient of one step: of what the forward pass left, the step before if there is one, ∂loss/∂h and what is carried. */
export type CellGradient = (
  round: Arithmetic["round"],
  step: Step,
  before: Step | undefined,
  hiddenGrad: readonly number[],
  carried: readonly number[],
) => StepGradient;

/**
 * @param hiddenGrad ∂loss/∂h at each place, if there is one
 * @param lastGrad ∂loss/∂h after each sequence's last step, likewise
 * @returns the gradients of the steps by their places
 */
export function recurrentBackward(
  round: Arithmetic["round"],
  sequences: Sequences,
  steps: readonly Step[],
  recurrentWeight: readonly number[][],
  { hiddenGrad, lastGrad }: { readonly hiddenGrad?: readonly number[][]; readonly lastGrad?: readonly number[][] },
  cell: CellGradient,
): StepGradient[] {
  const transposed = recurrentWeight[0].map((_, column) => recurrentWeight.map((row) => row[column]));
  const gradients: StepGradient[] = [];
  placesOf(sequences).forEach((places, sequence) => {
    let grad: readonly number[] = recurrentWeight.map(() => 0);
    let carried = grad;
    places.toReversed().forEach((place, index) => {
      if (hiddenGrad) grad = sums(round, grad, hiddenGrad[place]);
      if (lastGrad && index === 0) grad = sums(round, grad, lastGrad[sequence]);
      const before = steps[places[places.length - 2 - index]];
      gradients[place] = cell(round, steps[place], before, grad, carried);
      grad = rowTimes(round, gradients[place].hiddenPart, transposed);
      carried = gradients[place].carried;
    });
  });
  return gradients;
}
