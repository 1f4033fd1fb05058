import { expect, test } from "vitest";
import { wordGroups } from "../../../src/cli/report/words.ts";
import { encodeRecords } from "../../../src/data/index.ts";
import { concatenate, dense, embedding, globalAveragePool, input, Network, Pipeline } from "../../../src/index.ts";

const records = [
  { x: 1, text: "good good fine film", kind: "a" },
  { x: 2, text: "bad poor film film", kind: "b" },
];
const encoding = encodeRecords(records, { texts: { text: {} } });

/** A model whose answer is that of x and kind, which are missing, plus the mean of the words' numbers. */
function modelOf(target: Pipeline["target"], units: number, activation: "linear" | "softmax" | "sigmoid") {
  const [rows, text] = encoding.inputs.map(({ shape, variableLength }) => input(shape, { variableLength }));
  const { size } = encoding.vocabularies.text;
  const words = globalAveragePool()(embedding(size, 1, { padding: 0 })(text));
  const outputs = dense(units, { activation })(concatenate(rows, words));
  const network = new Network({ inputs: [rows, text], outputs });
  const [table, weight] = network.parameters;
  const effects: Record<string, number> = { good: 2, fine: 1, film: 0, poor: -1, bad: -2 };
  encoding.vocabularies.text.toJSON().tokens.forEach((word, index) => {
    table.values[index + 2] = effects[word];
  });
  // The last of the inputs of dense1 is the mean; of two classes it speaks for the second.
  weight.values.fill(0, -units);
  weight.values[weight.values.length - 1] = 1;
  return new Pipeline({ network, encoding, target });
}

test("words are listed for each class, the strongest first, without those that change nothing", () => {
  const classes = ["no", "yes"];
  const wanted = [
    { column: "text", towards: "no", words: ["bad", "poor"] },
    { column: "text", towards: "yes", words: ["good", "fine"] },
  ];
  const target = { kind: "classes", name: "y", classes } as const;
  expect(wordGroups(modelOf(target, 2, "softmax"))).toEqual(wanted);
  expect(wordGroups(modelOf(target, 1, "sigmoid"))).toEqual(wanted);
});

test("of a number, for more and for less of it, whatever its divisor's sign", () => {
  for (const [divisor, more, less] of [
    [2, ["good", "fine"], ["bad", "poor"]],
    [-2, ["bad", "poor"], ["good", "fine"]],
  ] as const) {
    expect(wordGroups(modelOf({ kind: "number", name: "y", offset: 1, divisor }, 1, "linear"))).toEqual([
      { column: "text", towards: "more", words: more },
      { column: "text", towards: "less", words: less },
    ]);
  }
});

test("there are none without texts", () => {
  const encoding = encodeRecords([{ x: 1 }]);
  const network = new Network({ inputs: 1, layers: [dense(1)] });
  const target = { kind: "number", name: "y", offset: 0, divisor: 1 } as const;
  expect(wordGroups(new Pipeline({ network, encoding, target }))).toEqual([]);
});
