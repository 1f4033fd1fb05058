/** What the page of tryPerson.mjs does: what the model says of the person, as one types. */
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
