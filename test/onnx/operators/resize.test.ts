/** Resize: by whole factors, by repeated places, by products with a matrix. test/fixtures/onnx-backend.json has the answers of all modes. */
import { describe, expect, test } from "vitest";
import { answers, integers, node, refused, tensor, titles, upTo } from "../models.ts";

const inputs = { x: ["batch", 1, 1, 2] };
const sized = (attributes: object, ...sizes: number[]) => ({
  nodes: [node("Resize", "x _ _ s -> y", attributes as never)],
  inputs,
  tensors: [integers("s", ...sizes)],
});
const kinds = (spec: Parameters<typeof titles>[0]) => titles(spec).map((title) => title.split(/[ ,]/)[0]);

describe("by whole factors", () => {
  test("is upsampling, nearest or bilinear", () => {
    const image = (spec: ReturnType<typeof sized>) => ({
      ...spec,
      nodes: [node("MaxPool", "x -> p", { kernel_shape: [1, 1] }), { ...spec.nodes[0], inputs: ["p", "", "", "s"] }],
    });
    expect(
      kinds(image(sized({ coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }, 1, 1, 2, 4))),
    ).toEqual(["max", "upsample"]);
    expect(titles(image(sized({ mode: "linear" }, 1, 1, 2, 4)))[1]).toBe("upsample 2 × 2, bilinear");
  });

  test("of old versions, with scales as an attribute or an input", () => {
    const scales = [tensor("s", [4], [1, 1, 1, 2])];
    expect(answers({ nodes: [node("Upsample", "x s -> y")], inputs, tensors: scales, opset: 9 }, [1, 2])).toEqual([
      1, 1, 2, 2,
    ]);
    expect(answers({ nodes: [node("Resize", "x s -> y")], inputs, tensors: scales, opset: 10 }, [1, 2])).toEqual([
      1, 1, 2, 2,
    ]);
  });
});

describe("by other factors", () => {
  test("nearest repeats places", () => {
    expect(
      answers(sized({ coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }, 1, 1, 1, 3), [1, 2]),
    ).toEqual([1, 1, 2]);
  });

  test("the place of a factor of 0.7, which float32 has a little less of, is that of 7/10", () => {
    const attributes = { coordinate_transformation_mode: "half_pixel", nearest_mode: "round_prefer_floor" };
    const spec = {
      nodes: [node("Resize", "x _ s -> y", attributes)],
      inputs: { x: ["batch", 1, 1, 10] },
      tensors: [tensor("s", [4], [1, 1, 1, 0.7])],
    };
    // 3.5 / 0.7 − 0.5 is 4.5, and the fifth number is 5.
    expect(answers(spec, upTo(10))[3]).toBe(5);
  });

  test("linear with aligned corners is a product with a matrix that is not trained", () => {
    const spec = sized({ mode: "linear", coordinate_transformation_mode: "align_corners" }, 1, 1, 1, 3);
    expect(answers(spec, [1, 2])).toEqual([1, 1.5, 2]);
    expect(titles(spec)).toContain("dense 3, linear, no bias");
  });
});

test("refused are modes that are unknown, regions, and another number of examples", () => {
  refused(
    sized({ mode: "other" }, 1, 1, 1, 3),
    'fromOnnx, Resize "y": got mode "other", need nearest, linear or cubic',
  );
  refused(
    sized({ coordinate_transformation_mode: "tf_crop_and_resize" }, 1, 1, 1, 3),
    "need one without a region of interest",
  );
  refused(sized({ antialias: 1, mode: "linear" }, 1, 1, 1, 3), "got antialias, need none");
  refused(sized({ nearest_mode: "other" }, 1, 1, 1, 3), "need floor, ceil, round_prefer_floor or round_prefer_ceil");
  refused(sized({}, 1, 1, 1, 0), "got a side of 0 places, need 1 to 2²⁰");
  const scales = { nodes: [node("Resize", "x _ s -> y")], inputs, tensors: [tensor("s", [4], [2, 1, 1, 1])] };
  refused(scales, "got another number of examples, need the same");
});
