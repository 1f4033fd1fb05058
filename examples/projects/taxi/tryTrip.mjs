/** The page where a user asks for the cost of a trip. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Pipeline } from "simdnet";
import { browserPage, formStyle } from "../shared/browser.mjs";
import { html } from "../shared/page.mjs";

const places = {
  "Empire State Building": "40.7484,-73.9857",
  "Times Square": "40.7580,-73.9855",
  "Wall Street": "40.7074,-74.0113",
  "Central Park, the museum": "40.7813,-73.9740",
  "Grand Central": "40.7527,-73.9772",
  "Brooklyn, Prospect Park": "40.6602,-73.9690",
  "Airport JFK": "40.6445,-73.7828",
  "Airport LaGuardia": "40.7769,-73.8740",
};

/**
 * @param model the path of a model's file that train.mjs has written
 * @returns HTML
 */
export function tripTryPage(model) {
  const { first, last, most } = Pipeline.fromBytes(readFileSync(model)).notes.limits;
  const options = Object.entries(places).map(([name, place]) => html`<option value="${place}">${name}</option>`);
  const place = (id, label, value) =>
    html`<label>${label}, latitude and longitude <input id="${id}" list="places" value="${value}"></label>\n`;
  return browserPage({
    title: "What does the trip cost?",
    lead: `A taxi in New York, on a day from ${first} to ${last}. Places are as maps give them; an empty field offers some.`,
    style: formStyle,
    body: html`<form data-first="${first}" data-last="${last}" data-most="${most}">
${place("from", "From", places["Empire State Building"])}${place("to", "To", places["Airport JFK"])}<label>Date and time in New York <input id="at" type="datetime-local" min="${first}T00:00" max="${last}T23:59" value="${last}T18:30"></label>
<label>Passengers <input id="passengers" type="number" min="1" max="${most}" value="1"></label>
<datalist id="places">${options}</datalist>
</form>
<p id="said" role="status"></p>
`,
    script: fileURLToPath(new URL("tryTrip.browser.js", import.meta.url)),
    models: { model },
  });
}
