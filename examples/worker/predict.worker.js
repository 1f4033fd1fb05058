/** The Worker that answers predictions. The model is part of it: read once, when it starts. */

import model from "./digits.safetensors";
import { predictor } from "./predict.js";

export default { fetch: predictor(model) };
