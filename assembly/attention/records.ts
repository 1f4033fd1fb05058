/** The records of attention's operations. Their addresses and sizes are those of src/topology/layers/attention.ts. */
import { Batch } from "../program/batch";

/** The fields of both passes. */
@unmanaged
class AttentionPass {
  /** Read only if rate > 0. */
  batch: Batch;
  /** [steps of all queries, heads · keyUnits] */
  query: usize;
  /** [steps of all keys, heads · keyUnits] */
  key: usize;
  /** [steps of all keys, heads · keyUnits] */
  value: usize;
  /** [steps of all queries, heads, 2]: the greatest score of each query, and 1 / Σ exp(score - greatest); forward 0 for nowhere. */
  statistics: usize;
  /** Working space of `attentionBytes`, backward of `attentionBackwardBytes`. */
  space: usize;
  /** The first step of each example's queries (program/sequences.ts), or 0. */
  queryOffsets: usize;
  /** The first step of each example's keys, or 0. */
  keyOffsets: usize;
  /** Steps of an example's queries, at most. */
  querySteps: i32;
  /** Steps of an example's keys, at most. */
  keySteps: i32;
  heads: i32;
  /** Columns of a head. */
  keyUnits: i32;
  /** 1 if a query sees the keys up to its own step, 0 if it sees all of its example. */
  isCausal: i32;
  /** Differs between the uses of layers in a network. */
  stream: i32;
  /** The share of the weights that is dropped, from 0 to below 1. */
  rate: f64;
}

@final
@unmanaged
export class Attention extends AttentionPass {
  /** [steps of all queries, heads · keyUnits]; overwritten. */
  output: usize;
}

@final
@unmanaged
export class AttentionBackward extends AttentionPass {
  /** [steps of all queries, heads · keyUnits] */
  outputGrad: usize;
  /** [steps of all queries, heads · keyUnits]; may be query. */
  queryGrad: usize;
  /** [steps of all keys, heads · keyUnits]; may be key. */
  keyGrad: usize;
  /** [steps of all keys, heads · keyUnits]; may be value. */
  valueGrad: usize;
}
