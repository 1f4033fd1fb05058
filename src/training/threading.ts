/** The threads of a trainer's network. */

import { Team, teamBytes } from "../kernels/team.ts";
import { hasThreads } from "../kernels/thread.ts";
import type { Threading } from "../memory/arena.ts";

/** Returns what a network needs to use several threads; undefined if it is to use one, or the host lacks workers or shared memory. */
export function threadingOf(threads: number): Threading | undefined {
  if (threads === 1 || !hasThreads()) return undefined;
  return { threads, bytes: teamBytes(threads), make: (sharing, address) => new Team(sharing, address) };
}
