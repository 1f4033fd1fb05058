import { describe, expect, test } from "vitest";
import { training } from "../../build/training.js";
import { Arena } from "../../src/memory/arena.ts";
import {
  type Activation,
  type ActivationName,
  activationKinds,
  activationOf,
  backwardName,
  elu,
  forwardName,
  leakyRelu,
} from "../../src/topology/activations.ts";
import { dtypes } from "../kernels/scratch.ts";

const names = Object.keys(activationKinds) as ActivationName[];

test("linear has no operation", () => {
  expect([forwardName("linear"), backwardName("linear")]).toEqual([undefined, undefined]);
});

test("there are 17 activations, and all but linear have a forward and a backward operation in both types", () => {
  expect(names.length).toBe(17);
  for (const dtype of dtypes) {
    const arena = new Arena(dtype);
    arena.add(training);
    for (const name of names.filter((each) => each !== "linear")) {
      const [forward, backward] = [forwardName(name), backwardName(name)];
      for (const operation of [forward!, backward!]) {
        expect(arena.layoutOf(operation).fields.slice(-2), operation).toEqual(["columns#", "parameter*"]);
      }
    }
  }
});

test("the relu family starts with heUniform, selu with lecunNormal, the other 8 with glorotUniform", () => {
  const starts = (kind: string) => names.filter((name) => activationKinds[name].weights().kind === kind);
  expect(starts("heUniform")).toEqual("relu leakyRelu elu gelu geluTanh silu mish hardSwish".split(" "));
  expect(starts("lecunNormal")).toEqual(["selu"]);
  expect(starts("glorotUniform")).toEqual(
    "linear sigmoid tanh softplus softsign hardSigmoid softmax logSoftmax".split(" "),
  );
});

describe("activationOf", () => {
  test("a name has PyTorch's parameter: slope 0.01, alpha 1, for the other 15 none", () => {
    const parameters = names.map((name) => activationOf(name));
    expect(parameters).toEqual(
      names.map((name) => ({ name, parameter: name === "leakyRelu" ? 0.01 : name === "elu" ? 1 : 0 })),
    );
  });

  test("a call has the parameter it is given, and the same without one as the name", () => {
    expect(activationOf(leakyRelu({ slope: 0.2 }))).toEqual({ name: "leakyRelu", parameter: 0.2 });
    expect(activationOf(elu({ alpha: 1.5 }))).toEqual({ name: "elu", parameter: 1.5 });
    expect(activationOf(leakyRelu())).toEqual(activationOf("leakyRelu"));
    expect(activationOf(elu({}))).toEqual(activationOf("elu"));
  });

  test.each<[string, string]>([
    ["rellu", "relu"],
    ["ReLU", "relu"],
    ["leaky_relu", "leakyRelu"],
    ["soft max", "softmax"],
    ["hardswish", "hardSwish"],
    ["gelu_tanh", "geluTanh"],
  ])("%s is refused, and %s meant", (got, meant) => {
    expect(() => activationOf(got as ActivationName)).toThrow(RangeError);
    expect(() => activationOf(got as ActivationName)).toThrow(
      `activation: got "${got}", need one of ${names.join(", ")}; did you mean "${meant}"?`,
    );
  });

  test.each([undefined, null, 3, {}, [], "toString", "__proto__", "", ["relu"], { name: ["relu"], parameter: 0 }])(
    "%s is refused",
    (got) => {
      expect(() => activationOf(got as unknown as Activation)).toThrow(/^activation: got .+, need one of linear, /);
    },
  );

  test.each([undefined, null, Number.NaN, Number.POSITIVE_INFINITY, "1"])(
    "an elu of parameter %s is refused",
    (parameter) => {
      expect(() => activationOf({ name: "elu", parameter: parameter as number })).toThrow(
        /^activation: the parameter of elu: got .+, need a finite number$/,
      );
    },
  );
});

test("a slope or an alpha that is not a finite number is refused", () => {
  expect(() => leakyRelu({ slope: Number.NaN })).toThrow("leakyRelu: slope: got NaN, need a finite number");
  expect(() => elu({ alpha: Number.NEGATIVE_INFINITY })).toThrow("elu: alpha: got -Infinity, need a finite number");
  expect(() => elu({ alpha: "1" as unknown as number })).toThrow('elu: alpha: got "1", need a finite number');
});

test("a misspelt option is refused with the one that is meant, and a bare number as no options", () => {
  const misspelt = { slop: 0.2 } as { slope?: number };
  expect(() => leakyRelu(misspelt)).toThrow('leakyRelu option: got "slop", need slope; did you mean "slope"?');
  expect(() => elu({ slope: 2 } as { alpha?: number })).toThrow('elu option: got "slope", need alpha');
  expect(() => leakyRelu(0.2 as { slope?: number })).toThrow("leakyRelu: got 0.2, need an object of options");
});

test("an activation's function that is not called is refused with its call", () => {
  expect(() => activationOf(leakyRelu as never)).toThrow(
    new TypeError("activation: got a function, need a name or a call such as leakyRelu()"),
  );
});
