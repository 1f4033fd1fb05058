/** Graphs that toOnnx writes, for tests. */

import { type LayerDescription, Network } from "../../src/index.ts";
import { decodeModel } from "../../src/onnx/protobuf.ts";
import { readTensor } from "../../src/onnx/tensors.ts";
import { toOnnx } from "../../src/onnx/write.ts";

export const graphOf = (network: Network, opset?: number) => decodeModel("test", toOnnx(network, { opset })).graph!;
export const operatorsOf = (network: Network) => graphOf(network).nodes!.map(({ operator }) => operator);
export const list = (inputs: number | readonly number[], ...layers: LayerDescription[]) =>
  new Network({ inputs, layers });

/** Returns the numbers of a tensor of a network's graph. */
export function numbersOf(network: Network, name: string): number[] {
  const tensor = graphOf(network).initializers!.find((each) => each.name === name)!;
  return [...readTensor(tensor).values];
}
