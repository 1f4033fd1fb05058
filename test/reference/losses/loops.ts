/** What the slow twin of a loss with a term for each output gives: that term, and its derivative by the output. */

export interface ElementLoss {
  value(output: number, target: number, parameter: number): number;
  derivative(output: number, target: number, parameter: number): number;
}
