/**
 * Attention, forward: what each query takes of the values, by how much it suits their keys. A head of an example is two products with
 * softmax between them.
 */

import { panelStep } from "../products/panel";
import { packedProductAlongRows } from "../program/coreImports";
import { firstStep } from "../program/sequences";
import { dropRow, firstKey, secondKey, thresholdsOf } from "../regularization/mask";
import { isAligned, splat } from "../vector/lanes";
import { rowMaximum } from "../vector/row";
import { blockRows, productByKey, scaleOf, scoreRowBytes, visibleKeys } from "./blocks";
import { packRows, packTransposed, panelCount } from "./packing";
import { Attention } from "./records";
import { powers, writeRow } from "./weights";

/**
 * output = dropout(softmax(query · keyᵀ / √keyUnits)) · value, for each head of each example by itself. Head j has the columns
 * j · keyUnits … of each matrix.
 *
 * Range     heads of examples: unit row · heads + head.
 * Writes    output, and statistics if there are any (overwritten); the working space. None may alias an input.
 * Requires  sizes of at least 1; query, key, value, output and space on 16 bytes; 0 <= rate < 1.
 * Numerics  a score is a sum in the order of a head's columns, of query · (key / √keyUnits), each product rounded. The greatest is
 *           subtracted, so nothing overflows. Weights below e⁻⁶⁴ of the greatest are 0; in f64 below e⁻⁶⁰⁰. The sum of the exponentials
 *           is in an order that depends on the number of keys alone (powers), the output a sum in the order of the keys and in blocks,
 *           divided at the end. Blocks of queries and other examples change no bit; with isCausal later steps do not either. A query whose scores have a NaN or
 *           +infinity becomes NaN. A weight is dropped where hash(((row · heads + head) · querySteps + step) · keySteps + key) <
 *           rate · 2³², else divided by 1 - rate (dropout.ts).
 * Source    Vaswani et al. 2017; the blocks of queries are from Rabe & Staats 2021.
 */
export function attentionForward<T extends number>(args: Attention, begin: i32, end: i32): void {
  const heads = args.heads;
  const keyUnits = args.keyUnits;
  const isCausal = args.isCausal;
  const rate = args.rate;
  const querySteps = args.querySteps;
  const keySteps = args.keySteps;
  const statistics = args.statistics;
  assert(end > begin && heads > 0 && keyUnits > 0, "heads and keyUnits must be positive");
  assert(querySteps > 0 && keySteps > 0, "steps must be positive");
  assert(isAligned(args.query | args.key | args.value | args.output | args.space), "blocks start on 16 bytes");
  assert(rate >= 0 && rate < 1, "rate must be from 0 to below 1");
  const rowBytes = <usize>(heads * keyUnits) * sizeof<T>();
  const one = splat<T>(1);
  const scale = scaleOf<T>(keyUnits);
  const sumRow = <usize>panelCount<T>(keyUnits) * panelStep;
  const factor = splat<T>(1 / (1 - rate));
  const thresholds = thresholdsOf(rate);
  let key1: i32 = 0;
  let key2 = one;
  if (rate > 0) {
    key1 = firstKey(args.batch.seed, args.batch.step, args.stream);
    key2 = secondKey(args.batch.seed, args.batch.step, args.stream);
  }
  for (let unit = begin; unit < end; unit++) {
    const row = unit / heads;
    const head = unit % heads;
    const column = <usize>(head * keyUnits) * sizeof<T>();
    const firstQuery = firstStep(args.queryOffsets, querySteps, row);
    const queries = firstStep(args.queryOffsets, querySteps, row + 1) - firstQuery;
    const firstOfKeys = firstStep(args.keyOffsets, keySteps, row);
    const keys = firstStep(args.keyOffsets, keySteps, row + 1) - firstOfKeys;
    const keyOffset = <usize>firstOfKeys * rowBytes + column;

    const keyPanels = args.space;
    const valuePanels = keyPanels + <usize>(panelCount<T>(keys) * keyUnits) * panelStep;
    const valueBytes = <usize>keys * panelStep;
    const sums = valuePanels + <usize>panelCount<T>(keyUnits) * valueBytes;
    const scores = sums + <usize>blockRows * sumRow;
    const scoreRow = scoreRowBytes<T>(keys);
    const inverses = scores + <usize>blockRows * scoreRow;
    packTransposed<T>(args.key + keyOffset, rowBytes, keys, keyUnits, scale, keyPanels);
    packRows<T>(args.value + keyOffset, rowBytes, keys, keyUnits, one, valuePanels, valueBytes);

    for (let first = 0; first < queries; first += blockRows) {
      const rows = min(blockRows, queries - first);
      const queryOffset = <usize>(firstQuery + first) * rowBytes + column;
      const visible = visibleKeys(first + rows - 1, keys, isCausal);
      productByKey(args.query + queryOffset, rowBytes, keyPanels, keyUnits, scores, scoreRow, rows, visible);
      for (let index = 0; index < rows; index++) {
        const step = first + index;
        const count = visibleKeys(step, keys, isCausal);
        const weights = scores + <usize>index * scoreRow;
        const maximum = rowMaximum<T>(weights, count);
        const inverse = <T>(<T>1 / powers<T>(weights, count, maximum));
        store<T>(inverses + <usize>index * sizeof<T>(), inverse);
        if (statistics) {
          const place = <usize>(2 * ((firstQuery + step) * heads + head)) * sizeof<T>();
          store<T>(statistics + place, maximum);
          store<T>(statistics + place, inverse, sizeof<T>());
        }
        if (rate > 0) {
          const element = (unit * querySteps + step) * keySteps;
          dropRow<T>(weights, weights, 1, count, key1 + element, key2, thresholds, factor);
        }
      }
      // In blocks of blockRows keys: first the keys that all queries see, then for each query those that it alone and later ones see.
      // Keys that a query does not see touch none of its bits.
      const common = isCausal ? min(first, keys) : keys;
      packedProductAlongRows(
        scores,
        scoreRow,
        valuePanels,
        valueBytes,
        common,
        sums,
        sumRow,
        rows,
        keyUnits,
        false,
        blockRows,
      );
      for (let index = 0; index < rows; index++) {
        const sum = sums + <usize>index * sumRow;
        const more = visibleKeys(first + index, keys, isCausal) - common;
        if (more) {
          const weights = scores + <usize>index * scoreRow + <usize>common * sizeof<T>();
          const panels = valuePanels + <usize>common * panelStep;
          packedProductAlongRows(weights, 0, panels, valueBytes, more, sum, 0, 1, keyUnits, common > 0, blockRows);
        }
        const inverse = v128.load_splat<T>(inverses + <usize>index * sizeof<T>());
        writeRow<T>(sum, inverse, args.output + queryOffset + <usize>index * rowBytes, keyUnits);
      }
    }
  }
}
