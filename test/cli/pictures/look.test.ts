import { expect, test } from "vitest";
import { viewNetwork } from "../../../src/cli/pictures/look.ts";
import { conv2d, dense, dropout, flatten, inputGradients, maxPool2d, Network } from "../../../src/index.ts";

const picture = (width: number, height: number, bytes: number) => ({
  data: Uint8Array.from({ length: width * height * bytes }, (_, index) => (index * 37) % 256),
  width,
  height,
});

test("the image is scaled and given to the network, whose layers' maps are those of its activations", () => {
  const layers = [
    conv2d(4, 3, { padding: "same", activation: "relu" }),
    dropout(0.5),
    maxPool2d(),
    flatten(),
    dense(3),
  ];
  const network = new Network({ inputs: [6, 4, 3], layers, seed: 5 });
  const shape = { height: 6, width: 4, channels: 3 };
  const look = viewNetwork(network, shape, picture(4, 6, 3), 1 / 128);
  expect(look.input).toEqual(Float32Array.from(picture(4, 6, 3).data, (byte) => byte / 128));
  expect(look.layers.map(({ name, shape, maps }) => [name, shape, maps.length])).toEqual([
    ["conv2d1", [6, 4, 4], 4],
    ["maxPool2d1", [3, 2, 4], 4],
  ]);
  network.predict(look.input);
  const { activation } = network.layers[0];
  const [{ maps, limit, silent }] = look.layers;
  maps.forEach(({ width, height, values }, channel) => {
    expect([width, height]).toEqual([4, 6]);
    expect(Array.from(values)).toEqual([...activation].filter((_, index) => index % 4 === channel));
  });
  expect(limit).toBe(Math.max(...activation));
  expect(silent).toBe(maps.filter(({ values }) => Array.from(values).every((value) => value === 0)).length);
});

test("the answer is the greatest outputs, and its map the greatest size of the first one's derivatives", () => {
  const network = new Network({ inputs: [4, 4, 3], layers: [conv2d(2, 3), flatten(), dense(7)], seed: 2 });
  const shape = { height: 4, width: 4, channels: 3 };
  const { answer, input } = viewNetwork(network, shape, picture(9, 8, 4), 1 / 255);
  const outputs = [...network.predict(input)];
  const greatest = outputs.slice().sort((one, other) => other - one);
  expect(answer!.best.map(({ value }) => value)).toEqual(greatest.slice(0, 5));
  const [{ output }] = answer!.best;
  expect(outputs[output]).toBe(greatest[0]);
  const gradients = [...inputGradients(network, input, { output })];
  const expected = Array.from({ length: 16 }, (_, pixel) =>
    Math.max(...gradients.slice(3 * pixel, 3 * pixel + 3).map(Math.abs)),
  );
  expect(Array.from(answer!.gradient.values)).toEqual(expected);
});

test("an image as output is no answer, but the last maps; of many and large maps 64 are taken, as means", () => {
  const network = new Network({ inputs: [200, 100, 1], layers: [conv2d(70, 1), conv2d(1, 1)] });
  const { answer, layers } = viewNetwork(
    network,
    { height: 200, width: 100, channels: 1 },
    picture(10, 20, 1),
    1 / 255,
  );
  expect(answer).toBeUndefined();
  expect(layers.map(({ maps, block }) => [maps.length, block])).toEqual([
    [64, 3],
    [1, 3],
  ]);
  expect(layers[0].maps[0]).toMatchObject({ width: 34, height: 67 });
});
