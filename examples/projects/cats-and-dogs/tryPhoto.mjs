/** The page where a user chooses or drops a photo, and the network tells which of the two classes it shows. */
import { fileURLToPath } from "node:url";
import { pictureRows } from "simdnet/pictures";
import { browserPage } from "../shared/browser.mjs";
import { html } from "../shared/page.mjs";
import { picture } from "../shared/pictures.mjs";

const style = `
#drop { margin: 16px 0; padding: 14px; border: 2px dashed var(--grid); border-radius: 8px; }
#drop.over { border-color: var(--first); }
input[type="file"] { display: block; max-width: 100%; margin-top: 6px; font: inherit; color: inherit; }
canvas { display: block; max-width: 100%; max-height: 60vh; border-radius: 4px; }
#said { margin: 16px 0; font-size: 20px; font-weight: 600; }
`;

/** The side of the first photo, in pixels. */
const side = 256;

/**
 * @param model the path of a model's file that train.mjs has written
 * @param file the path of the first picture on the page
 * @returns HTML
 */
export async function photoTryPage(model, file) {
  const { inputs } = await pictureRows([file], [0], { size: side });
  return browserPage({
    title: "What is on the photo?",
    lead: "Choose a photo, or drop it here. The network knows two classes, and takes whatever it sees for one of them.",
    style,
    body: html`<div id="drop"><label>A photo: <input id="file" type="file" accept="image/*"></label></div>
<p id="said" role="status"></p>
<canvas id="photo" role="img" aria-label="the photo"></canvas>
<div id="first" hidden>${picture(inputs[0], [side, side, 3], "the photo that stands there at first")}</div>
`,
    script: fileURLToPath(new URL("tryPhoto.browser.js", import.meta.url)),
    models: { model },
  });
}
