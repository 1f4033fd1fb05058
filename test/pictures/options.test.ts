import { expect, test } from "vitest";
import { checkSizedOptions } from "../../src/pictures/options.ts";

test("checkSized gives each option its value, and takes the names that it is given", () => {
  const { form, reading } = checkSizedOptions("who", { size: [2, 3], broken: "skip", more: 1 } as never, ["more"]);
  expect(form).toEqual({ size: [2, 3], channels: 3, scale: 1 / 255 });
  expect(reading.broken).toBe("skip");
  expect(() => checkSizedOptions("who", { size: 2, more: 1 } as never, [])).toThrow('who option: got "more"');
  expect(() => checkSizedOptions("who", undefined as never, [])).toThrow("who: got no size");
});
