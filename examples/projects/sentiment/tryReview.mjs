/** The page where a user types a review. */
import { fileURLToPath } from "node:url";
import { browserPage } from "../shared/browser.mjs";
import { html } from "../shared/page.mjs";

const style = `
textarea { width: 100%; min-height: 110px; padding: 10px; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--grid);
  border-radius: 8px; }
#said { margin: 14px 0; font-size: 20px; font-weight: 600; }
#words { line-height: 1.7; }
#words span { padding: 1px 2px; border-radius: 3px; }
`;

/**
 * @param model the path of a model's file that train.mjs has written
 * @param text the first review on the page
 * @returns HTML
 */
export function reviewTryPage(model, text) {
  return browserPage({
    title: "Does the writer like the film?",
    lead: "Type a review in English. Blue words speak for “liked it”, orange ones against it.",
    style,
    body: html`<textarea id="review" aria-label="a review">${text}</textarea>
<p id="said" role="status"></p>
<p id="words"></p>
`,
    script: fileURLToPath(new URL("tryReview.browser.js", import.meta.url)),
    models: { model },
  });
}
