/**
 * `npm run test:long`: the tests that take long (`*.long.test.ts`), and the other tests whose number of cases grows with the time spent on
 * them: killed processes, mutated and hostile files, random programs, real data, kernels at many sizes on the debug build. Arguments go to
 * vitest: `npm run test:long -- fuzz`.
 */
import { buildIfStale, install, run } from "./prepare.mjs";

install();
buildIfStale();
run("node_modules/vitest/vitest.mjs", "run", "--project", "long*", ...process.argv.slice(2));
