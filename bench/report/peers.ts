/** What bench/peers/run.mjs saves, and the figures that it prints of it. */
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
  /** Seconds of each sample, by round; none if the peer has no such thing. */
  readonly rounds: readonly (readonly number[])[];
}

/** Seconds of one example, iteration or operation; undefined if the peer has not run. */
export function secondsOf({ rounds }: Peer): number | undefined {
  return rounds.length > 0 ? median(rounds.flat()) : undefined;
}

/** How many times as fast as the peer simdnet is: the median over the rounds. */
export function timesAsFast({ peers: { simdnet } }: Workload, peer: Peer): number | undefined {
  if (peer.rounds.length === 0) return undefined;
  return median(peer.rounds.map((seconds, round) => median(seconds) / median(simdnet.rounds[round])));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
