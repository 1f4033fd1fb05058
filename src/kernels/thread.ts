/** The threads of the host: whether there are some, and how one starts. */

import { mostPages } from "./instance.ts";

/** The data that a starting thread gets. */
export interface ThreadData {
  readonly memory: object;
  readonly tableSize: number;
  readonly modules: readonly object[];
  /** The module of assembly/threads.ts. */
  readonly threads: object;
  readonly panels: number;
  readonly team: number;
  readonly thread: number;
  readonly idleTime: number;
}

/** What the workers of Node and those of pages have alike. */
interface HostWorker {
  postMessage(data: unknown): void;
  unref?(): void;
  on?(event: "error", listener: () => void): void;
  onerror?: () => void;
}
type WorkerClass = new (source: string, options?: object) => HostWorker;

/** What hosts may have beside ECMAScript. */
interface Host {
  readonly process?: { getBuiltinModule?(name: string): { readonly Worker: WorkerClass } | undefined };
  readonly Worker?: WorkerClass;
  readonly crossOriginIsolated?: boolean;
  readonly console?: { warn(text: string): void };
}

const host = globalThis as unknown as Host;

/** Returns the workers of Node, which Deno and Bun have, too. */
const nodeWorkers = () => host.process?.getBuiltinModule?.("node:worker_threads");

let isWarned = false;

let canShare: boolean | undefined;

/** Returns whether the host gives a shared memory as large as a network's may become. Some have no room for its addresses. */
function hasSharedMemory(): boolean {
  if (canShare === undefined) {
    try {
      new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true });
      canShare = true;
    } catch {
      canShare = false;
    }
  }
  return canShare;
}

/** Returns whether the host has threads that share memory. In a page whose server forbids that, it says so once. */
export function hasThreads(): boolean {
  if (nodeWorkers()) return hasSharedMemory();
  if (!host.Worker) return false;
  if (host.crossOriginIsolated) return hasSharedMemory();
  if (!isWarned) {
    const headers = "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
    host.console?.warn(
      `simdnet: got threads in a page that is not isolated, so there is one; need the headers ${headers}`,
    );
  }
  isWarned = true;
  return false;
}

let canWait: boolean | undefined;

/** Returns whether this thread may sleep. The main thread of a page may not. */
export function mayWait(): boolean {
  if (canWait === undefined) {
    try {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
      canWait = true;
    } catch {
      canWait = false;
    }
  }
  return canWait;
}

/** The program of a thread. It is text, so bundlers need not know it, and it uses nothing but its argument. */
const serve = `({ memory, tableSize, modules, threads, panels, team, thread, idleTime }) => {
  const env = { memory, table: new WebAssembly.Table({ initial: tableSize, element: "anyfunc" }) };
  const coreImports = {};
  for (const module of modules) {
    const { exports } = new WebAssembly.Instance(module, { env, panel: { panels }, coreImports });
    Object.assign(coreImports, exports);
  }
  const { serve, fail } = new WebAssembly.Instance(threads, { env }).exports;
  try {
    serve(team, thread, idleTime);
  } catch (error) {
    fail(team);
    throw error;
  }
}`;

/** Starts a thread that serves a team and keeps no process alive. @param fail is called if it cannot start, or has died */
export function startThread(data: ThreadData, fail: () => void): void {
  try {
    const workers = nodeWorkers();
    if (workers) {
      const source = `(${serve})(require("node:worker_threads").workerData)`;
      const worker = new workers.Worker(source, { eval: true, workerData: data });
      worker.on?.("error", fail);
      worker.unref?.();
      return;
    }
    const source = `onmessage = ({ data }) => { (${serve})(data); close(); }`;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new host.Worker!(address);
    worker.onerror = fail;
    worker.postMessage(data);
  } catch {
    fail();
  }
}
