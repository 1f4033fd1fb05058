import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** The functions as they are where the host is another one. */
async function threadsIn(host: Record<string, unknown>) {
  for (const [name, value] of Object.entries(host)) vi.stubGlobal(name, value);
  vi.resetModules();
  return import("../../src/kernels/thread.ts");
}
const page = { process: undefined, Worker: class {} };

test("Node has threads, and may sleep", async () => {
  const { hasThreads, mayWait } = await threadsIn({});
  expect([hasThreads(), mayWait()]).toEqual([true, true]);
});

test("an isolated page has threads; its main thread may not sleep", async () => {
  const { hasThreads, mayWait } = await threadsIn({
    ...page,
    crossOriginIsolated: true,
    Atomics: { wait: () => expect.fail("Atomics.wait cannot be called in this context") },
  });
  expect([hasThreads(), mayWait()]).toEqual([true, false]);
});

test("a page that is not isolated has none, and is told the headers once", async () => {
  const warn = vi.fn();
  const { hasThreads } = await threadsIn({ ...page, crossOriginIsolated: false, console: { warn } });
  expect([hasThreads(), hasThreads()]).toEqual([false, false]);
  expect(warn.mock.calls).toEqual([
    [
      "simdnet: got threads in a page that is not isolated, so there is one; need the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
    ],
  ]);
});

test("a host without workers has none, without a word", async () => {
  const warn = vi.fn();
  const { hasThreads } = await threadsIn({ process: undefined, Worker: undefined, console: { warn } });
  expect(hasThreads()).toBe(false);
  expect(warn).not.toHaveBeenCalled();
});

test("a host without room for a shared memory has one thread", async () => {
  const Memory = class {
    constructor({ shared }: { readonly shared?: boolean }) {
      if (shared) throw new RangeError("could not allocate memory");
    }
  };
  for (const host of [{}, { ...page, crossOriginIsolated: true }]) {
    const { hasThreads } = await threadsIn({ ...host, WebAssembly: { ...WebAssembly, Memory } });
    expect([hasThreads(), hasThreads()]).toEqual([false, false]);
  }
});

test("a worker that cannot be made is told", async () => {
  const { startThread } = await threadsIn({
    ...page,
    Worker: class {
      constructor() {
        throw new Error("no");
      }
    },
  });
  const fail = vi.fn();
  startThread({} as never, fail);
  expect(fail).toHaveBeenCalledTimes(1);
});
