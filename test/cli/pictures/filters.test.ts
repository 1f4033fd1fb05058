import { expect, test } from "vitest";
import { filtersOf } from "../../../src/cli/pictures/filters.ts";
import { conv1d, conv2d, convTranspose2d, dense, depthwiseConv2d, flatten, Network } from "../../../src/index.ts";

test("the kernels of each filter are those of the weight [height, width, channels, filters]", () => {
  const network = new Network({
    inputs: [5, 5, 2],
    layers: [conv2d(3, [2, 1], { name: "edges" }), flatten(), dense(2)],
  });
  const [weight] = network.parameters;
  weight.values.set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -12]);
  const layers = filtersOf(network);
  expect(layers).toHaveLength(1);
  expect(layers[0]).toMatchObject({ name: "edges", filterCount: 3, kernelCount: 2, isColoured: false, limit: 12 });
  expect(layers[0].filters.map((kernels) => kernels.map(({ values }) => values))).toEqual([
    [
      [0, 6],
      [3, 9],
    ],
    [
      [1, 7],
      [4, 10],
    ],
    [
      [2, 8],
      [5, -12],
    ],
  ]);
  expect(layers[0].filters[0][0]).toMatchObject({ width: 1, height: 2 });
});

test("three channels of the image are colours, three of a layer are not; 64 filters and kernels are taken at most", () => {
  const layers = [conv2d(3, 1), conv2d(70, 1), conv2d(2, 1), conv2d(4, 1, { groups: 2 })];
  const found = filtersOf(new Network({ inputs: [4, 4, 3], layers }));
  expect(found.map(({ isColoured }) => isColoured)).toEqual([true, false, false, false]);
  expect(found.map(({ filters }) => [filters.length, filters[0].length])).toEqual([
    [3, 3],
    [64, 3],
    [2, 64],
    [4, 1],
  ]);
  expect(found.map(({ filterCount, kernelCount }) => [filterCount, kernelCount])[2]).toEqual([2, 70]);
});

test("layers whose weights are no images have none", () => {
  expect(filtersOf(new Network({ inputs: [4, 3], layers: [conv1d(2, 3), flatten(), dense(1)] }))).toEqual([]);
});

test("a depthwise convolution has filters of one kernel, a transposed one a kernel for each of its channels", () => {
  const layers = [depthwiseConv2d(1, { multiplier: 2 }), convTranspose2d(3, 1)];
  const network = new Network({ inputs: [2, 2, 2], layers });
  network.parameters[0].values.set([1, 2, 3, 4]); // [1, 1, 2, 2]
  network.parameters[2].values.set(Array.from({ length: 12 }, (_, index) => index)); // [1, 1, 3, 4]
  const found = filtersOf(network).map(({ filters }) =>
    filters.map((kernels) => kernels.map(({ values }) => values[0])),
  );
  expect(found).toEqual([
    [[1], [2], [3], [4]],
    [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9, 10, 11],
    ],
  ]);
});
