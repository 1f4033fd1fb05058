/**
 * Several threads that run one list of operations. The list is cut into phases: within a phase, a thread's part needs nothing of the
 * others' parts; between two phases, all wait for each other. A phase is a row of operations on the same batch, of which a part is a range
 * of its rows, or one operation on what all rows have made, of which a part is a range of its units.
 *
 * A part has the same bits on every thread. So each thread takes its own part first, and then any that nobody has taken yet. A thread
 * that is late or has ended holds up nobody, unless it is in the middle of a part.
 */
import { Batch } from "./batch";
import { now } from "./clock";
import { Operation } from "./operation";

/**
 * The record that the threads of a memory share, in a place of its own as long as there is the memory. Behind it lies a number for each
 * part: the phase up to which it is taken. Phases and parts that are done are counted over all jobs, so a thread that is late by a whole
 * job finds nothing to take.
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
  /**
   * From the lowest bits: 8 bits of threads that serve beside the first, 8 of those that have begun to, 16 of the generation. Threads that
   * are started together are a generation; a thread of an earlier one leaves.
   */
  members: i32;
  /** 1 after a thread has stopped in the middle of a part. */
  failed: i32;
  /** Parts of a phase. */
  parts: i32;
  /** The number of looks before a thread sleeps. */
  spins: i32;
  /** The job; the number of its first phase, and of the parts done before it; its phases. */
  job: Job;
  firstPhase: i32;
  firstDone: i32;
  phases: i32;
}

const oneBegun = 1 << 8;
const oneGeneration = 1 << 16;
const counts = oneGeneration - 1;

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

/**
 * Makes a team, in zeros or in place of another, between two jobs. Threads of the other leave.
 *
 * @param spins the number of looks before a thread sleeps
 */
export function begin(address: usize, parts: i32, spins: i32): void {
  const team = changetype<Team>(address);
  const firstPhase = team.firstPhase + team.phases;
  atomic.add<i32>(address, 1, offsetof<Team>("version"));
  atomic.store<i32>(address, parts, offsetof<Team>("parts"));
  team.spins = spins;
  // An empty job stands in the place of the last one, which had other parts.
  atomic.store<i32>(address, firstPhase, offsetof<Team>("firstPhase"));
  atomic.store<i32>(address, 0, offsetof<Team>("phases"));
  for (let part = 0; part < parts; part++) atomic.store<i32>(takenAt(team, part), firstPhase);
  atomic.add<i32>(address, 1, offsetof<Team>("version"));
  nextGeneration(address);
}

/** Begins a generation, of which no thread serves yet, and returns its number. Threads of earlier ones leave. */
export function nextGeneration(address: usize): i32 {
  const members = (atomic.load<i32>(address, offsetof<Team>("members")) & ~counts) + oneGeneration;
  atomic.store<i32>(address, members, offsetof<Team>("members"));
  // Those that sleep wake up.
  atomic.add<i32>(address, 2, offsetof<Team>("version"));
  atomic.notify(address, -1);
  return generationOf(members);
}

/** @inline */
function generationOf(members: i32): i32 {
  return members >>> 16;
}

/** @inline Counts a thread among the members, unless its generation is over. @returns false if it is */
function count(address: usize, generation: i32, change: i32): bool {
  while (true) {
    const members = atomic.load<i32>(address, offsetof<Team>("members"));
    if (generationOf(members) != generation) return false;
    if (atomic.cmpxchg<i32>(address, members, members + change, offsetof<Team>("members")) == members) return true;
  }
}

/** Tells the others that a thread has stopped in the middle of a part. */
export function fail(address: usize): void {
  atomic.store<i32>(address, 1, offsetof<Team>("failed"));
  // A thread that is about to wait for another number does not sleep then.
  atomic.sub<i32>(address, 1, offsetof<Team>("done"));
  atomic.notify(address + offsetof<Team>("done"), -1);
}

/** Returns 1 after a thread has stopped in the middle of a part: the team must not run again. */
export function hasFailed(address: usize): i32 {
  return atomic.load<i32>(address, offsetof<Team>("failed"));
}

/** Returns the number of threads that serve beside the first. */
export function serving(address: usize): i32 {
  return atomic.load<i32>(address, offsetof<Team>("members")) & 0xff;
}

/** Returns the number of threads of this generation that have begun to serve. Some of them may have ended since. */
export function begun(address: usize): i32 {
  return (atomic.load<i32>(address, offsetof<Team>("members")) >> 8) & 0xff;
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

/** The number of looks between two looks at the clock, on a thread that may not sleep. */
const looks: i32 = 1 << 20;

/**
 * @inline Waits until `wanted` parts are done.
 *
 * @param timeout nanoseconds without progress; below 0 for no limit
 * @returns false if a thread has failed, or the time is over
 */
function awaitDone(team: Team, wanted: i32, mayWait: bool, timeout: i64): bool {
  const address = changetype<usize>(team);
  let spins = team.spins;
  let deadline: f64 = 0;
  while (true) {
    const done = atomic.load<i32>(address, offsetof<Team>("done"));
    if (atomic.load<i32>(address, offsetof<Team>("failed"))) return false;
    if (done - wanted >= 0) return true;
    if (spins-- > 0) continue;
    if (!mayWait) {
      if (deadline == 0) deadline = now() + <f64>timeout / 1e6;
      else if (now() > deadline) return false;
      spins = looks;
      continue;
    }
    atomic.add<i32>(address, 1, offsetof<Team>("waiting"));
    const isLate = atomic.wait<i32>(address + offsetof<Team>("done"), done, timeout) == AtomicWaitResult.TIMED_OUT;
    atomic.sub<i32>(address, 1, offsetof<Team>("waiting"));
    if (isLate && atomic.load<i32>(address, offsetof<Team>("done")) == done) return false;
  }
}

/**
 * Takes a thread's parts of a job, and those that nobody else takes.
 *
 * @param firstDone parts that were done before the job
 * @returns false if a thread has failed, or the time is over
 */
function takeParts(
  team: Team,
  thread: i32,
  parts: i32,
  firstPhase: i32,
  firstDone: i32,
  phases: i32,
  job: Job,
  mayWait: bool,
  timeout: i64,
): bool {
  const address = changetype<usize>(team);
  for (let phase = 0; phase < phases; phase++) {
    const number = firstPhase + phase;
    const before = firstDone + phase * parts;
    if (!awaitDone(team, before, mayWait, timeout)) return false;
    for (let index = 0; index < parts; index++) {
      const part = (thread + index) % parts;
      if (atomic.cmpxchg<i32>(takenAt(team, part), number, number + 1) != number) continue;
      // The job cannot end without this part, so its memory is still valid.
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
 * Requires  rows, and the job's phases, >= 1; `mayWait` only on a thread that may sleep; a team that has not failed.
 * Returns   1; or 0 if a thread failed in the middle of its part, or has not ended it `timeout` nanoseconds after the others.
 */
export function runJob(
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
  const parts = team.parts;
  const phases = job.phases;
  const firstPhase = team.firstPhase + team.phases;
  const firstDone = atomic.load<i32>(address, offsetof<Team>("done"));
  atomic.store<usize>(address, jobAddress, offsetof<Team>("job"));
  atomic.store<i32>(address, firstPhase, offsetof<Team>("firstPhase"));
  atomic.store<i32>(address, firstDone, offsetof<Team>("firstDone"));
  atomic.store<i32>(address, phases, offsetof<Team>("phases"));
  atomic.add<i32>(address, 1, offsetof<Team>("version"));
  if (atomic.load<i32>(address, offsetof<Team>("idle"))) atomic.notify(address, -1);
  const limit = <i64>timeout;
  const isDone =
    takeParts(team, 0, parts, firstPhase, firstDone, phases, job, mayWait, limit) &&
    awaitDone(team, firstDone + phases * parts, mayWait, limit);
  if (!isDone) fail(address);
  return <i32>isDone;
}

/**
 * The life of a thread beside the first: it takes its parts of every job, and ends `idleTime` nanoseconds after the last one, or once its
 * generation is over.
 *
 * Requires  thread >= 1, and below the parts of the generation's team.
 */
export function serve(address: usize, thread: i32, generation: i32, idleTime: f64): void {
  const team = changetype<Team>(address);
  if (!count(address, generation, 1 + oneBegun)) return;
  let seen = 0;
  let spins = team.spins;
  while (true) {
    const version = atomic.load<i32>(address, offsetof<Team>("version"));
    // The generation is looked at after the version: a job that is later than the version has the generation of its team.
    if (generationOf(atomic.load<i32>(address, offsetof<Team>("members"))) != generation) return;
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
    const parts = atomic.load<i32>(address, offsetof<Team>("parts"));
    const firstPhase = atomic.load<i32>(address, offsetof<Team>("firstPhase"));
    const firstDone = atomic.load<i32>(address, offsetof<Team>("firstDone"));
    const phases = atomic.load<i32>(address, offsetof<Team>("phases"));
    if (atomic.load<i32>(address, offsetof<Team>("version")) != version) continue;
    seen = version;
    takeParts(team, thread, parts, firstPhase, firstDone, phases, job, true, -1);
    spins = team.spins;
  }
  count(address, generation, -1);
}
