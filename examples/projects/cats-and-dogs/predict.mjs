/** Classifies pictures with a model that train.mjs has written. */
import { Pipeline } from "simdnet";
import { readPicture } from "simdnet/pictures";
import { bytesOf, command, Mistake } from "../shared/command.mjs";
import { percent } from "../shared/scores.mjs";

const usage = `cats-and-dogs — says what is on pictures.

  node examples/projects/cats-and-dogs/predict.mjs model.safetensors photo.jpg …

The model is model.safetensors or basic.safetensors of train.mjs. Pictures are PNG, JPEG, PGM or PPM.`;

await command(usage, {}, ({ paths: [model, ...files] }) => {
  if (files.length === 0)
    throw new Mistake("got no picture, need a model and at least one: model.safetensors photo.jpg");
  const pipeline = withFileName(model, () => Pipeline.fromBytes(bytesOf(model)));
  const [{ kind }, ...others] = pipeline.columns;
  if (kind !== "picture" || others.length > 0 || pipeline.target.kind !== "classes")
    throw new Mistake(`${model}: got a model of something else, need one that train.mjs has written`);
  for (const file of files) {
    const picture = withFileName(file, () => readPicture(bytesOf(file)));
    const { prediction, probabilities } = pipeline.predict(picture);
    console.log(`${file}: ${prediction}, ${percent(probabilities[prediction])}`);
  }
});

/** Adds the name of the file to an error of reading it. */
function withFileName(file, read) {
  try {
    return read();
  } catch (error) {
    throw error instanceof Mistake ? error : new Mistake(`${file}: ${error.message}`);
  }
}
