/** The records of the ways through the steps of recurrent layers, and back. */

/** The gates of each kind of layer: so many columns has each unit. */
export const lstmGates: i32 = 4;
export const gruGates: i32 = 3;
export const simpleRnnGates: i32 = 1;

@unmanaged
export class RecurrentForward {
  /** [steps of all sequences, gates · units]: x · weight + bias; overwritten with what the gates are. */
  gates: usize;
  /** [units, gates · units] */
  recurrentWeight: usize;
  /** [steps of all sequences, units], or 0: the hidden state at each step. */
  hidden: usize;
  /** [rows, units], or 0: the hidden state after the last step. */
  last: usize;
  /** [rows, units, then the same of the cell's state], or 0 for zeros: the state before the first step; overwritten with that after the last. */
  state: usize;
  /** The sequences (program/sequences.ts). */
  offsets: usize;
  /** Working space, as recurrentSpace of src/topology/layers/recurrent.ts says. */
  space: usize;
  steps: i32;
  units: i32;
  isReverse: i32;
}

@final
@unmanaged
export class LstmForward extends RecurrentForward {
  /** [steps of all sequences, units], or 0: c at each step, for the way back. */
  cell: usize;
  /** [steps of all sequences, units], or 0 if `cell` is: tanh(c). */
  cellTanh: usize;
}

@final
@unmanaged
export class GruForward extends RecurrentForward {
  /** [units], or 0 for none. */
  candidateBias: usize;
  /** [steps of all sequences, 3 · units], or 0: the hidden state's part of the gates, with candidateBias, for the way back. */
  hiddenPart: usize;
}

@unmanaged
export class RecurrentBackward {
  /** [steps of all sequences, gates · units]: what the gates are; overwritten with ∂loss/∂(x · weight + bias). */
  gates: usize;
  /** [units, gates · units] */
  recurrentWeight: usize;
  /** [steps of all sequences, units], or 0: ∂loss/∂(the hidden state at each step), as far as it is an output. */
  hiddenGrad: usize;
  /** [rows, units], or 0: ∂loss/∂(the hidden state after the last step), likewise. */
  lastGrad: usize;
  /** The sequences (program/sequences.ts). */
  offsets: usize;
  /** Working space, as recurrentSpace of src/topology/layers/recurrent.ts says. */
  space: usize;
  steps: i32;
  units: i32;
  isReverse: i32;
}

@final
@unmanaged
export class LstmBackward extends RecurrentBackward {
  /** [steps of all sequences, units] */
  cell: usize;
  /** [steps of all sequences, units] */
  cellTanh: usize;
}

@final
@unmanaged
export class GruBackward extends RecurrentBackward {
  /** [steps of all sequences, units] */
  hidden: usize;
  /** [steps of all sequences, 3 · units]; overwritten with its gradient. */
  hiddenPart: usize;
}
