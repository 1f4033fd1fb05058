/** The clock of the host, which a module of threads imports (src/kernels/team.ts). */

/** Returns the time in milliseconds. */
export declare function now(): f64;
