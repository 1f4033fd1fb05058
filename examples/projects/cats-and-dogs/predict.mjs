/** Says what is on pictures, by a model that train.mjs has written. */
import { Network } from "simdnet";
import { pictureRows } from "simdnet/pictures";
import { bytesOf, command, Mistake } from "../shared/command.mjs";
import { percent } from "../shared/scores.mjs";
import { classesOf, sizes } from "./network.mjs";
import { probabilitiesOf } from "./score.mjs";

const usage = `cats-and-dogs — says what is on pictures.

  node examples/projects/cats-and-dogs/predict.mjs model.safetensors photo.jpg …

The model is model.safetensors or basic.safetensors of train.mjs. Pictures are PNG, JPEG, PGM or PPM.`;

await command(usage, {}, async ({ paths: [model, ...files] }) => {
  if (files.length === 0)
    throw new Mistake("got no picture, need a model and at least one: model.safetensors photo.jpg");
  const network = networkOf(model, bytesOf(model));
  const size = Object.values(sizes).find((side) => network.inputs === side * side * 3);
  const classes = classesOf(network);
  if (size === undefined || classes.length !== 2) {
    throw new Mistake(`${model}: got a network of other inputs or answers, need one that train.mjs has written`);
  }
  for (const file of files) {
    const { inputs } = await pictureRows([file], [0], { size });
    const [probability] = probabilitiesOf(network, inputs);
    const said = probability > 0.5 ? 1 : 0;
    console.log(`${file}: ${classes[said]}, ${percent(said ? probability : 1 - probability)}`);
  }
});

function networkOf(file, bytes) {
  try {
    return Network.fromBytes(bytes);
  } catch (error) {
    throw new Mistake(`${file}: ${error.message}`);
  }
}
