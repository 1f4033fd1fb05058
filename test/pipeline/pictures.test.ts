import { describe, expect, test } from "vitest";
import { encodeRecords, images, type Picture } from "../../src/data/index.ts";
import { concatenate, conv2d, dense, flatten, globalAveragePool, input, Network, Pipeline } from "../../src/index.ts";

const pictureOf = (width: number, height: number, bytes: number, first: number): Picture => ({
  data: Uint8ClampedArray.from({ length: width * height * bytes }, (_, at) => (first + 7 * at) % 256),
  width,
  height,
});
const pictures = [pictureOf(9, 7, 3, 0), pictureOf(6, 6, 1, 40), pictureOf(3, 8, 4, 90)];
const target = { kind: "classes", name: "class", classes: ["cat", "dog", "eel"] } as const;
const form = { size: [6, 5], channels: 3, scale: 1 / 64 } as const;

const network = new Network({
  inputs: [6, 5, 3],
  layers: [conv2d(4, 3, { activation: "relu" }), flatten(), dense(3, { activation: "softmax" })],
});
const encoding = encodeRecords({ picture: pictures }, { pictures: { picture: form } });
const pipeline = new Pipeline({ network, encoding, target });
const probabilitiesOf = (model: Pipeline, given: readonly Picture[]) =>
  model.predict(given).map(({ probabilities }) => target.classes.map((label) => probabilities![label]));

describe("a pipeline for pictures", () => {
  test("predicts from pictures of any size what the network does from their images, to the bit", () => {
    const wanted = network.predict(images(pictures, form)).map((row) => [...row]);
    expect(probabilitiesOf(pipeline, pictures)).toEqual(wanted);
    expect(pipeline.predict(pictures.map((picture) => ({ picture })))).toEqual(pipeline.predict(pictures));
    expect(pipeline.predict(pictures[1])).toEqual(pipeline.predict(pictures)[1]);
    expect([...pipeline.outputs({ picture: pictures })]).toEqual(wanted.flat());
  });

  test("is kept in a file", () => {
    const read = Pipeline.fromBytes(pipeline.toBytes());
    expect(read.columns).toEqual([{ name: "picture", kind: "picture", ...form }]);
    expect(read.predict(pictures)).toEqual(pipeline.predict(pictures));
  });

  test("takes numbers beside pictures, and then whole records alone", () => {
    const records = pictures.map((picture, row) => ({ picture, age: row * 3 }));
    const encoding = encodeRecords(records, { pictures: { picture: form } });
    const [age, picture] = encoding.inputs.map(({ shape }) => input(shape));
    const joined = concatenate(age, globalAveragePool()(conv2d(2, 3)(picture)));
    const network = new Network({ inputs: [age, picture], outputs: dense(3, { activation: "softmax" })(joined) });
    const model = new Pipeline({ network, encoding, target });
    const wanted = network.predict(encoding.apply(records) as never) as unknown as number[][];
    const said = model.predict(records).map(({ probabilities }) => Object.values(probabilities!));
    expect(said).toEqual(wanted.map((row) => [...row]));
    expect(() => model.predict(pictures[0])).toThrow('predict, row 0: got no "picture", need a picture');
  });

  test.each<[unknown, string]>([
    [{ picture: null }, 'predict, column "picture" at row 0: got null, need a picture'],
    [{ ...pictures[0], height: 2 }, 'predict, column "picture" at row 0: got 189 bytes, need 9 × 2 pixels'],
    ["cat.jpg", 'predict: got "cat.jpg" at row 0, need an object with a value for each column'],
    [{ width: 2, height: 2 }, 'predict, row 0: got no "picture"'],
  ])("refuses %j", (given, message) => {
    expect(() => pipeline.predict(given as Picture)).toThrow(message);
  });

  test("refuses a network of other images", () => {
    const other = new Network({ inputs: [5, 6, 3], layers: [flatten(), dense(3, { activation: "softmax" })] });
    const message = 'pipeline, column "picture": got input([5, 6, 3]), need input([6, 5, 3])';
    expect(() => new Pipeline({ network: other, encoding, target })).toThrow(message);
  });
});
