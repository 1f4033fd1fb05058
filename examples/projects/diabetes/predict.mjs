/** Predicts with the model that train.mjs has written, for one person or for a table. */
import { Pipeline } from "simdnet";
import { parseCsv } from "simdnet/data";
import { bytesOf, command, Mistake } from "../shared/command.mjs";
import { answerOf, missingOf } from "./answer.mjs";

const usage = `diabetes — asks a model about people.

  node examples/projects/diabetes/predict.mjs model.safetensors Glucose=148 BMI=33.6 Age=50
  node examples/projects/diabetes/predict.mjs model.safetensors people.csv

What is not given counts as not measured.`;

await command(usage, {}, ({ paths: [path, ...inputs] }) => {
  if (path === undefined || inputs.length === 0)
    throw new Mistake("need a model, and measurements or a table; --help says how");
  const pipeline = Pipeline.fromBytes(bytesOf(path));
  const names = pipeline.columns.map(({ name }) => name);
  const isTable = inputs.length === 1 && !inputs[0].includes("=");
  const given = isTable ? parseCsv(bytesOf(inputs[0]).toString()).records : [recordOf(inputs, names)];
  if (isTable && !names.some((name) => Object.hasOwn(given[0], name))) {
    throw new Mistake(`${inputs[0]}: got none of the columns ${names.join(", ")}`);
  }
  const people = given.map((person) => Object.fromEntries(names.map((name) => [name, person[name] ?? null])));
  const answers = pipeline.predict(people);
  for (const [index, answer] of answers.entries()) {
    if (isTable) console.log(`person ${index + 1}: ${answerOf(answer)}`);
    else console.log(answerOf(answer, missingOf(people[index])));
  }
});

/** Returns the person that arguments such as Glucose=148 describe. */
function recordOf(inputs, names) {
  const pairs = inputs.map((input) => {
    const [name, text = ""] = input.split("=");
    const value = Number(text);
    if (!names.includes(name)) throw new Mistake(`got ${input}, need one of ${names.join(", ")} with =number`);
    if (text.trim() === "" || !Number.isFinite(value)) throw new Mistake(`got ${input}, need a number after ${name}=`);
    return [name, value];
  });
  return Object.fromEntries(pairs);
}
