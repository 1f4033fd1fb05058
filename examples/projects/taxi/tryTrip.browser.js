/** The script of tryTrip.mjs's page: it shows the model's answer while the user types. */
import { predict } from "model";
import { featureSets } from "./features.mjs";
import { answerOf, tripOf } from "./trip.mjs";

const form = document.querySelector("form");
const said = document.getElementById("said");
const { first, last, most } = form.dataset;

function update() {
  const asked = Object.fromEntries(
    ["from", "to", "at", "passengers"].map((id) => [id, document.getElementById(id).value]),
  );
  try {
    const trip = tripOf(asked, { first, last, most: Number(most) });
    const features = Object.entries(featureSets.better(trip)).map(([name, [value]]) => [name, value]);
    said.textContent = `${answerOf(trip, predict(Object.fromEntries(features)).prediction)}.`;
  } catch (error) {
    said.textContent = `${error.message}.`;
  }
}

form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
update();
