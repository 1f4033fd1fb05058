/** The threads of a trainer's network. */

import { Team } from "../kernels/team.ts";
import { hasThreads, warnOfHeaders } from "../kernels/thread.ts";
import type { Threading } from "../memory/arena.ts";

/** Returns what a network needs to use several threads; undefined if it is to use one, or the host lacks workers or shared memory. */
export function threadingOf(threads: number): Threading | undefined {
  if (threads === 1) return undefined;
  if (hasThreads()) return { threads, make: (sharing, address) => new Team(sharing, address) };
  warnOfHeaders();
  return undefined;
}
