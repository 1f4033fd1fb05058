/**
 * Examples that are alive: getters that call what is reading them, rows that vanish or change while they are read, buffers that are given
 * away. Each ends in a sentence and leaves network and trainer as they were, or is right.
 */
import { describe, expect, test } from "vitest";
import { dense, gru, input, inputGradients, Network, sgd, Trainer } from "../../src/index.ts";

const rows = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
];
const targets = [[1], [0], [1]];

function made() {
  const network = new Network({ inputs: 3, layers: [dense(4, { activation: "tanh" }), dense(1)] });
  const trainer = new Trainer(network, {
    loss: "meanSquaredError",
    optimizer: sgd({ learningRate: 0.01 }),
    shuffle: false,
  });
  return { network, trainer };
}

/** Rows of which one number is got by a call. */
function calling(act: () => unknown, row = 1): number[][] {
  const copy = rows.map((each) => [...each]);
  Object.defineProperty(copy[row], 1, {
    get: () => {
      act();
      return rows[row][1];
    },
  });
  return copy;
}

const errorOf = async (act: () => unknown): Promise<Error | undefined> => {
  try {
    await act();
  } catch (error) {
    return error as Error;
  }
};

/** The calls that read rows of a network, or train it. */
const calls = {
  predict: ({ network }: ReturnType<typeof made>, given: number[][]) => network.predict(given),
  inputGradients: ({ network }: ReturnType<typeof made>, given: number[][]) => inputGradients(network, given),
  step: ({ trainer }: ReturnType<typeof made>, given: number[][]) => trainer.step(given, targets),
  gradients: ({ trainer }: ReturnType<typeof made>, given: number[][]) => trainer.gradients(given, targets),
  evaluate: ({ trainer }: ReturnType<typeof made>, given: number[][]) => trainer.evaluate(given, targets),
  epochs: ({ trainer }: ReturnType<typeof made>, given: number[][]) => [
    ...trainer.epochs(given, targets, { epochs: 2 }),
  ],
  fit: ({ trainer }: ReturnType<typeof made>, given: number[][]) => trainer.fit(given, targets, { epochs: 2 }),
  fitBatches: ({ trainer }: ReturnType<typeof made>, given: number[][]) => trainer.fitBatches([[given, targets]]),
  fitFor: ({ trainer }: ReturnType<typeof made>, given: number[][]) => trainer.fitFor(0, given, targets),
};
type Name = keyof typeof calls;
const names = Object.keys(calls) as Name[];
/** Those that read rows of a trainer at once: fitBatches reads them when a batch is due. */
const trainerCalls: readonly Name[] = names.slice(2).filter((name) => name !== "fitBatches");

/** A result without the time that it took. */
const timeless = (result: unknown) =>
  JSON.stringify(result, (key, value) => (key === "seconds" ? undefined : (value as unknown)));

describe.each(names)("a number that is got by a call of %s, among the rows of", (inner) => {
  test.each(names)("%s", async (outer) => {
    const both = made();
    const before = both.network.toBytes();
    let said: Promise<Error | undefined> | undefined;
    // The getter itself catches what is refused: what reads goes on.
    const given = calling(() => {
      said ??= errorOf(() => calls[inner](both, rows));
    });
    if (inner === "fitBatches" && ["epochs", "fit", "fitFor", "fitBatches"].includes(outer)) {
      // It begins, and comes to its rows after the getter has returned.
      const error = await errorOf(() => calls[outer](both, given));
      expect([error, await said].filter(Boolean).map((each) => each!.message)).toEqual([
        "trainer: got a call while a training is under way, need the promise of that training awaited first",
      ]);
      return;
    }
    const result = await calls[outer](both, given);
    const isReading = trainerCalls.includes(inner) && (trainerCalls.includes(outer) || outer === "fitBatches");
    const isRefused = (inner === outer && inner !== "fitBatches") || isReading;
    const message = (await said)?.message;
    if (isRefused)
      expect(message).toMatch(/^\w+: got a call while [\w: ]+ reads its examples, need that call to end first$/);
    else if (message)
      expect(message).toMatch(/need the promise of that training awaited first$|need a new call of epochs$/);
    if (isRefused) {
      // As if the getter had called nothing.
      const alone = made();
      const expected = await calls[outer](alone, rows);
      expect(timeless(result)).toBe(timeless(expected));
      expect(both.network.toBytes()).toEqual(alone.network.toBytes());
    } else if (["predict", "inputGradients", "evaluate", "gradients"].includes(inner) && outer !== "fitFor") {
      const alone = made();
      expect(timeless(result)).toBe(timeless(await calls[outer](alone, rows)));
    }
    if (["predict", "evaluate", "inputGradients", "gradients"].includes(outer) && isRefused) {
      expect(both.network.toBytes()).toEqual(before);
    }
    // It is still of use.
    for (const name of names) await calls[name](both, rows);
  });
});

test.each(names)("a getter that calls %s on its own rows ends in a sentence, not in a full stack", async (name) => {
  const both = made();
  const before = both.network.toBytes();
  const pending: Promise<unknown>[] = [];
  const given = calling(() => {
    const result = calls[name](both, given);
    if (result instanceof Promise)
      pending.push(
        result.then(
          () => undefined,
          (error: Error) => error,
        ),
      );
  });
  const error = await errorOf(() => calls[name](both, given));
  const errors = [error, ...(await Promise.all(pending))].filter(Boolean) as Error[];
  expect(errors[0]).toBeInstanceOf(RangeError);
  expect(errors[0].message).toMatch(
    /: got a call while .*, need (that call to end|the promise of that training awaited) first$/,
  );
  if (error) expect(both.network.toBytes()).toEqual(before);
  for (const other of names) await calls[other](both, rows);
});

test("a getter may predict with the network that its targets train, as lazy targets do", () => {
  const [{ network, trainer }, alone] = [made(), made()];
  const [answer] = alone.network.predict(rows)[2];
  const lazy = [[1], [0], Object.defineProperty([0], 0, { get: () => network.predict(rows)[2][0] })];
  expect(trainer.step(rows, lazy)).toBe(alone.trainer.step(rows, [[1], [0], [answer]]));
  expect(network.toBytes()).toEqual(alone.network.toBytes());
});

test("toBytes within a call is what it was before that", () => {
  const { network, trainer } = made();
  const [before, checkpoint] = [network.toBytes(), trainer.toBytes()];
  trainer.step(
    calling(() => expect([network.toBytes(), trainer.toBytes()]).toEqual([before, checkpoint])),
    targets,
  );
});

describe("rows that change while they are read are refused by all that read rows:", () => {
  const kinds: Record<string, () => number[][]> = {
    "a row that vanishes": () => {
      const given: number[][] = calling(() => given.pop(), 0);
      return given;
    },
    "a row that becomes null": () => {
      const given: number[][] = calling(() => {
        given[2] = null as never;
      }, 0);
      return given;
    },
    "a row that gets longer": () => {
      const given: number[][] = calling(() => given[2].push(1), 0);
      return given;
    },
    "a row that gets shorter": () => {
      const given: number[][] = calling(() => given[2].pop(), 0);
      return given;
    },
    "a row that loses the number that is read": () => {
      const given: number[][] = calling(() => given[0].pop(), 0);
      return given;
    },
    "a list that says it has more rows than it has": () =>
      new Proxy(rows, { get: (list, name, self) => (name === "length" ? 1e15 : Reflect.get(list, name, self)) }),
    "a list that has more rows each time it is asked": () => {
      let length = 3;
      return new Proxy(rows, {
        get: (list, name, self) => (name === "length" ? length++ : Reflect.get(list, name, self)),
      });
    },
  };
  // A row is popped and a longer list is asked for its third row only: read as three rows, it is right.
  test.each(names.flatMap((name) => Object.keys(kinds).map((kind) => [name, kind] as const)))(
    "%s, %s",
    async (name, kind) => {
      const both = made();
      const before = both.network.toBytes();
      const error = await errorOf(() => calls[name](both, kinds[kind]()));
      if (error) {
        expect(error.message).toMatch(/ got .* need /);
        expect(error.message).not.toMatch(/Cannot read|Invalid|not iterable/);
        expect(both.network.toBytes()).toEqual(before);
      } else expect(kind).toBe("a list that has more rows each time it is asked");
      for (const other of names) await calls[other](both, rows);
    },
  );

  test("nested examples, sequences, tokens of a stream, and weights", () => {
    const image = () => [
      [1, 2],
      [3, 4],
    ];
    const network = new Network({ inputs: [2, 2], layers: [dense(1)] });
    const gone = [image(), image()];
    Object.defineProperty(gone[0][1], 1, { get: () => gone[1].pop() && 1 });
    expect(() => network.predict(gone)).toThrow(
      "predict: got row 1 otherwise than when it was counted, need examples that stay as they are",
    );
    const series = input([4, 1], { variableLength: true });
    const recurrent = new Network({ inputs: series, outputs: gru(2)(series) });
    const sequences = [
      [[1], [2]],
      [[1], [2], [3]],
    ];
    Object.defineProperty(sequences[0][1], 0, { get: () => sequences[1].pop() && 1 });
    expect(() => recurrent.predict(sequences)).toThrow("predict: got row 1 otherwise than when it was counted");
    const { trainer } = made();
    const exampleWeights = [1, 1, 1];
    const given = calling(() => exampleWeights.pop());
    expect(() => trainer.step(given, targets, { exampleWeights })).toThrow(
      "step: exampleWeights: got undefined at 2, need a finite number from 0 up",
    );
  });

  test("a typed array whose buffer is given away by a getter of another input", () => {
    const [a, b] = [input(3), input(3)];
    const both = new Network({ inputs: [a, b], outputs: [dense(1)(a), dense(1)(b)] });
    for (const [index, given] of [0, 1].entries()) {
      const typed = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
      const lists = calling(
        () => typed.buffer.byteLength > 0 && structuredClone(typed, { transfer: [typed.buffer] }),
        0,
      );
      const examples = given === 0 ? [typed, lists] : [lists, typed];
      expect(() => both.predict(examples as never), `input ${index}`).toThrow(
        /^predict: (input 1: )?got a typed array otherwise than when it was counted, need examples that stay/,
      );
    }
    expect(both.predict([rows, rows] as never)).toHaveLength(2);
  });
});

test("a step of a stream that pushes while it is read is refused, and the stream is as before", () => {
  const series = input([4, 2], { variableLength: true });
  const network = new Network({ inputs: series, outputs: gru(3)(series) });
  const [stream, alone] = [network.stream(), network.stream()];
  const step = [1, 2];
  Object.defineProperty(step, 1, { get: () => stream.push([5, 6])[0] });
  expect(() => stream.push(step)).toThrow(
    "push: got a call while push reads its examples, need that call to end first",
  );
  expect(stream.push([3, 4])).toEqual(alone.push([3, 4]));
});

describe("a training within a training", () => {
  test.each(["fit", "fitBatches", "fitFor"] as const)(
    "%s, called by a callback, is refused, and the first goes on",
    async (name) => {
      const [{ trainer, network }, alone] = [made(), made()];
      const said: (string | undefined)[] = [];
      const both = { trainer, network };
      const onEpoch = async () => said.push((await errorOf(() => calls[name](both, rows)))?.message);
      const history = await trainer.fit(rows, targets, { epochs: 3, onEpoch });
      expect(said).toEqual(
        Array(3).fill(
          "trainer: got a call while a training is under way, need the promise of that training awaited first",
        ),
      );
      expect(history).toEqual(await alone.trainer.fit(rows, targets, { epochs: 3 }));
      expect(network.toBytes()).toEqual(alone.network.toBytes());
    },
  );
});
