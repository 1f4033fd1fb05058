/** The page where a user draws a digit, noise is added, and the network removes it again. */
import { fileURLToPath } from "node:url";
import { browserPage } from "../shared/browser.mjs";
import { html } from "../shared/page.mjs";
import { digitSize } from "./networks.mjs";

const style = `
.digits { display: grid; grid-template-columns: repeat(3, minmax(0, 224px)); gap: 12px; }
.digits h2 { margin: 0 0 6px; font-size: 14px; }
canvas { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 8px; }
#drawn { cursor: crosshair; touch-action: none; }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: 10px 18px; margin: 16px 0; }
button { padding: 5px 14px; border: 1px solid var(--grid); border-radius: 6px; background: var(--card); color: var(--ink); font: inherit; }
input[type="file"] { max-width: 100%; font: inherit; }
`;

const canvas = (id, title, label) => html`<div>
<h2>${title}</h2>
<canvas id="${id}" width="${digitSize}" height="${digitSize}" role="img" aria-label="${label}"></canvas>
</div>
`;

/** @param model the path of a model's file that digits.mjs has written. @returns HTML */
export const digitsTryPage = (model) =>
  browserPage({
    title: "Draw a digit",
    lead: "Noise falls on it, and the network says what lies under the noise. It has learned that from handwritten digits.",
    style,
    body: html`<div class="digits">
${canvas("drawn", "draw here", "what you draw")}${canvas("noisy", "with noise", "your digit with noise")}${canvas("cleaned", "denoised", "your digit denoised by the network")}</div>
<div class="tools">
<button id="clear" type="button">Clear</button>
<label>Noise <input id="deviation" type="range" min="0" max="1" step="0.05" value="0.5"></label>
<button id="again" type="button">Other noise</button>
<label>or a picture: <input id="file" type="file" accept="image/*"></label>
</div>
<p id="said" role="status"></p>
`,
    script: fileURLToPath(new URL("tryDigits.browser.js", import.meta.url)),
    models: { model },
  });
