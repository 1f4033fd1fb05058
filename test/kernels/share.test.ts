import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { share } from "../../src/kernels/share.ts";

const table = new WebAssembly.Table({ initial: 1024, element: "anyfunc" });
/** Whether a module takes a memory. */
const takes = (bytes: Uint8Array<ArrayBuffer>, shared: boolean) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared });
  const imports = { env: { memory, table }, panel: { panels: 0 } };
  try {
    new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
    return true;
  } catch (error) {
    expect((error as Error).name).toBe("LinkError");
    return false;
  }
};

test.each(["core32", "core64"])("%s takes a memory of its own; with one byte changed, a shared one", (name) => {
  const own = Uint8Array.from(readFileSync(`build/${name}.wasm`));
  const shared = own.slice();
  share(shared);
  expect(own.filter((byte, at) => byte !== shared[at])).toHaveLength(1);
  expect([takes(own, false), takes(own, true)]).toEqual([true, false]);
  expect([takes(shared, false), takes(shared, true)]).toEqual([false, true]);
});
