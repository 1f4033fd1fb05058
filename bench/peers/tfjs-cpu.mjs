/** TensorFlow.js on its JavaScript backend. */
import { tensorflow } from "./tfjs.mjs";

await tensorflow("cpu");
