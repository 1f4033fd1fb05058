/** The threads of the host: whether there are some, and how one starts. */

import { build, mostPages } from "./instance.ts";

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
  readonly generation: number;
  readonly idleTime: number;
}

/** The common interface of workers in Node and in pages. */
interface HostWorker {
  postMessage(data: unknown): void;
  unref?(): void;
  on?(event: "error" | "exit", listener: (cause: unknown) => void): void;
  onerror?: (event: { readonly message?: string }) => void;
}
type WorkerClass = new (source: string, options?: object) => HostWorker;

/** Globals that a host may have besides ECMAScript's. */
interface Host {
  readonly process?: { getBuiltinModule?(name: string): { readonly Worker: WorkerClass } | undefined };
  readonly Worker?: WorkerClass;
  readonly crossOriginIsolated?: boolean;
  readonly console?: { warn(text: string): void };
}

const host = globalThis as unknown as Host;

/** Returns the workers of Node, which Deno and Bun have, too. */
const nodeWorkers = () => host.process?.getBuiltinModule?.("node:worker_threads");

let canShare: boolean | undefined;

/** Tells whether the host gives a shared memory as large as a network's may become. Some have no room for its addresses. */
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

/** Tells whether the host has threads that share memory. The entry for the edge has none: its kernels know no shared memory. */
export function hasThreads(): boolean {
  if (build === "static") return false;
  return (nodeWorkers() !== undefined || isIsolated()) && hasSharedMemory();
}

/** Tells whether a page may share memory with its workers. */
const isIsolated = () => host.Worker !== undefined && host.crossOriginIsolated === true;

let isWarned = false;

/** Says once why a program that wants several threads gets one, if there is something that it can do about it. */
export function warn(reason: string): void {
  if (!isWarned) host.console?.warn(`simdnet: ${reason}; there is one thread`);
  isWarned = true;
}

/** Says so if it is a page that has one thread because its server does not isolate it. */
export function warnOfHeaders(): void {
  if (nodeWorkers() || !host.Worker || isIsolated()) return;
  const headers = "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
  warn(`got a page that is not isolated, need the headers ${headers} for threads`);
}

let canWait: boolean | undefined;

/** Tells whether this thread may sleep. The main thread of a page may not. */
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

/**
 * The program of a thread. It is text, so bundlers need not know it, and it uses nothing but its argument. It may sleep, so it needs no clock.
 */
const serve = `({ memory, tableSize, modules, threads, panels, team, thread, generation, idleTime }) => {
  const env = { memory, table: new WebAssembly.Table({ initial: tableSize, element: "anyfunc" }) };
  const coreImports = {};
  for (const module of modules) {
    const { exports } = new WebAssembly.Instance(module, { env, panel: { panels }, coreImports });
    Object.assign(coreImports, exports);
  }
  const { serve, fail } = new WebAssembly.Instance(threads, { env, clock: { now: () => 0 } }).exports;
  try {
    serve(team, thread, generation, idleTime);
  } catch (error) {
    fail(team);
    throw error;
  }
}`;

/** The calls of a thread's host. */
export interface ThreadListener {
  /** The thread could not start, or has died of an error. */
  failed(): void;
  /** Somebody has ended the thread from outside. */
  terminated(): void;
}

/** Starts a thread that serves a team and keeps no process alive. */
export function startThread(data: ThreadData, listener: ThreadListener): void {
  try {
    const workers = nodeWorkers();
    if (workers) {
      // With `node --input-type=module`, the text is a module, which has no `require`.
      const source = `(${serve})(process.getBuiltinModule("node:worker_threads").workerData)`;
      // Modules that the process loads before its program are not loaded again.
      const worker = new workers.Worker(source, { eval: true, workerData: data, execArgv: [], env: {} });
      worker.on?.("error", () => listener.failed());
      worker.on?.("exit", (code) => {
        if (code !== 0) listener.terminated();
      });
      worker.unref?.();
      return;
    }
    const worker = new host.Worker!(pageProgram());
    worker.onerror = ({ message }) => {
      // A page may forbid such workers. The event has no message then.
      if (!message) warn("got a page that forbids workers, need worker-src blob: in its Content-Security-Policy");
      listener.failed();
    };
    worker.postMessage(data);
  } catch {
    listener.failed();
  }
}

let pageAddress: string | undefined;

/** Returns the address of the program of a page's workers. */
function pageProgram(): string {
  const source = `onmessage = ({ data }) => { try { (${serve})(data); } finally { close(); } }`;
  pageAddress ??= URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  return pageAddress;
}
