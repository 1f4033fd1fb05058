/** Finds the pictures: a downloaded folder of cats and dogs, or the shipped clothes, which replace them here. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { trainTestSplit } from "simdnet/data";
import { pictureFolder } from "simdnet/pictures";
import { Mistake } from "../shared/command.mjs";

const shipped = fileURLToPath(new URL("../data/clothes", import.meta.url));

/**
 * Lists the pictures of two classes. The last fifth of each class, in the order of the names, is set aside for the test. Of the 12,500 cats
 * and the 12,500 dogs these are the ones from 10000 on.
 *
 * @param folder `PetImages` with a folder for each class, or Kaggle's `train` with cat.0.jpg, …; default the clothes
 */
export async function load(folder = shipped) {
  const { classes, files, targets, ignored } = await pictureFolder(folder);
  if (classes.includes("train")) {
    throw new Mistake(
      `${folder}: got the folders ${classes.join(", ")}, need pictures of two classes: take ${folder}/train`,
    );
  }
  if (classes.length !== 2) {
    const got = `${classes.length} ${classes.length === 1 ? "class" : "classes"} (${classes.slice(0, 5).join(", ")}${classes.length > 5 ? ", …" : ""})`;
    throw new Mistake(`${folder}: got ${got}, need two, such as cats and dogs`);
  }
  const split = trainTestSplit(files, targets, { stratify: targets, shuffle: false });
  return { classes, ...split, ignored, isShipped: folder === shipped };
}

/** Returns the file of SqueezeNet's weights. @throws {Mistake} if it is missing; the message names it */
export function weightsFile(path = fileURLToPath(new URL("../data/squeezenet-f16.safetensors", import.meta.url))) {
  if (existsSync(path)) return path;
  const need = "SqueezeNet's weights as safetensors, conv1.weight to fire9.expand3x3.bias";
  throw new Mistake(`${path}: there is no such file; need ${need}: --from squeezenet.safetensors`);
}

/**
 * Refuses the pictures if all of a class are broken.
 *
 * @param parts the classes of the whole pictures in each part
 */
export function checkWhole(classes, parts) {
  const missing = classes.find((_, target) => parts.some((targets) => !targets.includes(target)));
  if (missing !== undefined)
    throw new Mistake(`${missing}: got only broken pictures to learn from or to test, need whole ones`);
}

/** Returns the name of a file for a page: its folder and its own name. */
export const shortName = (file) => file.split("/").slice(-2).join("/");
