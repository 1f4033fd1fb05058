import { describe, expect, it } from "vitest";
import {
  dense,
  flatten,
  input,
  type LossName,
  Network,
  type Rows,
  reshape,
  type Targets,
  Trainer,
} from "../../src/index.ts";
import { classification, expectRefusal, gradientBits, parameterBits, regression, smallTrainer } from "./problem.ts";

const { inputs, targets } = regression(6);
const labelled = classification(6);
const oneHot = labelled.targets.map((chosen) => [0, 1, 2].map((column) => Number(column === chosen)));
const single = inputs.map(([a, b]) => a * b);

/** Bits of all gradients, and the loss, that examples give. */
function gradientsOf(loss: LossName, outputs: number, given: Rows, wanted: Targets): string {
  const trainer = smallTrainer({ loss }, outputs, "float32");
  const value = trainer.gradients(given, wanted);
  return `${value} ${gradientBits(trainer.network)}`;
}

describe("the same examples give the same bits in every form:", () => {
  const flatInputs = Float64Array.from(inputs.flat());
  const inputForms: [string, Rows][] = [
    ["a Float32Array", Float32Array.from(flatInputs)],
    ["a Float64Array", flatInputs],
    ["a view into a larger array", new Float64Array([0, ...flatInputs, 0]).subarray(1, 19)],
    ["rows that are Float64Arrays", inputs.map((row) => Float64Array.from(row))],
  ];
  it.each(inputForms)("inputs as %s", (_, form) => {
    const expected = gradientsOf("meanSquaredError", 2, inputs, targets);
    expect(gradientsOf("meanSquaredError", 2, form, targets)).toBe(expected);
  });

  const targetForms: [string, Targets][] = [
    ["a Float32Array", Float32Array.from(targets.flat())],
    ["a Float64Array", Float64Array.from(targets.flat())],
    ["rows that are Float32Arrays", targets.map((row) => Float32Array.from(row))],
  ];
  it.each(targetForms)("two targets an example as %s", (_, form) => {
    const expected = gradientsOf("meanSquaredError", 2, inputs, targets);
    expect(gradientsOf("meanSquaredError", 2, inputs, form)).toBe(expected);
  });

  const singleForms: [string, Targets][] = [
    ["a list", single],
    ["a Float64Array", Float64Array.from(single)],
  ];
  it.each(singleForms)("targets of a single output as %s", (_, form) => {
    const rows = single.map((value) => [value]);
    const expected = gradientsOf("meanSquaredError", 1, inputs, rows);
    expect(gradientsOf("meanSquaredError", 1, inputs, form)).toBe(expected);
  });

  const classForms: [string, Targets][] = [
    ["a Uint8Array", Uint8Array.from(labelled.targets)],
    ["an Int32Array", Int32Array.from(labelled.targets)],
    ["a Float32Array", Float32Array.from(labelled.targets)],
    ["rows of one", labelled.targets.map((value) => [value])],
  ];
  it.each(classForms)("class numbers as %s", (_, form) => {
    for (const loss of ["softmaxCrossEntropy", "sparseSoftmaxCrossEntropy"] as const) {
      const expected = gradientsOf("softmaxCrossEntropy", 3, inputs, labelled.targets);
      expect(gradientsOf(loss, 3, inputs, form)).toBe(expected);
    }
  });

  it("one-hot rows as a Uint8Array", () => {
    const flat = Uint8Array.from(oneHot.flat());
    const expected = gradientsOf("softmaxCrossEntropy", 3, inputs, oneHot);
    expect(gradientsOf("softmaxCrossEntropy", 3, inputs, flat)).toBe(expected);
  });
});

describe("examples are copied when a training begins", () => {
  it("so that changing them during it changes nothing", () => {
    const [given, wanted] = [structuredClone(inputs), structuredClone(targets)];
    const [trainer, twin] = [smallTrainer({ batchSize: 2 }), smallTrainer({ batchSize: 2 })];
    const records = trainer.epochs(given, wanted, { epochs: 3 });
    for (const row of [...given, ...wanted]) row.fill(Number.NaN);
    const expected = [...twin.epochs(inputs, targets, { epochs: 3 })].map(({ loss }) => loss);
    expect([...records].map(({ loss }) => loss)).toEqual(expected);
    expect(parameterBits(trainer.network)).toBe(parameterBits(twin.network));
  });
});

/** A copy of `rows` with one number replaced. */
function replaced(rows: number[][], row: number, column: number, value: unknown): number[][] {
  const copy = structuredClone(rows);
  copy[row][column] = value as number;
  return copy;
}

/** Every method that takes examples refuses them with the same words behind its name. */
async function expectRefused(given: unknown, wanted: unknown, error: (who: string) => Error, loss?: LossName) {
  const [x, y] = [given as Rows, wanted as Targets];
  const calls: [string, (trainer: Trainer) => unknown][] = [
    ["step", (trainer) => trainer.step(x, y)],
    ["gradients", (trainer) => trainer.gradients(x, y)],
    ["evaluate", (trainer) => trainer.evaluate(x, y)],
    ["epochs", (trainer) => trainer.epochs(x, y, { epochs: 1 })],
    ["fit", (trainer) => trainer.fit(x, y, { epochs: 1 })],
    ["fit: validation", (trainer) => trainer.fit(good.inputs, good.targets, { epochs: 1, validation: [x, y] })],
  ];
  const good = loss === undefined ? { inputs, targets } : { inputs, targets: oneHot };
  for (const [who, act] of calls) await expectRefusal(act, error(who), loss && { loss }, good);
}

describe("inputs are refused, and nothing has changed,", () => {
  const range = (text: string) => (who: string) => new RangeError(`${who}: inputs: ${text}`);
  const type = (text: string) => (who: string) => new TypeError(`${who}: inputs: ${text}`);
  const refused: [string, unknown, (who: string) => Error][] = [
    [
      "with NaN",
      replaced(inputs, 4, 1, Number.NaN),
      range("got NaN at row 4, column 1, need a finite number"), //
    ],
    [
      "with Infinity",
      replaced(inputs, 5, 2, Number.POSITIVE_INFINITY),
      range("got Infinity at row 5, column 2, need a finite number"),
    ],
    [
      "with -Infinity",
      replaced(inputs, 0, 0, Number.NEGATIVE_INFINITY),
      range("got -Infinity at row 0, column 0, need a finite number"),
    ],
    [
      "with what is infinite in float32",
      replaced(inputs, 3, 0, 1e39),
      range("got 1e+39 at row 3, column 0, need a number in the range of float32"),
    ],
    [
      "with NaN in a flat array",
      Float64Array.from(replaced(inputs, 4, 1, Number.NaN).flat()),
      range("got NaN at row 4, column 1, need a finite number"),
    ],
    ["with a string", replaced(inputs, 1, 2, "1"), type('got "1" at row 1, column 2, need a number')],
    ["with null", replaced(inputs, 1, 2, null), type("got null at row 1, column 2, need a number")],
    ["with undefined", replaced(inputs, 1, 2, undefined), type("got undefined at row 1, column 2, need a number")],
    ["with a bigint", replaced(inputs, 1, 2, 1n), type("got 1n at row 1, column 2, need a number")],
    ["with a ragged row", inputs.with(3, [1, 2]), range("got 2 numbers in row 3, need 3")],
    ["with too wide rows", inputs.map((row) => [...row, 1]), range("got 4 numbers in row 0, need 3")],
    ["with an empty row", inputs.with(2, []), range("got 0 numbers in row 2, need 3")],
    ["with null for a row", inputs.with(2, null as never), type("got null for row 2, need 3 numbers")],
    ["with a string for a row", inputs.with(2, "abc" as never), type('got "abc" for row 2, need 3 numbers')],
    ["as one example without its row", inputs[0], type(`got ${inputs[0][0]} for row 0, need 3 numbers`)],
    ["without rows", [], range("got no rows, need at least one of 3 numbers")],
    ["without numbers", new Float32Array(0), range("got no numbers, need at least one row of 3")],
    ["of no whole rows", new Float32Array(17), range("got 17 numbers, need whole rows of 3")],
    ["as null", null, type("got null, need rows of 3 numbers")],
    ["as undefined", undefined, type("got undefined, need rows of 3 numbers")],
    ["as a string", "123", type('got "123", need rows of 3 numbers')],
    ["as an object", { 0: [1, 2, 3], length: 1 }, type("got an object, need rows of 3 numbers")],
    ["as bigints", new BigInt64Array(18), type("got a BigInt64Array, need rows of 3 numbers")],
  ];
  it.each(refused)("%s", async (_, given, error) => expectRefused(given, targets, error));
});

describe("targets are refused, and nothing has changed,", () => {
  const range = (text: string) => (who: string) => new RangeError(`${who}: targets: ${text}`);
  const type = (text: string) => (who: string) => new TypeError(`${who}: targets: ${text}`);
  const count = (got: number) => (who: string) =>
    new RangeError(`${who}: got 6 rows of inputs and ${got} of targets, need the same number of both`);
  const refused: [string, unknown, (who: string) => Error][] = [
    ["with NaN", replaced(targets, 4, 1, Number.NaN), range("got NaN at row 4, column 1, need a finite number")],
    [
      "with what is infinite in float32",
      replaced(targets, 4, 1, -1e39),
      range("got -1e+39 at row 4, column 1, need a number in the range of float32"),
    ],
    ["with a string", replaced(targets, 1, 0, "1"), type('got "1" at row 1, column 0, need a number')],
    ["with a ragged row", targets.with(3, [1]), range("got 1 number in row 3, need 2")],
    ["one row short", targets.slice(1), count(5)],
    ["one row too many", [...targets, [0, 0]], count(7)],
    ["as too narrow rows", targets.map(([value]) => [value]), range("got 1 number an example, need rows of 2")],
    ["as a list", single, range("got 1 number an example, need rows of 2")],
    ["as a flat array of another length", new Float32Array(9), range("got 9 numbers for 6 examples, need rows of 2")],
    ["without rows", [], range("got an array of 0, need rows of 2")],
    ["with null for the first row", targets.with(0, null as never), range("got null for row 0, need rows of 2")],
    ["with null for another row", targets.with(2, null as never), type("got null for row 2, need 2 numbers")],
    ["as strings", inputs.map(() => "ab"), range('got "ab" for row 0, need rows of 2')],
    ["as null", null, range("got null, need rows of 2")],
    ["as undefined", undefined, range("got undefined, need rows of 2")],
    ["as a function", () => targets, range("got a function, need rows of 2")],
    ["as bigints", new BigInt64Array(12), range("got a BigInt64Array, need rows of 2")],
  ];
  it.each(refused)("%s", async (_, wanted, error) => expectRefused(inputs, wanted, error));

  const classNumber = "need a class number from 0 to 2";
  const classes: [string, unknown, (who: string) => Error][] = [
    ["with class 3 of 3", labelled.targets.with(4, 3), range(`got 3 at row 4, ${classNumber}`)],
    ["with class 255", Uint8Array.from(labelled.targets).with(1, 255), range(`got 255 at row 1, ${classNumber}`)],
    ["with a negative class", labelled.targets.with(4, -1), range(`got -1 at row 4, ${classNumber}`)],
    ["with a fractional class", labelled.targets.with(4, 0.5), range(`got 0.5 at row 4, ${classNumber}`)],
    [
      "with a class of NaN",
      labelled.targets.with(4, Number.NaN),
      range("got NaN at row 4, column 0, need a finite number"),
    ],
    [
      "with a class of null",
      labelled.targets.with(4, null as never),
      type("got null at row 4, column 0, need a number"),
    ],
    ["one class short", labelled.targets.slice(1), count(5)],
    [
      "as rows of 2 for 3 outputs",
      targets,
      range("got 2 numbers an example, need rows of 3 or class numbers, one an example"),
    ],
    [
      "with a probability above 1",
      replaced(oneHot, 2, 1, 1.5),
      range("got 1.5 at row 2, column 1, need a number from 0 to 1"),
    ],
    [
      "with a negative probability",
      replaced(oneHot, 2, 1, -0.5),
      range("got -0.5 at row 2, column 1, need a number from 0 to 1"),
    ],
  ];
  it.each(classes)("%s", async (_, wanted, error) => expectRefused(inputs, wanted, error, "softmaxCrossEntropy"));

  it.each(["binaryCrossEntropy", "binaryCrossEntropyWithLogits", "categoricalCrossEntropy"] as const)(
    "outside [0, 1] under %s",
    async (loss) => {
      const error = range("got 2 at row 5, column 0, need a number from 0 to 1");
      await expectRefused(inputs, replaced(oneHot, 5, 0, 2), error, loss);
    },
  );

  it.each(["softmaxCrossEntropy", "categoricalCrossEntropy"] as const)(
    "as rows of probabilities that do not sum to 1 under %s",
    async (loss) => {
      const rows = [...oneHot.slice(0, 5), [1, 1, 0], ...oneHot.slice(6)];
      await expectRefused(
        inputs,
        rows,
        range("got probabilities that sum to 2 at row 5, need a row that sums to 1"),
        loss,
      );
      const zeros = [[0, 0, 0], ...oneHot.slice(1)];
      await expectRefused(
        inputs,
        zeros,
        range("got probabilities that sum to 0 at row 0, need a row that sums to 1"),
        loss,
      );
    },
  );

  it("but rounded probabilities are taken, and rows of losses of single outputs", () => {
    for (const row of [[0.33, 0.33, 0.33], [0.335, 0.335, 0.335], Array(3).fill(Math.fround(1 / 3))]) {
      const rows = inputs.map(() => row);
      expect(smallTrainer({ loss: "softmaxCrossEntropy" }, 3).step(inputs, rows)).toBeGreaterThan(0);
    }
    const many = new Trainer(new Network({ inputs: 3, layers: [dense(12)] }), { loss: "softmaxCrossEntropy" });
    expect(many.step([[1, 2, 3]], [Array(12).fill(0.08)])).toBeGreaterThan(0);
    expect(() => many.step([[1, 2, 3]], [Array(12).fill(0.07)])).toThrow("probabilities that sum to 0.84 at row 0");
    const wide = new Trainer(new Network({ inputs: 3, layers: [dense(500)] }), { loss: "softmaxCrossEntropy" });
    expect(() => wide.step([[1, 2, 3]], [Array(500).fill(0)])).toThrow("probabilities that sum to 0 at row 0");
    const both = inputs.map(() => [1, 1, 0]);
    expect(smallTrainer({ loss: "binaryCrossEntropy" }, 3).step(inputs, both)).toBeGreaterThan(0);
    const missing = smallTrainer({ loss: "softmaxCrossEntropy", missingTargets: true }, 3);
    expect(missing.step(inputs, oneHot.with(1, [Number.NaN, Number.NaN, Number.NaN]))).toBeGreaterThan(0);
  });

  it("at a position, by its number", () => {
    const network = new Network({ inputs: [2, 3], layers: [dense(2)] });
    const trainer = new Trainer(network, { loss: "softmaxCrossEntropy" });
    const image = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const right = [
      [1, 0],
      [0.5, 0.5],
    ];
    const wrong = [
      [1, 0],
      [0.5, 1],
    ];
    expect(() => trainer.step([image, image], [right, wrong])).toThrow(
      "step: targets: got probabilities that sum to 1.5 at row 1, position 1, need a row that sums to 1",
    );
  });

  it("as class numbers under categoricalCrossEntropy, which has no form for them", async () => {
    const error = range("got 1 number an example, need rows of 3");
    await expectRefused(inputs, labelled.targets, error, "categoricalCrossEntropy");
  });

  it("as one-hot rows under sparseSoftmaxCrossEntropy, which takes only class numbers", () => {
    const trainer = smallTrainer({ loss: "sparseSoftmaxCrossEntropy" }, 3);
    expect(() => trainer.step(inputs, oneHot)).toThrow(
      new RangeError("step: targets: got 3 numbers an example, need class numbers, one an example"),
    );
  });
});

describe("validate: false", () => {
  it("lets NaN and infinity through to the loss", () => {
    const trainer = smallTrainer({ validate: false });
    expect(trainer.gradients(replaced(inputs, 0, 0, Number.NaN), targets)).toBeNaN();
    expect(trainer.evaluate(inputs, replaced(targets, 0, 0, Number.NEGATIVE_INFINITY)).loss).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it("still refuses class numbers outside the outputs and probabilities outside [0, 1]", () => {
    const trainer = smallTrainer({ validate: false, loss: "softmaxCrossEntropy" }, 3);
    expect(() => trainer.step(inputs, labelled.targets.with(4, 3))).toThrow("got 3 at row 4");
    expect(() => trainer.step(inputs, labelled.targets.with(4, Number.NaN))).toThrow("got NaN at row 4");
    expect(() => trainer.step(inputs, replaced(oneHot, 2, 1, 1.5))).toThrow("got 1.5 at row 2, column 1");
  });
});

describe("examples and targets of several sides", () => {
  const image = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const images = [image, image.map((row) => row.map((value) => -value))];
  const rows = images.map((each) => each.flat());
  const classes = [
    [0, 2],
    [1, 1],
  ];
  const oneHots = classes.map((row) => row.map((chosen) => [0, 1, 2].map((column) => Number(column === chosen))));
  /** From [2, 3] to three classes at each of two positions. */
  const perPosition = () =>
    new Trainer(new Network({ inputs: [2, 3], layers: [dense(3)], seed: 1 }), { loss: "softmaxCrossEntropy" });
  const resultOf = (given: Rows, wanted: Targets) => {
    const trainer = perPosition();
    return `${trainer.gradients(given, wanted)} ${gradientBits(trainer.network)}`;
  };

  const inputForms: [string, Rows][] = [
    ["nested arrays", images],
    ["flat rows", rows],
    ["flat rows that are typed", rows.map((row) => Int8Array.from(row))],
    ["nested arrays of typed ones", images.map((each) => each.map((row) => Float64Array.from(row)))],
    ["a typed array", Float32Array.from(rows.flat())],
  ];
  const targetForms: [string, Targets][] = [
    ["class numbers a position", classes],
    ["class numbers in typed rows", classes.map((row) => Uint8Array.from(row))],
    ["class numbers in a typed array", Uint8Array.from(classes.flat())],
    ["one-hot rows a position", oneHots],
    ["one-hot rows, flat", oneHots.map((each) => each.flat())],
    ["one-hot rows in a typed array", Float64Array.from(oneHots.flat(2))],
  ];
  const pairs = inputForms.flatMap((one) =>
    targetForms.map((other): [...typeof one, ...typeof other] => [...one, ...other]),
  );
  it.each(pairs)("give the same bits: %s, %s as %s", (_, given, __, wanted) => {
    expect(resultOf(given, wanted)).toBe(resultOf(images, classes));
  });

  it("are taken by every method, and by a stream", async () => {
    const trainer = perPosition();
    const { loss } = trainer.evaluate(images, classes);
    expect(trainer.evaluate(Float32Array.from(rows.flat()), Uint8Array.from(classes.flat())).loss).toBe(loss);
    expect(trainer.step(images, oneHots)).toBe(loss);
    await trainer.fit(images, classes, { epochs: 1, validation: [images, classes], exampleWeights: [1, 2] });
    await trainer.fitBatches([{ inputs: images, targets: oneHots }]);
    for (const { epoch } of trainer.epochs(images, oneHots, { epochs: 1 })) expect(epoch).toBe(1);
    expect(trainer.evaluate(images, classes).loss).toBeLessThan(loss);
  });

  it("classes of three sides are nested as the first two, or flat", () => {
    const network = new Network({ inputs: [2, 2, 3], layers: [dense(4)], dtype: "float64" });
    const trainer = new Trainer(network, { loss: "softmaxCrossEntropy" });
    const cubes = [images, images];
    const numbers = [
      [
        [0, 3],
        [1, 2],
      ],
      [
        [1, 1],
        [2, 0],
      ],
    ];
    const loss = trainer.gradients(cubes, numbers);
    expect(
      trainer.gradients(
        cubes,
        numbers.map((each) => each.flat()),
      ),
    ).toBe(loss);
    expect(trainer.gradients(cubes, Uint8Array.from(numbers.flat(2)))).toBe(loss);
    expect(() =>
      trainer.gradients(cubes, [
        [
          [0, 3],
          [1, 2],
        ],
        [
          [1, 4],
          [2, 0],
        ],
      ]),
    ).toThrow("gradients: targets: got 4 at row 1, position [0, 1], need a class number from 0 to 3");
  });

  it("a value a position may be a flat row or rows of one", () => {
    const network = new Network({ inputs: [2, 3], layers: [dense(1)], dtype: "float64" });
    const trainer = new Trainer(network, { loss: "meanSquaredError" });
    const values = [
      [1, 2],
      [3, 4],
    ];
    const loss = trainer.gradients(images, values);
    expect(
      trainer.gradients(
        images,
        values.map((row) => row.map((value) => [value])),
      ),
    ).toBe(loss);
  });

  it("of several inputs and outputs are each read by their own shape", () => {
    const [left, right] = [input([2, 3]), input(4)];
    const outputs = [dense(2)(left), reshape([2, 2])(dense(4)(flatten()(right)))];
    const trainer = new Trainer(new Network({ inputs: [left, right], outputs }), {
      loss: ["meanSquaredError", "softmaxCrossEntropy"],
    });
    const others = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ];
    const squares = images.map((each) => each.map((row) => row.slice(1)));
    const zeros = classes.map((row) => row.map(() => 0));
    const loss = trainer.gradients([images, others], [squares, zeros]);
    expect(trainer.gradients([rows, others], [squares.map((each) => each.flat()), zeros])).toBe(loss);
  });

  const refused: [string, unknown, unknown, string][] = [
    [
      "one example without a batch",
      image,
      classes,
      "step: inputs: got one example nested as [2, 3], need a batch: an array of examples",
    ],
    [
      "a ragged example",
      [
        image,
        [
          [1, 2, 3],
          [4, 5],
        ],
      ],
      classes,
      "step: inputs: got 2 at row 1, place [1], need 3 numbers, as the shape [2, 3] has",
    ],
    [
      "NaN in a nested example",
      [
        image,
        [
          [1, 2, 3],
          [4, Number.NaN, 6],
        ],
      ],
      classes,
      "step: inputs: got NaN at row 1, place [1, 1], need a finite",
    ],
    [
      "one class an example",
      images,
      [0, 1],
      "step: targets: got 1 number an example, need rows of 6 numbers, examples nested as [2, 3], or class numbers, 2 an example",
    ],
    [
      "a class too large",
      images,
      [
        [0, 1],
        [2, 3],
      ],
      "step: targets: got 3 at row 1, position 1, need a class number from 0 to 2",
    ],
    [
      "a class too large, flat",
      images,
      Uint8Array.of(0, 1, 7, 2),
      "step: targets: got 7 at row 1, position 0, need a class number",
    ],
    [
      "a share above 1",
      images,
      [
        oneHots[0],
        [
          [0, 1, 0],
          [0, 0, 2],
        ],
      ],
      "step: targets: got 2 at row 1, position 1, column 2, need a number from 0 to 1",
    ],
    ["a row of one-hot rows too few", images, [oneHots[0]], "step: got 2 rows of inputs and 1 of targets"],
    [
      "text for a class",
      images,
      [
        [0, 1],
        ["2", 0],
      ],
      'step: targets: got "2" at row 1, column 0, need a number',
    ],
    [
      "ragged one-hot rows",
      images,
      [oneHots[0], [[0, 1, 0], [1]]],
      "step: targets: got 1 at row 1, place [1], need 3 numbers",
    ],
  ];
  it.each(refused)("%s: refused, and nothing has changed", (_, given, wanted, message) => {
    const trainer = perPosition();
    const before = parameterBits(trainer.network);
    expect(() => trainer.step(given as Rows, wanted as Targets)).toThrow(message);
    expect(parameterBits(trainer.network)).toBe(before);
  });

  it("a loss of classes needs more than one output at each position", () => {
    const network = new Network({ inputs: [4, 3], layers: [dense(1)] });
    expect(() => new Trainer(network, { loss: "softmaxCrossEntropy" })).toThrow(
      "softmaxCrossEntropy: got 1 output at each position, need one for each class, or the loss binaryCrossEntropy",
    );
  });

  it("weights of classes are one for each number of the last side", () => {
    const network = new Network({ inputs: [4, 3], layers: [dense(2)] });
    expect(() => new Trainer(network, { loss: "softmaxCrossEntropy", classWeights: [1, 2, 3, 4, 5, 6, 7, 8] })).toThrow(
      "trainer: classWeights: got 8 numbers, need 2 numbers, one a class",
    );
  });
});
