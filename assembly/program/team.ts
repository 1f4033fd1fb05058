/**
 * Several threads that run one list of operations. The list is cut into phases: within a phase, a thread's part needs nothing of the
 * others' parts; between two phases, all wait for each other. A phase is a row of operations on the same batch, of which a part is a range
 * of its rows, or one operation on what all rows have made, of which a part is a range of its units.
 *
 * A part has the same bits on every thread. So each thread takes its own part first, and then any that nobody has taken yet. A thread
 * that is late or has ended holds up nobody, unless it is in the middle of a part.
 */
import { Batch } from "./batch";
import { Operation } from "./operation";

/**
 * The record that the threads of a memory share. Behind it lies a number for each part: the phase up to which it is taken. Phases are
 * counted over all jobs, so a thread that is late by a whole job finds nothing to take.
 */
@final
@unmanaged
class Team {
  /** Counts the changes of the job: odd while it is written. */
  version: i32;
  /** Parts that are done, over all jobs. */
  done: i32;
  /** Threads that sleep until `version` changes, and until `done` does. */
  idle: i32;
  waiting: i32;
  /** Threads beside the first that serve. */
  serving: i32;
  /** 1 after a thread has stopped in the middle of a part. */
  failed: i32;
  /** 1 if the threads are to end. */
  isOver: i32;
  /** Parts of a phase. */
  parts: i32;
  /** The number of looks before a thread sleeps. */
  spins: i32;
  /** The job, the number of its first phase, and its phases. */
  job: Job;
  firstPhase: i32;
  phases: i32;
}

/** A list for several threads. */
@final
@unmanaged
class Job {
  batch: Batch;
  /** A list for each part, listBytes apart. They differ in their working space alone. */
  lists: usize;
  listBytes: usize;
  /** The first operation of each phase, and the end of the last: i32 [phases + 1]. */
  starts: usize;
  phases: i32;
}

/** Makes a team in zeros. @param spins how often a thread looks before it sleeps */
export function begin(address: usize, parts: i32, spins: i32): void {
  const team = changetype<Team>(address);
  team.parts = parts;
  team.spins = spins;
}

/** Tells the threads to end. */
export function end(address: usize): void {
  atomic.store<i32>(address, 1, offsetof<Team>("isOver"));
  atomic.add<i32>(address, 2, offsetof<Team>("version"));
  atomic.notify(address, -1);
}

/** Tells the others that a thread has stopped in the middle of a part. */
export function fail(address: usize): void {
  atomic.store<i32>(address, 1, offsetof<Team>("failed"));
  atomic.notify(address + offsetof<Team>("done"), -1);
}

/** Returns how many threads serve beside the first. */
export function serving(address: usize): i32 {
  return atomic.load<i32>(address, offsetof<Team>("serving"));
}

/** @inline Returns where the number of a part lies. */
function takenAt(team: Team, part: i32): usize {
  return changetype<usize>(team) + offsetof<Team>() + ((<usize>part) << 2);
}

/** Rows or units that stay together: a part of a row of numbers then starts on 16 bytes. */
const grain: i32 = 4;

/** @inline Returns where part `part` of `parts` begins. */
function beginOf(part: i32, parts: i32, units: i32): i32 {
  const grains = (units + grain - 1) / grain;
  return min(units, <i32>((<i64>grains * part) / parts) * grain);
}

/** Runs a part of a phase. */
function runPhase(list: usize, from: i32, to: i32, part: i32, parts: i32): void {
  const end = list + <usize>to * offsetof<Operation>();
  for (let at = list + <usize>from * offsetof<Operation>(); at < end; at += offsetof<Operation>()) {
    const operation = changetype<Operation>(at);
    const work = operation.work;
    const perRow = work < 0 ? 1 : work;
    const units = work < 0 ? -work : operation.batch.rows;
    const begin = beginOf(part, parts, units) * perRow;
    const limit = beginOf(part + 1, parts, units) * perRow;
    if (begin < limit) call_indirect<void>(operation.kernel, operation.args, begin, limit);
  }
}

/** @inline Waits until so many parts are done. @returns whether they are: false if a thread has failed, or does not answer */
function awaitDone(team: Team, wanted: i32, mayWait: bool, timeout: i64): bool {
  const address = changetype<usize>(team);
  let spins = team.spins;
  while (true) {
    const done = atomic.load<i32>(address, offsetof<Team>("done"));
    if (done - wanted >= 0) return true;
    if (atomic.load<i32>(address, offsetof<Team>("failed"))) return false;
    if (spins > 0 || !mayWait) {
      spins--;
      continue;
    }
    atomic.add<i32>(address, 1, offsetof<Team>("waiting"));
    const isLate = atomic.wait<i32>(address + offsetof<Team>("done"), done, timeout) == AtomicWaitResult.TIMED_OUT;
    atomic.sub<i32>(address, 1, offsetof<Team>("waiting"));
    if (isLate && atomic.load<i32>(address, offsetof<Team>("done")) == done) return false;
  }
}

/** A thread's share of a job. @returns whether all went well */
function share(team: Team, thread: i32, firstPhase: i32, phases: i32, job: Job, mayWait: bool, timeout: i64): bool {
  const parts = team.parts;
  const address = changetype<usize>(team);
  for (let phase = 0; phase < phases; phase++) {
    const number = firstPhase + phase;
    const before = number * parts;
    if (!awaitDone(team, before, mayWait, timeout)) return false;
    for (let index = 0; index < parts; index++) {
      const part = (thread + index) % parts;
      if (atomic.cmpxchg<i32>(takenAt(team, part), number, number + 1) != number) continue;
      // Only now is it sure that the job still lies there.
      const starts = job.starts + ((<usize>phase) << 2);
      const list = job.lists + <usize>thread * job.listBytes;
      runPhase(list, load<i32>(starts), load<i32>(starts, 4), part, parts);
      const done = atomic.add<i32>(address, 1, offsetof<Team>("done")) + 1;
      if (done == before + parts && atomic.load<i32>(address, offsetof<Team>("waiting"))) {
        atomic.notify(address + offsetof<Team>("done"), -1);
      }
    }
  }
  return true;
}

/**
 * Runs a job with all threads of a team, of which the caller is the first.
 *
 * Writes    the batch's record, and what the operations say.
 * Requires  rows, and the job's phases, >= 1; `mayWait` only on a thread that may sleep.
 * Returns   1; or 0 if a thread failed in the middle of its part, or has not ended it `timeout` nanoseconds after the others.
 */
export function fork(
  address: usize,
  jobAddress: usize,
  rows: i32,
  seed: i32,
  step: i32,
  mayWait: bool,
  timeout: f64,
): i32 {
  const team = changetype<Team>(address);
  const job = changetype<Job>(jobAddress);
  atomic.add<i32>(address, 1, offsetof<Team>("version"));
  job.batch.rows = rows;
  job.batch.seed = seed;
  job.batch.step = step;
  const phases = job.phases;
  const firstPhase = team.firstPhase + team.phases;
  atomic.store<usize>(address, jobAddress, offsetof<Team>("job"));
  atomic.store<i32>(address, firstPhase, offsetof<Team>("firstPhase"));
  atomic.store<i32>(address, phases, offsetof<Team>("phases"));
  atomic.add<i32>(address, 1, offsetof<Team>("version"));
  if (atomic.load<i32>(address, offsetof<Team>("idle"))) atomic.notify(address, -1);
  const went = share(team, 0, firstPhase, phases, job, mayWait, <i64>timeout);
  return <i32>(went && awaitDone(team, (firstPhase + phases) * team.parts, mayWait, <i64>timeout));
}

/**
 * The life of a thread beside the first: it takes its share of every job, and ends `idleTime` nanoseconds after the last one.
 *
 * Requires  thread >= 1, and below the parts.
 */
export function serve(address: usize, thread: i32, idleTime: f64): void {
  const team = changetype<Team>(address);
  atomic.add<i32>(address, 1, offsetof<Team>("serving"));
  let seen = 0;
  let spins = team.spins;
  while (!atomic.load<i32>(address, offsetof<Team>("isOver"))) {
    const version = atomic.load<i32>(address, offsetof<Team>("version"));
    if (version == seen || version & 1) {
      if (spins-- > 0) continue;
      atomic.add<i32>(address, 1, offsetof<Team>("idle"));
      const result = atomic.wait<i32>(address, version, <i64>idleTime);
      atomic.sub<i32>(address, 1, offsetof<Team>("idle"));
      if (result == AtomicWaitResult.TIMED_OUT) break;
      spins = team.spins;
      continue;
    }
    const job = changetype<Job>(atomic.load<usize>(address, offsetof<Team>("job")));
    const firstPhase = atomic.load<i32>(address, offsetof<Team>("firstPhase"));
    const phases = atomic.load<i32>(address, offsetof<Team>("phases"));
    if (atomic.load<i32>(address, offsetof<Team>("version")) != version) continue;
    seen = version;
    share(team, thread, firstPhase, phases, job, true, -1);
    spins = team.spins;
  }
  atomic.sub<i32>(address, 1, offsetof<Team>("serving"));
}
