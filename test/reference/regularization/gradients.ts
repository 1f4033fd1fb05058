/** Slow twins of assembly/regularization/gradients.ts. */

export const clip = (block: readonly number[], limit: number): number[] =>
  block.map((x) => Math.max(-limit, Math.min(limit, x)));

/** Blocks scaled so that their common Euclidean norm is at most `limit`, as clip_grad_norm_ does. */
export function limitNorm(blocks: readonly (readonly number[])[], limit: number): number[][] {
  const norm = Math.sqrt(blocks.flat().reduce((sum, x) => sum + x * x, 0));
  const factor = Math.min(1, limit / (norm + 1e-6));
  return blocks.map((block) => block.map((x) => x * factor));
}
