/** Runs the program and prints its result, wherever there is a console. */
import { program } from "./program.js";

program().then((result) => console.log(JSON.stringify(result)));
