/**
 * `npm run test:long`: the tests that take long (`*.long.test.ts`), and the others whose number of cases grows with time: killed
 * processes, mutated and hostile files, random programs, real data, kernels at many sizes on the debug build. Arguments go to vitest: `npm run test:long -- fuzz`.
 */
import { buildIfStale, install, run } from "./prepare.mjs";

install();
buildIfStale();
run("node_modules/vitest/vitest.mjs", "run", "--project", "long*", ...process.argv.slice(2));
