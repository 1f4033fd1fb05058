/** The page where a user compares two pictures. */
import { fileURLToPath } from "node:url";
import { browserPage } from "../shared/browser.mjs";
import { html } from "../shared/page.mjs";
import { picture } from "../shared/pictures.mjs";

const style = `
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 240px)); gap: 12px; }
.pair h2 { margin: 0 0 6px; font-size: 14px; }
canvas { display: block; width: 100%; image-rendering: pixelated; border: 1px solid var(--grid); border-radius: 8px; }
.letters canvas { cursor: crosshair; touch-action: none; }
.pair input, .pair button { margin-top: 8px; max-width: 100%; font: inherit; }
button { padding: 5px 14px; border: 1px solid var(--grid); border-radius: 6px; background: var(--card); color: var(--ink); }
#said { margin: 16px 0; font-size: 20px; font-weight: 600; }
#said.same { color: var(--first); }
#said.other { color: var(--second); }
`;

/**
 * @param model the path of a model's file that train.mjs has written
 * @param data the result of `load`; the page starts with two of its pictures that the network has not seen
 * @returns HTML
 */
export function pairTryPage(model, { kind, rows, runs }, threshold) {
  const [{ references, items }] = runs;
  const isOfLetters = kind.one === "letter";
  const [height, width] = kind.shape;
  const side = (number, id, title) => html`<div>
<h2>${title}</h2>
<canvas id="${id}" width="${width}" height="${height}" role="img" aria-label="${title} ${kind.one}"></canvas>
${isOfLetters ? html`<button id="${id}-clear" type="button">Clear</button>\n` : ""}<label>${isOfLetters ? "or a picture: " : ""}<input id="${id}-file" type="file" accept="image/*" aria-label="a picture of ${title} ${kind.one}"></label>
<div hidden>${picture(rows[number], kind.shape, "what stands there at first")}</div>
</div>
`;
  return browserPage({
    title: `The same ${kind.class}?`,
    lead: isOfLetters
      ? "Draw a letter, and draw it again, or another one. The network says whether they are the same, of any alphabet."
      : "Choose two pictures in which a face fills all, upright, from the front. The network says whether it is the same person.",
    style,
    body: html`<div class="pair ${kind.many}" data-threshold="${threshold}" data-class="${kind.class}">
${side(items[0], "one", "one")}${side(references[0], "other", "the other")}</div>
<p id="said" role="status"></p>
`,
    script: fileURLToPath(new URL("tryPair.browser.js", import.meta.url)),
    models: { model },
  });
}
