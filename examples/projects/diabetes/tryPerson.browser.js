/** The script of tryPerson.mjs's page: it shows the model's answer while the user types. */
import { columns, predict } from "model";
import { answerOf, missingOf } from "./answer.mjs";

const form = document.querySelector("form");
const said = document.getElementById("said");

function update() {
  const person = Object.fromEntries(
    columns.map(({ name }) => {
      const { value, valueAsNumber } = document.getElementById(name);
      return [name, value === "" ? null : valueAsNumber];
    }),
  );
  said.textContent = answerOf(predict(person), missingOf(person));
}

form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
update();
