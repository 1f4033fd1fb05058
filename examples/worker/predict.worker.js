/** The Worker that answers predictions. It contains the model, and reads it once, when it starts. */

import model from "./digits.safetensors";
import { predictor } from "./predict.js";

export default { fetch: predictor(model) };
