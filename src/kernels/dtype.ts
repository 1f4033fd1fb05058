/** The two types that elements of a network can have, and their arrays. */

export type Dtype = "float32" | "float64";

/** A typed array of a dtype. */
export type Values = Float32Array | Float64Array;

export const elementBytes = { float32: 4, float64: 8 } as const;

/** `length` zeros of type `dtype`. */
export function valuesOf(dtype: Dtype, length: number): Values {
  return dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
}
