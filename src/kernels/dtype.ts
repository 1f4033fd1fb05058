/** The two types that elements of a network can have, and their arrays. */

export type Dtype = "float32" | "float64";

/**
 * The typed array of each dtype, on an ArrayBuffer; of live views of a network with several threads, on a SharedArrayBuffer. TypeScript 5.7 and later call this `Float32Array<ArrayBuffer>`, which earlier versions
 * cannot read.
 */
export interface ArrayOf {
  readonly float32: ReturnType<Float32Array["slice"]>;
  readonly float64: ReturnType<Float64Array["slice"]>;
}

/** A typed array of a dtype. */
export type Values<Type extends Dtype = Dtype> = ArrayOf[Type];

/** Bytes on an ArrayBuffer, for `Blob`, `Response` and `fetch`. */
export type Bytes = ReturnType<Uint8Array["slice"]>;

export const elementBytes = { float32: 4, float64: 8 } as const;

/** Returns `length` zeros of type `dtype`. */
export function valuesOf(dtype: Dtype, length: number): Values {
  return dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
}
