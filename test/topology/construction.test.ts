/** What the types of networks promise. The compiler checks these: without an error in the line below, `@ts-expect-error` is one. */

import { describe, expect, expectTypeOf, test } from "vitest";
import { type Dtype, dense, inputGradients, Network, type Stream } from "../../src/index.ts";

type Float32s = Float32Array<ArrayBuffer>;
type Float64s = Float64Array<ArrayBuffer>;

const layers = [dense(2)];

describe("a network", () => {
  const single = new Network({ inputs: 1, layers });
  const double = new Network({ inputs: 1, layers, dtype: "float64" });

  test("has the arrays of its dtype, float32 unless it is said", () => {
    expectTypeOf(single).toEqualTypeOf<Network<"float32">>();
    expectTypeOf(double).toEqualTypeOf<Network<"float64">>();
    expectTypeOf(single.predict(Float32Array.of(1))).toEqualTypeOf<Float32s>();
    expectTypeOf(single.predict(Float64Array.of(1))).toEqualTypeOf<Float32s>();
    expectTypeOf(double.predict(Float32Array.of(1))).toEqualTypeOf<Float64s>();
    expectTypeOf(single.input(1)).toEqualTypeOf<Float32s>();
    expectTypeOf(double.output).returns.toEqualTypeOf<Float64s>();
    expectTypeOf(single.parameters[0].values).toEqualTypeOf<Float32s>();
    expectTypeOf(double.parameters[0].gradients).toEqualTypeOf<Float64s | undefined>();
    expectTypeOf(double.statistics).items.toHaveProperty("values").toEqualTypeOf<Float64s>();
    expectTypeOf(single.layers[0]).toHaveProperty("activation").toEqualTypeOf<Float32s>();
    expectTypeOf(double.part().dtype).toEqualTypeOf<"float64">();
    expectTypeOf(double.stream).returns.toEqualTypeOf<Stream<"float64">>();
    expectTypeOf(inputGradients(double, Float32Array.of(1))).toEqualTypeOf<Float64s>();
    expect(double.predict(Float32Array.of(1))).toBeInstanceOf(Float64Array);
    expect(single.predict(Float64Array.of(1))).toBeInstanceOf(Float32Array);
  });

  test("gives flat results for one flat example, rows for rows", () => {
    expectTypeOf(single.predict([1])).toEqualTypeOf<number[]>();
    expectTypeOf(single.predict([[1]])).toEqualTypeOf<number[][]>();
  });

  test("of a dtype that is not known takes part wherever its dtype does not matter", () => {
    const dtype = "float64" as Dtype;
    const unknown = new Network({ inputs: 1, layers, dtype });
    expectTypeOf(unknown).toEqualTypeOf<Network>();
    expectTypeOf(unknown.predict(Float32Array.of(1))).toEqualTypeOf<Float32s | Float64s>();
    expectTypeOf(Network.fromBytes(single.toBytes())).toEqualTypeOf<Network>();
    expectTypeOf(single).toExtend<Network>();
    // @ts-expect-error: nobody knows whether it is of float32
    const narrow: Network<"float32"> = unknown;
    expect(narrow.dtype).toBe("float64");
  });

  test("has bytes that fit Blob, Response and fetch", () => {
    expectTypeOf(single.toBytes()).toExtend<BlobPart & BodyInit>();
    expectTypeOf(single.toBytes().buffer).toEqualTypeOf<ArrayBuffer>();
    expectTypeOf(single.predict(Float32Array.of(1))).toExtend<BlobPart & BodyInit>();
  });
});

test("the class has its name for consoles", () => expect(Network.name).toBe("Network"));
