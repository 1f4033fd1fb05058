/** The script of tryPair.mjs's page: it shows the model's answer for two pictures, drawn or chosen. */
import { predict } from "model";

const pair = document.querySelector(".pair");
const said = document.getElementById("said");
const threshold = Number(pair.dataset.threshold);
const sides = ["one", "other"].map((id) => {
  const canvas = document.getElementById(id);
  const [clearing, choosing] = ["clear", "file"].map((tool) => document.getElementById(`${id}-${tool}`));
  const first = canvas.parentElement.querySelector("img");
  return { canvas, context: canvas.getContext("2d", { willReadFrequently: true }), clearing, choosing, first };
});
const [{ width, height }] = sides.map(({ canvas }) => canvas);
const penWidth = 1.3;

/** Returns grey values from 0 to 1. */
function valuesOf({ context }) {
  const { data } = context.getImageData(0, 0, width, height);
  return Float32Array.from({ length: width * height }, (_, pixel) => data[4 * pixel] / 255);
}

/** The model's output is its threshold minus the distance. */
function update() {
  const [margin] = predict(sides.map(valuesOf));
  const distance = (threshold - margin).toFixed(3);
  const name = pair.dataset.class;
  said.className = margin > 0 ? "same" : "other";
  said.textContent = `${margin > 0 ? "The same" : "Not the same"} ${name}: the distance is ${distance}, the threshold ${threshold.toFixed(3)}.`;
}

function clear({ context }) {
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
}

/** Shows the middle of a picture in the canvas's proportions; each pixel is the mean grey of its area. */
function show({ context }, bitmap) {
  const finer = 8;
  const [wide, high] = [width * finer, height * finer];
  const drawing = new OffscreenCanvas(wide, high).getContext("2d");
  const scale = Math.max(wide / bitmap.width, high / bitmap.height);
  const [drawnWide, drawnHigh] = [bitmap.width * scale, bitmap.height * scale];
  drawing.fillStyle = "#fff";
  drawing.fillRect(0, 0, wide, high);
  drawing.drawImage(bitmap, (wide - drawnWide) / 2, (high - drawnHigh) / 2, drawnWide, drawnHigh);
  const { data } = drawing.getImageData(0, 0, wide, high);
  const sums = new Float64Array(width * height);
  for (let y = 0, at = 0; y < high; y++) {
    for (let x = 0; x < wide; x++, at += 4) {
      const grey = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
      sums[Math.floor(y / finer) * width + Math.floor(x / finer)] += grey;
    }
  }
  const image = context.createImageData(width, height);
  sums.forEach((sum, pixel) => {
    image.data.fill(Math.round(sum / finer ** 2), 4 * pixel, 4 * pixel + 3);
    image.data[4 * pixel + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}

function stroke({ context }, from, to) {
  context.lineWidth = penWidth;
  context.lineCap = "round";
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

/** The side and the last point of the current stroke. */
let pen;
function pointIn({ canvas }, { clientX, clientY }) {
  const { left, top, width: shown } = canvas.getBoundingClientRect();
  return [clientX - left, clientY - top].map((place) => (place / shown) * width);
}
addEventListener("pointermove", (event) => {
  if (!pen) return;
  const next = pointIn(pen.side, event);
  stroke(pen.side, pen.last, next);
  pen.last = next;
  update();
});
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => {
    pen = undefined;
  });
}

for (const side of sides) {
  // Letters can be cleared and drawn, but faces can only be chosen.
  if (side.clearing) {
    side.clearing.addEventListener("click", () => {
      clear(side);
      update();
    });
    side.canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      pen = { side, last: pointIn(side, event) };
      stroke(side, pen.last, pen.last);
      update();
    });
  }
  side.choosing.addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    try {
      show(side, await createImageBitmap(file));
    } catch {
      said.className = "";
      said.textContent = `${file.name} is no picture that this browser can read.`;
      return;
    }
    update();
  });
}

for (const side of sides) {
  await side.first.decode();
  side.context.drawImage(side.first, 0, 0);
}
update();
