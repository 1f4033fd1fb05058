/** The script of tryPhoto.mjs's page: it shows the model's answer for a photo that is chosen or dropped. */
import { predict } from "model";

const element = (id) => document.getElementById(id);
const photo = element("photo").getContext("2d", { willReadFrequently: true });
const drop = element("drop");

function say(text) {
  element("said").textContent = text;
}

function answer(bitmap) {
  const { width, height } = bitmap;
  Object.assign(photo.canvas, { width, height });
  // White is the background of transparent pixels.
  photo.fillStyle = "#fff";
  photo.fillRect(0, 0, width, height);
  photo.drawImage(bitmap, 0, 0);
  const { prediction, probabilities } = predict(photo.getImageData(0, 0, width, height));
  say(`${prediction}, ${(100 * probabilities[prediction]).toFixed(1)} %`);
}

async function show(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    say(`${file.name} is no picture that this browser can read.`);
    return;
  }
  answer(bitmap);
}

element("file").addEventListener("change", ({ target }) => {
  if (target.files.length > 0) show(target.files[0]);
});

// The whole page accepts a dropped file. Otherwise the browser would open it instead.
addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
addEventListener("dragleave", () => drop.classList.remove("over"));
addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const [file] = event.dataTransfer.files;
  if (file) show(file);
});

const first = element("first").firstElementChild;
await first.decode();
answer(await createImageBitmap(first));
