/** The signals that ask a process to end, and the exit code of each, as in shells. */
const exitCodes: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Calls `stop` instead of ending the process when a signal arrives. @returns a function that unsubscribes */
export function onSignal(stop: (exitCode: number) => void): () => void {
  const listeners = Object.entries(exitCodes).map(([signal, code]) => [signal, () => stop(code)] as const);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}
