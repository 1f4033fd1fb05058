/** A program with each entry of the package, for scripts/test-types.mjs to compile. It needs no types of browsers or Node. */

import * as simdnet from "simdnet";
import { type Callback, dense, earlyStopping, type History, type LayerDescription, Network, Trainer } from "simdnet";
import * as data from "simdnet/data";
import type * as onnx from "simdnet/onnx";
import type * as pictures from "simdnet/pictures";

/** Every name of every entry, so that all declarations are read. */
export type Everything = [typeof simdnet, typeof data, typeof pictures, typeof onnx];

const layers = [dense(8, { activation: "relu", name: undefined }), dense(3)];
const network = new Network({ inputs: 4, layers, seed: undefined });
const double = new Network({ inputs: 4, layers, dtype: "float64" });
export const single: Float32Array = network.predict(new Float32Array(4), { validate: undefined });
export const doubles: Float64Array = double.predict(new Float32Array(4));
export const gradients: Float64Array = simdnet.inputGradients(double, new Float32Array(4));
export const row: number[] = network.predict([1, 2, 3, 4]);
export const rows: number[][] = network.predict([[1, 2, 3, 4]]);
export const loaded: Network = Network.fromBytes(network.toBytes());
export const input: Float32Array = network.input(1);
// @ts-expect-error: its type is float32
export const wrong: Float64Array = network.output(1);

const description: LayerDescription | undefined = network.layers[0]?.description;
export const units: number | undefined = description?.kind === "dense" ? description.units : undefined;

const trainer = new Trainer(network, {
  loss: "softmaxCrossEntropy",
  metrics: ["accuracy", simdnet.topKAccuracy({ k: 2 })],
  seed: simdnet.mt19937(1),
  batchSize: undefined,
});
const { iris } = data;
const { train, test } = data.trainTestSplit(iris().inputs, iris().targets, { seed: 1, stratify: undefined });
const measured = trainer.evaluate(test.inputs, test.targets);
export const accuracies: [number, number] = [measured.accuracy, measured.topKAccuracy];
// @ts-expect-error: the metrics do not include the area under the curve
export const area = measured.rocAuc;

const mine: Callback = { onEpoch: (record) => record.metrics.accuracy };
export async function fit(signal: { readonly aborted: boolean } | undefined): Promise<number[]> {
  const callbacks = [earlyStopping({ patience: undefined }), mine];
  const plain: History<"accuracy"> = await trainer.fit(train.inputs, train.targets, { epochs: 1, callbacks, signal });
  // @ts-expect-error: there may be no validation
  plain.validation.loss.length;
  const { validation } = await trainer.fit(train.inputs, train.targets, { epochs: 1, validationSplit: 0.2 });
  return [...validation.loss, ...validation.accuracy];
}

/** If the metrics of a trainer are unknown, any field of a record may be missing. */
export const someone: number | undefined = (trainer as Trainer).evaluate(test.inputs, test.targets).accuracy;
export const generator: simdnet.RandomGenerator = simdnet.pcg32(1);
export const generated: Generator<number> = [1].values() as unknown as Generator<number>;
