/** Slow twin of assembly/attention/memory.ts. */

/** The rows that are kept after a step, and where they begin and end. */
export function keepStep(kept: readonly (readonly number[])[], step: number, source: readonly number[]) {
  return { kept: kept.with(step, source), offsets: [0, step + 1] };
}
