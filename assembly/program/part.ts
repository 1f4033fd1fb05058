/** Runs a part of an operation, as one of several threads would. For tests. */

/**
 * Runs the units from `begin` up to `end` of an operation's work.
 *
 * Requires  `kernel` is its place in the function table, `args` its record.
 */
export function runPart(kernel: u32, args: usize, begin: i32, end: i32): void {
  call_indirect<void>(kernel, args, begin, end);
}
