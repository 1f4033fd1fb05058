/** Loads the measurements in the form of Kaggle and UCI: a line for each person, with whether the person has diabetes. */
import { mt19937 } from "simdnet";
import { parseCsv } from "simdnet/data";
import { bytesOf, Mistake } from "../shared/command.mjs";

export const outcome = "Outcome";
export const measurements =
  "Pregnancies Glucose BloodPressure SkinThickness Insulin BMI DiabetesPedigreeFunction Age".split(" ");

/** No living person has a blood pressure of 0: it means that it was not measured. */
export const unmeasured = Object.fromEntries(measurements.slice(1, 6).map((name) => [name, [0]]));

/**
 * @param path by default the 768 Pima women of data/diabetes.csv
 * @returns records of eight measurements and Outcome, 0 or 1
 */
export function load(path = new URL("../data/diabetes.csv", import.meta.url)) {
  const { records, columns } = parseCsv(bytesOf(path).toString());
  for (const name of [...measurements, outcome]) {
    const kind = columns.find((column) => column.name === name)?.kind;
    if (kind !== "number")
      throw new Mistake(`${path}: got ${kind ? `texts as ${name}` : `no column ${name}`}, need numbers`);
  }
  const wrong = records.findIndex((person) => person[outcome] !== 0 && person[outcome] !== 1);
  if (wrong >= 0)
    throw new Mistake(`${path}, person ${wrong + 1}: got ${outcome} ${records[wrong][outcome]}, need 0 or 1`);
  if (new Set(records.map((person) => person[outcome])).size < 2)
    throw new Mistake(`${path}: got one outcome only, need both`);
  return records.map((person) => Object.fromEntries([...measurements, outcome].map((name) => [name, person[name]])));
}

/**
 * Splits the people: a fifth to test, the others to train. The split is that of scikit-learn's `train_test_split` with this `random_state`.
 */
export function splitOf(people, seed) {
  const order = mt19937(seed).shuffle([...people]);
  const tested = Math.ceil(people.length / 5);
  return { test: order.slice(0, tested), train: order.slice(tested) };
}
