/** The page of the project "cats-and-dogs": its answer for a photo that is chosen or dropped must be that of `predict`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { basicNetwork, pipelineOf } from "../../examples/projects/cats-and-dogs/network.mjs";
import { photoTryPage } from "../../examples/projects/cats-and-dogs/tryPhoto.mjs";
import { pngOf } from "../../examples/projects/shared/pictures.mjs";
import { check, framed } from "./framed.mjs";

/**
 * Runs in the browser: looks at the first photo, and chooses a file that is not a picture, chooses one that is, and drops one on the page.
 */
async function show({ frame, element, choose, until }, { text, chosen, dropped }) {
  const said = () => element("said").textContent;
  const shown = async (width) => {
    await until(() => element("photo").width === width && said().endsWith("%"));
    const { height } = element("photo");
    const { data } = element("photo").getContext("2d").getImageData(0, 0, width, height);
    return { width, height, data: [...data], said: said() };
  };
  const first = await shown(256);
  choose("file", "text.png", text);
  await until(() => said().includes("text.png"));
  const refused = said();
  choose("file", "chosen.png", chosen);
  const seen = { first, chosen: await shown(50) };
  const transfer = new frame.contentWindow.DataTransfer();
  const bytes = Uint8Array.from(atob(dropped), (letter) => letter.charCodeAt(0));
  transfer.items.add(new File([bytes], "dropped.png"));
  const event = new frame.contentWindow.DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
  element("photo").dispatchEvent(event);
  return { seen: { ...seen, dropped: await shown(40) }, refused, isTaken: event.defaultPrevented };
}

export const chosenPhoto = (browser) => ({
  version: browser.version,
  async run({ scratch }) {
    const model = pipelineOf(basicNetwork(1), ["Cat", "Dog"]);
    // With these weights, the answers for the pictures differ.
    for (const { values } of model.network.parameters) values.set(values.map((value) => 1.5 * value));
    const path = join(scratch, "cats-and-dogs.safetensors");
    writeFileSync(path, model.toBytes());
    const pngFor = (width, height, step) =>
      Buffer.from(
        pngOf(
          Float32Array.from({ length: 3 * width * height }, (_, at) => ((at * step) % 256) / 255),
          [height, width, 3],
        ),
      );
    const file = join(scratch, "first.png");
    writeFileSync(file, pngFor(30, 60, 1));
    const [chosen, dropped] = [pngFor(50, 32, 7), pngFor(40, 90, 3)].map((bytes) => bytes.toString("base64"));
    const given = { text: Buffer.from("no picture").toString("base64"), chosen, dropped };
    const page = await photoTryPage(path, file);
    const { seen, refused, isTaken } = await framed(browser, { page, use: show, given, scratch });

    const answers = Object.entries(seen).map(([name, { data, width, height, said }]) => {
      const { prediction, probabilities } = model.predict({ data: Uint8Array.from(data), width, height });
      const expected = `${prediction}, ${(100 * probabilities[prediction]).toFixed(1)} %`;
      check(said === expected, `${name}: the page says ${said}, predict gives ${expected}`);
      return said;
    });
    check(new Set(answers).size === 3, `the page says ${answers} of three photos`);
    check([seen.chosen.height, seen.dropped.height].join() === "32,90", "another photo is shown than the one given");
    check(refused === "text.png is no picture that this browser can read.", `the page says ${refused}`);
    check(isTaken, "the browser would open a photo that is dropped");
  },
});
