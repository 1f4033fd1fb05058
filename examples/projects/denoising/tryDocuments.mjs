/** The page where a user chooses a picture of a page, and the network cleans it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Network } from "simdnet";
import { browserPage } from "../shared/browser.mjs";
import { html } from "../shared/page.mjs";
import { picture } from "../shared/pictures.mjs";

const style = `
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: 10px 18px; margin: 16px 0; }
input[type="file"] { max-width: 100%; font: inherit; }
canvas { display: block; max-width: 100%; border-radius: 4px; }
a { color: var(--first); }
`;

/**
 * @param model the path of a model's file that documents.mjs has written
 * @param page `{ noisy, height, width }`, the first page that it shows
 * @returns HTML
 */
export function documentsTryPage(model, { noisy, height, width }) {
  // Each convolution of 3 × 3 looks one pixel further on each side.
  const reach = Network.fromBytes(readFileSync(model)).layers.length;
  return browserPage({
    title: "Clean a page",
    lead: "Choose a picture of a printed page, dark on light. The network takes off what does not belong to the print.",
    style,
    body: html`<div class="tools">
<label>Picture: <input id="file" type="file" accept="image/*"></label>
<a id="save" download="cleaned.png" hidden>Save the clean page</a>
</div>
<p id="said" role="status"></p>
<h2>Before</h2>
<canvas id="before" role="img" aria-label="the page as it is"></canvas>
<h2>After</h2>
<canvas id="after" data-reach="${reach}" role="img" aria-label="the page cleaned by the network"></canvas>
<div id="first" hidden>${picture(noisy, [height, width, 1], "the page that stands there at first")}</div>
`,
    script: fileURLToPath(new URL("tryDocuments.browser.js", import.meta.url)),
    models: { model },
  });
}
