/** The page where a user enters the measurements of a person. */
import { fileURLToPath } from "node:url";
import { browserPage, formStyle } from "../shared/browser.mjs";
import { html } from "../shared/page.mjs";
import { measurements } from "./load.mjs";

/** The units, and the first values of the fields. */
const units = {
  Glucose: "mg/dl",
  BloodPressure: "mm Hg",
  SkinThickness: "mm",
  Insulin: "µU/ml",
  BMI: "kg/m²",
  Age: "years",
};
const given = { Glucose: 148, BMI: 33.6, Age: 50 };

/**
 * @param model the path of a model's file that train.mjs has written
 * @returns HTML
 */
export function personTryPage(model) {
  const field = (name) =>
    html`<label>${name}${name in units ? `, ${units[name]}` : ""} <input id="${name}" type="number" min="0" step="any" value="${given[name] ?? ""}"></label>\n`;
  return browserPage({
    title: "Does this person have diabetes?",
    lead: "Type what was measured, and leave the rest empty. An exercise on 768 Pima women, of no use to a doctor.",
    style: `${formStyle}#said { white-space: pre-line; font-size: 16px; }`,
    body: html`<form>
${measurements.map(field)}</form>
<p id="said" role="status"></p>
`,
    script: fileURLToPath(new URL("tryPerson.browser.js", import.meta.url)),
    models: { model },
  });
}
