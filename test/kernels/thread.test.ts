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
  const { hasThreads, warnOfHeaders } = await threadsIn({ ...page, crossOriginIsolated: false, console: { warn } });
  expect(hasThreads()).toBe(false);
  warnOfHeaders();
  warnOfHeaders();
  expect(warn.mock.calls).toEqual([
    [
      "simdnet: got a page that is not isolated, need the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp for threads; there is one thread",
    ],
  ]);
});

test("a host without workers has none, without a word", async () => {
  const warn = vi.fn();
  const { hasThreads, warnOfHeaders } = await threadsIn({ process: undefined, Worker: undefined, console: { warn } });
  expect(hasThreads()).toBe(false);
  warnOfHeaders();
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
  const listener = { failed: vi.fn(), terminated: vi.fn() };
  startThread({} as never, listener);
  expect(listener.failed).toHaveBeenCalledTimes(1);
  expect(listener.terminated).not.toHaveBeenCalled();
});

test("a page that forbids workers is told how to allow them, once; a thread that dies of an error is not", async () => {
  const made: { onerror(event: { readonly message?: string }): void }[] = [];
  const warn = vi.fn();
  const { startThread } = await threadsIn({
    ...page,
    console: { warn },
    Worker: class {
      constructor() {
        made.push(this as never);
      }
      postMessage() {}
    },
  });
  const listener = { failed: vi.fn(), terminated: vi.fn() };
  for (let count = 0; count < 3; count++) startThread({} as never, listener);
  made[0].onerror({ message: "unreachable" });
  expect(warn).not.toHaveBeenCalled();
  made[1].onerror({});
  made[2].onerror({});
  expect(listener.failed).toHaveBeenCalledTimes(3);
  expect(warn.mock.calls).toEqual([
    [
      "simdnet: got a page that forbids workers, need worker-src blob: in its Content-Security-Policy; there is one thread",
    ],
  ]);
});
