/** The results that bench/peers/run.mjs saves, and the figures that it prints. */
import type { Machine, Unit } from "../results.ts";

export interface Peers {
  readonly machine: Machine;
  readonly commit: string;
  readonly date: string;
  readonly workloads: Readonly<Record<string, Workload>>;
}

export interface Workload {
  readonly title: string;
  readonly unit: Unit;
  readonly peers: Readonly<Record<string, Peer>>;
}

export interface Peer {
  /** The seconds of each sample, by round; empty if the peer cannot do this. */
  readonly rounds: readonly (readonly number[])[];
}

/** Returns the seconds of one example, iteration or operation, or undefined if the peer has not run. */
export function secondsOf({ rounds }: Peer): number | undefined {
  return rounds.length > 0 ? median(rounds.flat()) : undefined;
}

/** Returns how many times as fast as the peer simdnet is: the median over the rounds. */
export function timesAsFast({ peers: { simdnet } }: Workload, peer: Peer): number | undefined {
  if (peer.rounds.length === 0) return undefined;
  return median(peer.rounds.map((seconds, round) => median(seconds) / median(simdnet.rounds[round])));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
