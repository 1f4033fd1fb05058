/** The module of the benchmarks, those of the command and those of the repository: what the machine can do at most. */
import { peak } from "./peak";

export function peakF32(steps: i32, multiplier: f64, addend: f64): f64 {
  return peak<f32>(steps, multiplier, addend);
}

export function peakF64(steps: i32, multiplier: f64, addend: f64): f64 {
  return peak<f64>(steps, multiplier, addend);
}
