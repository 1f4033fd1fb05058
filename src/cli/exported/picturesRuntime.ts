/** Exports what the Worker of a model of pictures needs: the same as runtime.ts, and the decoders of picture files. */

import { readPicture } from "../../pictures/index.ts";
import { type Predictor, predictorOf as predictorWith } from "./predictor.ts";

export const predictorOf = (file: Uint8Array | ArrayBuffer): Predictor => predictorWith(file, readPicture);
