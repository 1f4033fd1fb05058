/** The pages of "diabetes" and "taxi": their answer during typing must be that of `predict`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeRecords } from "../../dist/data/index.js";
import { dense, Network, Pipeline } from "../../dist/index.js";
import { load, outcome } from "../../examples/projects/diabetes/load.mjs";
import { personTryPage } from "../../examples/projects/diabetes/tryPerson.mjs";
import { featureSets } from "../../examples/projects/taxi/features.mjs";
import { fare, tripOf } from "../../examples/projects/taxi/trip.mjs";
import { tripTryPage } from "../../examples/projects/taxi/tryTrip.mjs";
import { check, framed } from "./framed.mjs";

/** Runs in the browser: returns the first answer, and the one after each change of some fields. */
async function fill({ frame, element, until }, { steps }) {
  await until(() => element("said").textContent !== "");
  const said = [element("said").textContent];
  for (const values of steps) {
    for (const [id, value] of Object.entries(values)) {
      element(id).value = value;
      element(id).dispatchEvent(new frame.contentWindow.Event("input", { bubbles: true }));
    }
    said.push(element("said").textContent);
  }
  return { said };
}

/** Checks a page of fields. @param expected the answers, at first and after each of the steps */
async function checkForm(browser, { page, steps, expected, scratch }) {
  const { said } = await framed(browser, { page, use: fill, given: { steps }, scratch });
  check(new Set(expected).size === expected.length, `predict gives the same twice: ${expected}`);
  for (const [step, text] of expected.entries()) {
    check(said[step] === text, `step ${step}: the page says ${said[step]}, predict gives ${text}`);
  }
}

const saved = (pipeline, path) => {
  writeFileSync(path, pipeline.toBytes());
  return path;
};

export const typedPerson = (browser) => ({
  version: browser.version,
  async run({ scratch }) {
    const people = load();
    const encoding = encodeRecords(people, { ignore: [outcome] });
    const layers = [dense(8, { activation: "relu" }), dense(1, { activation: "sigmoid" })];
    const network = new Network({ inputs: 8, layers, seed: 1 });
    const model = new Pipeline({
      network,
      encoding,
      target: { kind: "classes", name: outcome, classes: ["no", "yes"] },
    });
    const page = await personTryPage(saved(model, join(scratch, "diabetes.safetensors")));

    const unknown = Object.fromEntries(model.columns.map(({ name }) => [name, null]));
    const first = { ...unknown, Glucose: 148, BMI: 33.6, Age: 50 };
    const { Outcome: _, ...whole } = people[3];
    const expected = [first, { ...first, Glucose: null }, whole].map((person) => {
      const { prediction, probabilities } = model.predict(person);
      const missing = Object.keys(unknown).filter((name) => person[name] === null);
      const note = missing.length > 0 ? `\nnot measured, so taken to be average: ${missing.join(", ")}` : "";
      return `diabetes: ${prediction}, with a probability of ${probabilities[prediction].toFixed(2)}${note}`;
    });
    await checkForm(browser, { page, steps: [{ Glucose: "" }, whole], expected, scratch });
  },
});

export const askedTrip = (browser) => ({
  version: browser.version,
  async run({ scratch }) {
    const limits = { first: "2012-01-01", last: "2012-12-31", most: 4 };
    const [office, airport] = ["40.7484,-73.9857", "40.6445,-73.7828"];
    const first = { from: office, to: airport, at: "2012-12-31T18:30", passengers: "1" };
    const next = { from: airport, to: "40.76,-73.98", at: "2012-02-29T07:05", passengers: "4" };
    const featuresOf = (trip) => featureSets.better(tripOf(trip, limits));
    const rows = [first, next].map(featuresOf);
    const both = Object.fromEntries(Object.keys(rows[0]).map((name) => [name, rows.map((row) => row[name][0])]));
    const network = new Network({ inputs: 27, layers: [dense(8, { activation: "relu" }), dense(1)], seed: 1 });
    const target = { kind: "number", name: fare, offset: 20, divisor: 5 };
    const model = new Pipeline({ network, encoding: encodeRecords(both), target, notes: { limits } });
    const page = await tripTryPage(saved(model, join(scratch, "taxi.safetensors")));

    const answerTo = (trip, far) => {
      const [{ prediction }] = model.predictColumns(featuresOf(trip));
      return `${far} km as the crow flies: about $${prediction.toFixed(2)}.`;
    };
    const steps = [next, { passengers: "5" }, { passengers: "4", from: "48.8584,2.2945" }];
    const beyond = "the model knows nothing beyond.";
    const expected = [
      answerTo(first, "20.6"),
      answerTo(next, "21.0"),
      `passengers: got 5, need a whole number from 1 to 4; ${beyond}`,
      `from: got 48.8584,2.2945, need latitude,longitude within 40.63 to 40.85, -74.05 to -73.75; ${beyond}`,
    ];
    await checkForm(browser, { page, steps, expected, scratch });
  },
});
