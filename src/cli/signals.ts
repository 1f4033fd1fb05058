/** The signals by which a process is asked to end, and the exit code after each, as shells have it. */
const exitCodes: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Calls `stop` when the process is asked to end, rather than ending it. @returns what puts an end to that */
export function onSignal(stop: (exitCode: number) => void): () => void {
  const listeners = Object.entries(exitCodes).map(([signal, code]) => [signal, () => stop(code)] as const);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}
