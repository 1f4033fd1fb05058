/** A module of its own for networks on several threads. It needs a shared memory, and is the same for both types of elements. */
export { begin, begun, fail, hasFailed, nextGeneration, runJob, serve, serving } from "./program/team";
