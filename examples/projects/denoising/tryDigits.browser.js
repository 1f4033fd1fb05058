/** The script of tryDigits.mjs's page: it adds noise to the drawing, and shows the model's output. */
import { predict } from "model";

const element = (id) => document.getElementById(id);
const canvases = ["drawn", "noisy", "cleaned"].map(element);
const [drawn, noisy, cleaned] = canvases.map((canvas) => canvas.getContext("2d", { willReadFrequently: true }));
const { width: size } = canvases[0];
const count = size * size;
const said = element("said");

/** The first digit on the page, so that there is something to see. */
const firstDigit = [
  [
    [9, 8],
    [12, 5],
    [16, 5],
    [19, 8],
    [18, 12],
    [14, 13.5],
    [19, 15],
    [20, 19],
    [17, 23],
    [12, 23],
    [8, 20],
  ],
];
const penWidth = 2.4;

/** Returns normally distributed numbers, by Box and Muller. */
const normals = () =>
  Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
  );
let noise = normals();

const byteOf = (value) => Math.round(Math.min(Math.max(value, 0), 1) * 255);
const valuesIn = (context) => {
  const { data } = context.getImageData(0, 0, size, size);
  return Float32Array.from({ length: count }, (_, pixel) => data[4 * pixel] / 255);
};

function show(context, values) {
  const image = context.createImageData(size, size);
  values.forEach((value, pixel) => {
    image.data.fill(byteOf(value), 4 * pixel, 4 * pixel + 3);
    image.data[4 * pixel + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}

/** The network's input is exactly the middle picture: its values are whole bytes. */
function update() {
  const clean = valuesIn(drawn);
  const deviation = Number(element("deviation").value);
  show(
    noisy,
    clean.map((value, pixel) => value + deviation * noise[pixel]),
  );
  const before = valuesIn(noisy);
  const after = predict(before);
  show(cleaned, after);
  said.textContent = `Mean squared error with noise ${error(before, clean)}, denoised ${error(after, clean)}.`;
}

const error = (values, clean) =>
  (values.reduce((sum, value, pixel) => sum + (value - clean[pixel]) ** 2, 0) / count).toFixed(4);

function clear() {
  drawn.fillStyle = "#000";
  drawn.fillRect(0, 0, size, size);
}

function draw(points) {
  drawn.strokeStyle = "#fff";
  drawn.lineWidth = penWidth;
  drawn.lineCap = "round";
  drawn.lineJoin = "round";
  drawn.beginPath();
  drawn.moveTo(...points[0]);
  for (const point of points) drawn.lineTo(...point);
  drawn.stroke();
}

const pointOf = ({ clientX, clientY }) => {
  const { left, top, width } = canvases[0].getBoundingClientRect();
  return [clientX - left, clientY - top].map((place) => (place / width) * size);
};

/** The last point of the current stroke. */
let last;
canvases[0].addEventListener("pointerdown", (event) => {
  event.preventDefault();
  last = pointOf(event);
  draw([last, last]);
  update();
});
addEventListener("pointermove", (event) => {
  if (!last) return;
  const next = pointOf(event);
  draw([last, next]);
  last = next;
  update();
});
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => {
    last = undefined;
  });
}

element("clear").addEventListener("click", () => {
  clear();
  update();
});
element("again").addEventListener("click", () => {
  noise = normals();
  update();
});
element("deviation").addEventListener("input", update);

element("file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    said.textContent = `${file.name} is no picture that this browser can read.`;
    return;
  }
  show(drawn, digitOf(bitmap));
  update();
});

/** Returns a picture as a digit: scaled down by area, and inverted if it is dark on light. */
function digitOf(bitmap) {
  const finer = 16;
  const side = size * finer;
  const context = new OffscreenCanvas(side, side).getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.drawImage(bitmap, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  const values = new Float32Array(count);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = 4 * (y * side + x);
      const grey = (0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]) / 255;
      values[Math.floor(y / finer) * size + Math.floor(x / finer)] += grey / finer ** 2;
    }
  }
  const isLight = values.reduce((sum, value) => sum + value) > count / 2;
  return isLight ? values.map((value) => 1 - value) : values;
}

clear();
for (const stroke of firstDigit) draw(stroke);
update();
