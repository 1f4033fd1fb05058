/** Reports as `simdnet train --report` writes them, through the executable. */
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { notesOf } from "../../src/cli/notes.ts";
import { Pipeline } from "../../src/index.ts";
import { begun, fixture, simdnet, temporaryFolder } from "./command.ts";

const folder = temporaryFolder();
const [penguins, diabetes] = ["penguins.csv", "diabetes.csv"].map(fixture);

/** What a training says that ends well. */
function train(...options: string[]): string {
  const { code, stdout, stderr } = simdnet(folder, ["train", ...options]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}
const read = (file: string) => readFileSync(join(folder, file), "utf8");
/** The headings of the pictures. */
const headingsOf = (page: string) => [...page.matchAll(/<h[34]>([^<]*)<\/h[34]>/g)].map(([, heading]) => heading);

/** That a page needs nothing else, runs nothing, and consists of the tags of reports alone. */
function expectWhole(page: string) {
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">[\s\S]*<\/html>\n$/);
  expect(page).not.toMatch(/https?:|<script|<link|<img|\bsrc=|\bhref=|url\(|@import|\son\w+=/i);
  expect(page).not.toMatch(/NaN|undefined|\[object/);
  const known =
    "!doctype html head meta title style body header h1 h2 h3 h4 div strong span small main dl dt dd section figure figcaption p ul ol li i svg g path line rect text details summary table thead tbody tr th td footer";
  const names = new Set(Array.from(page.matchAll(/<\/?([!\w]+)/g), ([, name]) => name));
  expect([...names].filter((name) => !known.split(" ").includes(name))).toEqual([]);
  for (const name of ["svg", "figure", "section", "div", "table", "g"]) {
    expect(page.match(new RegExp(`<${name}\\b`, "g"))).toHaveLength(page.match(new RegExp(`</${name}>`, "g"))!.length);
  }
  const pictures = page.match(/<svg [^>]*>/g)!;
  expect(
    pictures.filter((picture) => !/^<svg viewBox="[\d. ]+" role="img" aria-label="[^"]{10,}">$/.test(picture)),
  ).toEqual([]);
}

describe("simdnet train --report", () => {
  test("lists the words of texts that say most, and shows layers of words", () => {
    train(fixture("reviews.csv"), "-t", "sentiment", "--epochs", "30", "--report", "words.html", "-o", "w.safetensors");
    const page = read("words.html");
    expectWhole(page);
    expect(headingsOf(page)).toEqual(expect.arrayContaining(["review: negative", "review: positive", "embedding1"]));
    const [, negative, positive] = page.split('<figure class="words">');
    expect(negative).toContain("<li>bad</li>");
    expect(positive).not.toContain("<li>bad</li>");
    expect(page).toContain("1 column → 1 text");
  });

  test("shows curves, confusions, importance and layers of classes, in a page that needs nothing else", () => {
    const output = train(penguins, "-t", "Species", "--report", "penguins.html");
    const page = read("penguins.html");
    const { importance } = notesOf(Pipeline.fromBytes(readFileSync(join(folder, "model.safetensors"))))!;
    expectWhole(page);
    const size = (Buffer.byteLength(page) / 1000).toFixed(1);
    expect(output).toContain(`\nReport      penguins.html (${size} kB)\n`);
    expect(headingsOf(page)).toEqual([
      "Loss, on a logarithmic scale",
      "Accuracy",
      "Learning rate",
      "Confusion matrix",
      ...["ROC curve", "Precision against recall", "Calibration"],
      "Importance",
      ...importance.filter(({ mean }) => mean > 0).map(({ column }) => column),
      // Of four networks, the first that reads numbers alone, and the first that reads their ranges, too.
      ...["network1.dense1", "weights", "activations other than 0"],
      ...["network1.dense2", "weights", "activations other than 0"],
      ...["network2.dense1", "weights", "activations other than 0"],
      ...["network2.dense2", "weights", "activations other than 0"],
      ...["output", "weights", "activations"],
    ]);
    expect(page).toContain("<title>Species, predicted from penguins.csv</title>");
    const [, accuracy] = /accuracy ([\d.]+ %)/.exec(output)!;
    expect(page).toContain(`<strong>${accuracy}</strong>`);
    expect(page).toMatch(/aria-label="Importance of columns[^"]*: Beak Length \(mm\) /);
    expect(page.length).toBeLessThan(350_000);
  }, 60_000);

  test("shows predictions against what is, and errors, of numbers; the same training writes the same page", () => {
    const options = [diabetes, "-t", "progression", "--epochs", "30", "--seed", "3"];
    const said = JSON.parse(train(...options, "--report", "first.html", "--json"));
    expect(said.report).toBe("first.html");
    train(...options, "--report", "second.html", "-o", "second.safetensors");
    const page = read("first.html");
    expect(read("second.html")).toBe(page);
    expectWhole(page);
    expect(headingsOf(page).slice(0, 5)).toEqual([
      ...["Loss", "Learning rate", "Predicted against actual", "Errors against predictions", "Errors"],
    ]);
    for (const heading of ["Columns against progression", "All columns", "Worst mistakes"]) {
      expect(page).toContain(`<h2>${heading}</h2>`);
    }
    expect(page).toContain("always saying");
  }, 60_000);

  test("shows names of columns and classes as they are, whatever they hold", () => {
    const lines = Array.from(
      { length: 120 },
      (_, row) => `${row % 2 ? "<b>&amp;" : '"""no"" \'x\'"'},${row % 2},${(row * 7) % 11}`,
    );
    writeFileSync(join(folder, "names.csv"), `<h1>,"a""<script>alert(1)</script>",__proto__\n${lines.join("\n")}\n`);
    train("names.csv", "-t", "<h1>", "--epochs", "20", "--report", "names.html");
    const page = read("names.html");
    expectWhole(page);
    for (const text of ["<title>&lt;h1&gt;, predicted", "&lt;b&gt;&amp;amp;", "&lt;script&gt;alert(1)", "__proto__"]) {
      expect(page).toContain(text);
    }
  }, 60_000);

  test("is written of the best network until then if the training is interrupted, and as if it had not been at the end", async () => {
    const options = [diabetes, "-t", "progression", "--epochs", "2000", "--patience", "2000"];
    const files = ["-o", "stopped.safetensors", "--report", "stopped.html"];
    const child = begun(folder, ["train", ...options, ...files]);
    const ended = once(child, "exit");
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (text) => String(text).includes("Training") && setTimeout(resolve, 100));
    });
    child.kill("SIGINT");
    expect(await ended).toEqual([130, null]);
    const page = read("stopped.html");
    expectWhole(page);
    expect(page).toContain("interrupted after");
    train(diabetes, "--resume", ...files);
    train(...options, "-o", "whole.safetensors", "--report", "whole.html");
    expect(read("stopped.html")).toBe(read("whole.html"));
  }, 60_000);

  test("refuses a folder that is not there, and the model's own file, before it trains", () => {
    const refused = (report: string) =>
      simdnet(folder, ["train", penguins, "-t", "Species", "-o", "kept.safetensors", "--report", report]).stderr;
    expect(refused("no/where.html")).toBe(
      "simdnet: no/where.html: there is no folder no, need one to write the file to\n",
    );
    expect(refused("./kept.safetensors")).toMatch(/got it for the model and for the report, need two files/);
    expect(existsSync(join(folder, "kept.safetensors"))).toBe(false);
  });

  test("leaves no other file behind, and what draws is loaded only for it", () => {
    expect(readdirSync(folder).filter((name) => name.includes(".part"))).toEqual([]);
    const command = readFileSync("dist/cli/main.js", "utf8");
    expect(command).not.toMatch(/vega/i);
    expect(command).toContain('import("./report.js")');
  });
});

describe("NOTICE", () => {
  test("names everything of others that is inside the command and its reports", () => {
    const contentOf = (file: string) => readFileSync(resolve(file), "utf8");
    const notice = contentOf("NOTICE").replaceAll("\n", " ");
    // Only parts of Vega itself, which stand under its licence, bring what is listed of D3 and TopoJSON.
    const { dependencies } = JSON.parse(contentOf("node_modules/vega/package.json"));
    expect(Object.keys(dependencies).filter((name) => !name.startsWith("vega-"))).toEqual([]);
    for (const part of Object.keys(dependencies)) {
      const { dependencies } = JSON.parse(contentOf(`node_modules/${part}/package.json`));
      const others = Object.keys(dependencies ?? {}).filter((name) => /^(d3|topojson)-/.test(name));
      for (const name of others) expect(notice).toContain(name);
    }
    const { version } = JSON.parse(contentOf("node_modules/fflate/package.json"));
    expect(notice).toContain(`fflate ${version}`);
    const { devDependencies } = JSON.parse(contentOf("package.json"));
    for (const [name, title] of Object.entries({
      commander: "commander",
      "console-table-printer": "console-table-printer",
      "simple-ascii-chart": "simple-ascii-chart",
      papaparse: "Papa Parse",
      vega: "Vega",
      "vega-lite": "Vega-Lite",
      "fast-png": "fast-png",
      "jpeg-js": "jpeg-js",
    })) {
      expect(notice).toContain(`${title} ${devDependencies[name]}`);
    }
  });
});
