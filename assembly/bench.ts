/** The module of the benchmarks, those of the command and those of the repository: what the machine can do at most. */

export { peak } from "./peak";
