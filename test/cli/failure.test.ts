import { expect, test } from "vitest";
import { Failure, guard } from "../../src/cli/failure.ts";

test("what the library refuses is a failure in the name of the place; anything else stays what it is", () => {
  expect(guard("t.csv", () => 7)).toBe(7);
  const refusing = (error: Error) => () =>
    guard("t.csv", () => {
      throw error;
    });
  expect(refusing(new RangeError("got 1, need 2"))).toThrow(new Failure("t.csv: got 1, need 2"));
  expect(refusing(new TypeError("got 1, need 2"))).toThrow(Failure);
  const bug = new Error("a bug");
  expect(refusing(bug)).toThrow(bug);
});
