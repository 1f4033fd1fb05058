/** The family of embeddings: what prediction needs. What training needs beside is in the family of training. */

export { embeddingForward } from "./embedding/embedding";
export { positionForward } from "./embedding/position";
