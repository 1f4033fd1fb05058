/**
 * Attention, backward. The weights are computed again, a block of queries at a time, from what the forward pass keeps of softmax: two
 * numbers a query and head.
 */

import { packedProduct } from "../products/packed";
import { panelDepth, panelStep } from "../products/panel";
import { DownColumns } from "../products/tile";
import { packedProductAlongRows } from "../program/coreImports";
import { firstStep } from "../program/sequences";
import { dropRow, firstKey, secondKey, thresholdsOf } from "../regularization/mask";
import { isAligned, splat } from "../vector/lanes";
import { blockRows, productByKey, scaleOf, scoreRowBytes, visibleKeys } from "./blocks";
import { packRows, packTransposed, panelColumns, panelCount } from "./packing";
import { AttentionBackward } from "./records";
import { powers, scoreGradients, writeRow } from "./weights";

/**
 * The gradients of query, key and value, given that of the output of attentionForward.
 *
 * Range     heads of examples: unit row · heads + head.
 * Writes    queryGrad, keyGrad, valueGrad (overwritten), which may be query, key and value; the working space.
 * Requires  sizes of at least 1; every block but statistics on 16 bytes; 0 <= rate < 1; batch, stream and rate those of the forward pass.
 * Numerics  queryGrad is a sum in the order of the keys, keyGrad and valueGrad are sums in the order of the queries, each product
 *           rounded. Softmax's Σ weight · gradient is in an order that depends on the number of keys alone (scoreGradients). Blocks and
 *           other examples change no bit. A NaN may reach all steps of its head and example.
 * Source    Dao et al. 2022, for weights that are computed again.
 */
export function attentionBackward<T extends number>(args: AttentionBackward, begin: i32, end: i32): void {
  const heads = args.heads;
  const keyUnits = args.keyUnits;
  const isCausal = args.isCausal;
  const rate = args.rate;
  const querySteps = args.querySteps;
  const keySteps = args.keySteps;
  assert(end > begin && heads > 0 && keyUnits > 0, "heads and keyUnits must be positive");
  assert(querySteps > 0 && keySteps > 0, "steps must be positive");
  assert(isAligned(args.query | args.key | args.value | args.outputGrad | args.space), "blocks start on 16 bytes");
  assert(isAligned(args.queryGrad | args.keyGrad | args.valueGrad), "blocks start on 16 bytes");
  assert(rate >= 0 && rate < 1, "rate must be from 0 to below 1");
  const rowBytes = <usize>(heads * keyUnits) * sizeof<T>();
  const one = splat<T>(1);
  const scale = scaleOf<T>(keyUnits);
  const unitPanels = <usize>panelCount<T>(keyUnits);
  const sumRow = unitPanels * panelStep;
  const blockBytes = <usize>blockRows * panelStep;
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

    const transposedBytes = <usize>(panelCount<T>(keys) * keyUnits) * panelStep;
    const keyColumns = args.space;
    const valueColumns = keyColumns + transposedBytes;
    const keyRows = valueColumns + transposedBytes;
    const keyRowBytes = <usize>keys * panelStep;
    const gradSumBytes = <usize>(panelCount<T>(keys) * panelColumns<T>()) * sumRow;
    const keySums = keyRows + unitPanels * keyRowBytes;
    const valueSums = keySums + gradSumBytes;
    const querySums = valueSums + gradSumBytes;
    const queryRows = querySums + <usize>blockRows * sumRow;
    const gradRows = queryRows + unitPanels * blockBytes;
    const weights = gradRows + unitPanels * blockBytes;
    const scoreRow = scoreRowBytes<T>(keys);
    const gradients = weights + <usize>blockRows * scoreRow;
    packTransposed<T>(args.key + keyOffset, rowBytes, keys, keyUnits, scale, keyColumns);
    packTransposed<T>(args.value + keyOffset, rowBytes, keys, keyUnits, one, valueColumns);
    packRows<T>(args.key + keyOffset, rowBytes, keys, keyUnits, scale, keyRows, keyRowBytes);
    memory.fill(keySums, 0, 2 * gradSumBytes);

    for (let first = 0; first < queries; first += blockRows) {
      const rows = min(blockRows, queries - first);
      const queryOffset = <usize>(firstQuery + first) * rowBytes + column;
      const visible = visibleKeys(first + rows - 1, keys, isCausal);
      // Whole panels, as tiles go down whole columns.
      const padded = panelCount<T>(visible) * panelColumns<T>();
      const query = args.query + queryOffset;
      const outputGrad = args.outputGrad + queryOffset;
      productByKey(query, rowBytes, keyColumns, keyUnits, weights, scoreRow, rows, visible);
      productByKey(outputGrad, rowBytes, valueColumns, keyUnits, gradients, scoreRow, rows, visible);
      for (let index = 0; index < rows; index++) {
        const step = first + index;
        const count = visibleKeys(step, keys, isCausal);
        const place = <usize>(2 * ((firstQuery + step) * heads + head)) * sizeof<T>();
        const maximum = load<T>(args.statistics + place);
        const inverse = load<T>(args.statistics + place, sizeof<T>());
        const rowOfWeights = weights + <usize>index * scoreRow;
        const rowOfGradients = gradients + <usize>index * scoreRow;
        const hidden = <usize>count * sizeof<T>();
        const hiddenBytes = <usize>padded * sizeof<T>() - hidden;
        memory.fill(rowOfWeights + hidden, 0, hiddenBytes);
        memory.fill(rowOfGradients + hidden, 0, hiddenBytes);
        powers<T>(rowOfWeights, count, maximum);
        const element = (unit * querySteps + step) * keySteps;
        if (rate > 0) {
          dropRow<T>(rowOfGradients, rowOfGradients, 1, count, key1 + element, key2, thresholds, factor);
        }
        scoreGradients<T>(rowOfWeights, rowOfGradients, count, inverse);
        if (rate > 0) dropRow<T>(rowOfWeights, rowOfWeights, 1, count, key1 + element, key2, thresholds, factor);
        const gradRow = gradRows + <usize>index * panelStep;
        const source = outputGrad + <usize>index * rowBytes;
        packRows<T>(source, 0, 1, keyUnits, v128.splat<T>(inverse), gradRow, blockBytes);
      }
      packRows<T>(query, rowBytes, rows, keyUnits, scale, queryRows, blockBytes);
      addByQuery<T>(weights, scoreRow, gradRows, blockBytes, rows, valueSums, sumRow, padded, keyUnits);
      addByQuery<T>(gradients, scoreRow, queryRows, blockBytes, rows, keySums, sumRow, padded, keyUnits);
      packedProductAlongRows(
        gradients,
        scoreRow,
        keyRows,
        keyRowBytes,
        visible,
        querySums,
        sumRow,
        rows,
        keyUnits,
        false,
        panelDepth,
      );
      writeRows<T>(querySums, sumRow, args.queryGrad + queryOffset, rowBytes, rows, keyUnits);
    }
    writeRows<T>(keySums, sumRow, args.keyGrad + keyOffset, rowBytes, keys, keyUnits);
    writeRows<T>(valueSums, sumRow, args.valueGrad + keyOffset, rowBytes, keys, keyUnits);
  }
}

/** sums += rowsᵀ · B, where B has a row for each query of the block: a row of sums is a key's. */
function addByQuery<T extends number>(
  rowsOfKeys: usize,
  rowBytes: usize,
  panels: usize,
  panelBytes: usize,
  queries: i32,
  sums: usize,
  sumRow: usize,
  keys: i32,
  keyUnits: i32,
): void {
  packedProduct<T, DownColumns>(
    rowsOfKeys,
    sizeof<T>(),
    rowBytes,
    panels,
    panelBytes,
    queries,
    sums,
    sumRow,
    keys,
    keyUnits,
    true,
    panelDepth,
  );
}

function writeRows<T extends number>(
  sums: usize,
  sumRow: usize,
  output: usize,
  rowBytes: usize,
  rows: i32,
  keyUnits: i32,
): void {
  for (; rows > 0; rows--) {
    writeRow<T>(sums, splat<T>(1), output, keyUnits);
    sums += sumRow;
    output += rowBytes;
  }
}
