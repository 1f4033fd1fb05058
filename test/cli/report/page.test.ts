import { describe, expect, test } from "vitest";
import type { Notes } from "../../../src/cli/notes.ts";
import { type Findings, pageOf } from "../../../src/cli/report/page.ts";
import { type ClassScore, scoreOf } from "../../../src/cli/score.ts";
import { encodeRecords } from "../../../src/data/index.ts";
import { concatenate, dense, type History, input, Network, Pipeline } from "../../../src/index.ts";

const history = {
  epoch: [1, 2, 3],
  loss: [1, 0.5, 0.4],
  learningRate: [0.1, 0.1, 0.1],
  metrics: {},
  validation: { loss: [1, 0.6, 0.7] },
} as unknown as History;
const nasty = `"q" <script>alert('1')</script> & x`;
const classes = ["<i>", "b&c", "d"];

function findings({
  history: changed = {},
  names = classes,
  network = new Network({ inputs: 1, layers: [dense(names.length, { activation: "softmax" })] }),
  settings = {},
}: {
  history?: Partial<History>;
  names?: string[];
  network?: Network;
  settings?: Partial<Notes["settings"]>;
} = {}): Findings {
  const model = new Pipeline({
    network,
    encoding: encodeRecords(Object.fromEntries([[nasty, [1, 2, 3]]])),
    target: { kind: "classes", name: nasty, classes: names },
    history: { ...history, ...changed },
  });
  const confusion = names.map((_, is) => names.map((_, said) => (is === said ? 5 : is < said ? is + 1 : 0)));
  const cells = confusion.flatMap((counts, is) => counts.flatMap((count, said) => Array(count).fill([is, said])));
  const outputs = cells.flatMap(([, said]) =>
    names.map((_, number) => (number === said ? 0.6 : 0.4 / (names.length - 1))),
  );
  const target = { kind: "classes", name: nasty, classes: names } as const;
  const targets = cells.map(([is]) => is);
  const test = scoreOf(target, outputs, targets, 0) as ClassScore;
  const notes = {
    file: `${nasty}.csv`,
    settings: {
      optimizer: "adamw",
      learningRate: 0.1,
      batchSize: 32,
      seed: 0,
      epochs: 9,
      balance: false,
      threshold: null,
      ...settings,
    },
    rows: { train: 60, validation: 20, test: 20, withoutTarget: 3 },
    notUsed: { [nasty]: "it counts the rows" },
    ...{ warnings: [nasty], split: "", tested: "test", folds: null, test },
    importance: [{ column: nasty, mean: 3, least: 1, greatest: 5 }],
    checkpoint: null,
  } as unknown as Notes;
  const weights = { from: -1, to: 1, counts: [1, 2] };
  const layer = { name: "dense1", title: "dense", units: 3, zeros: 0.5, silentUnits: 1 };
  return {
    model,
    notes,
    best: 2,
    rows: 20,
    points: [],
    sheet: undefined,
    words: [{ column: nasty, towards: nasty, words: [nasty] }],
    curves: [],
    columnPlots: [],
    mistakes: {
      ...{ target, mistakes: 9, names: [nasty], numbers: Int32Array.of(41) },
      worst: [{ place: 0, is: nasty, said: nasty, sure: "60.0 %" }],
      columns: Object.fromEntries([[nasty, [nasty]]]),
    },
    missing: new Map([[nasty, 2]]),
    layers: [{ ...layer, weights, activations: undefined }],
  };
}

describe("pageOf", () => {
  test("describes layers in their order, of an ensemble those of one network, and ranges of numbers apart", async () => {
    const networkLine = async (ensemble: number) => {
      const x = input(1);
      const row = dense(2)(x);
      const wide = concatenate(row, dense(5, { activation: "hardSigmoid", name: "bins" })(x));
      const last = dense(3, { activation: "softmax", name: "output" });
      const ends = [row, wide].map((given, index) => dense(7, { name: `network${index + 1}.dense1` })(given));
      const outputs = last(ensemble === 1 ? dense(7)(wide) : concatenate(ends[0], ends[1]));
      const network = new Network({ inputs: x, outputs });
      const page = await pageOf(findings({ network, settings: { ensemble, bins: 5 } }));
      return /<dt>Network<\/dt><dd>(.*?), float32/.exec(page)![1].replace(/; [\d,]+ parameters$/, "");
    };
    expect(await networkLine(2)).toBe(
      "dense 2, linear → 2 networks side by side, each dense 7, linear; then dense 3, softmax; numbers also by up to 5 ranges",
    );
    expect(await networkLine(1)).toBe(
      "dense 2, linear → dense 7, linear → dense 3, softmax; numbers also by up to 5 ranges",
    );
  });

  test("escapes the names of columns, classes and files wherever they stand", async () => {
    const page = await pageOf(findings());
    expect(page).not.toMatch(/<script|<i>|b&c|alert\('/);
    expect(page).toContain("&lt;i&gt; taken for");
    expect(page).toContain("alert(&#39;1&#39;)");
  });

  test("says what was trained, with the best epoch, the rows left out and the columns not used", async () => {
    const page = await pageOf(findings());
    for (const text of [
      "78.9 %",
      "always saying “&lt;i&gt;”: 36.8 %",
      "3 of at most 9; the best was epoch 2",
      "3 rows without",
      "it counts the rows",
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toContain("50.0 % of the activations are 0; 1 of 3 units in every row.");
  });

  test("lists what may mislead, each class, all columns with what became of them, and the worst mistakes", async () => {
    const one = findings();
    const notUsed = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`c${index}`, "it has no values"]));
    const page = await pageOf({ ...one, notes: { ...one.notes, notUsed, warnings: ["copies"] } });
    expect(page).toContain('<ul class="notes"><li>copies</li>');
    expect(page).toMatch(
      /<h3 class="apart">Each class<\/h3>[\s\S]*<th scope="row">d<\/th><td>5<\/td><td>0\.\d{3}<\/td>/,
    );
    expect(page).toMatch(/<td>not used<\/td><td class="text">it has no values<\/td>/);
    expect(page).toContain("<summary>11 more</summary>");
    expect(page).toContain("<h2>Worst mistakes</h2>");
    expect(page).toContain('<th scope="row">41</th>');
    expect(page).toContain("The 1 surest of 9 mistakes.");
  });

  test("says what the folds come to, and that validation rows are none to test on", async () => {
    const one = findings();
    const scores = { accuracy: { each: [0.5, 0.7], mean: 0.6, interval: [0.4, 0.8] as const } };
    const folds = { interrupted: false, scores };
    const page = await pageOf({ ...one, notes: { ...one.notes, tested: "folds", folds } });
    expect(page).toContain("<dd>on average accuracy 0.6, 95 % interval 0.4 to 0.8</dd>");
    expect(page).toContain("<h2>Test in folds</h2>");
    const alone = await pageOf({ ...one, notes: { ...one.notes, tested: "validation" } });
    expect(alone).toContain("<h2>Validation</h2>");
  });

  test("names twelve columns that are not used for one reason, and counts the others", async () => {
    const one = findings();
    const notUsed = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`c${index}`, "it has no values"]));
    const page = await pageOf({ ...one, notes: { ...one.notes, notUsed } });
    expect(page).toContain("<dd>c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 and 3 more: it has no values</dd>");
  });

  test("shows the learning rate, and each metric that is a number", async () => {
    expect(await pageOf(findings({ history: { learningRate: [0.1, 0.05, 0.025] } }))).toContain("<h3>Learning rate");
    const metrics = { accuracy: [0.5, 0.6, 0.7] } as History["metrics"];
    expect(await pageOf(findings({ history: { metrics } }))).toContain("<h3>Accuracy");
  });

  test("has no curves if no epoch was finished", async () => {
    const none = { epoch: [], loss: [], learningRate: [], metrics: {}, validation: {} } as unknown as History;
    const page = await pageOf({ ...findings({ history: none }), best: undefined });
    expect(page).toContain("No epoch was finished.");
    expect(page).not.toContain("<h3>Loss");
  });

  test("lists the most frequent mistakes, and of more than 20 classes nothing else", async () => {
    expect(await pageOf(findings())).toContain("<li>b&amp;c taken for d: 2</li>");
    const many = await pageOf(findings({ names: Array.from({ length: 21 }, (_, index) => `class ${index}`) }));
    expect(many).not.toContain("Confusion matrix");
    expect(many).toContain("<li>class 19 taken for class 20: 20</li>");
    expect(many.match(/<li>class/g)).toHaveLength(20);
  });
});
