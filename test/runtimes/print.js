/** Runs the program and prints what it returns, wherever there is a console. */
import { program } from "./program.js";

program().then((result) => console.log(JSON.stringify(result)));
