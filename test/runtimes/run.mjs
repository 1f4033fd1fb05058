/**
 * `npm run test:runtimes`: runs the packed package in every runtime and bundler, which must all give the same bits, and the checks of the
 * package. It installs what is missing. All run to the end; if one fails, the command fails.
 *
 *   --only name,name   only rows whose names contain one of these
 *   --json file        also writes the results of the runtimes there, without the times
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { buildIfStale, install, installDebian, installIn, say } from "../../scripts/prepare.mjs";
import { checkResult, makeConsumer } from "./consumer.mjs";

const { values: options } = parseArgs({ options: { only: { type: "string" }, json: { type: "string" } } });

install();
buildIfStale();
installIn("test/runtimes", "1.5 GB");
installDebian({ chromium: "/usr/bin/chromium", "firefox-esr": "/usr/bin/firefox-esr" });

const { checks, runtimes } = await import("./matrix.mjs");
const isWanted = ({ name }) => options.only?.split(",").some((part) => name.includes(part)) ?? true;

const consumer = makeConsumer();
let results;
try {
  // The checks run on another core: the second build alone takes as long as all runtimes.
  const checking = resultsOf(checks);
  say("The same program in every runtime …");
  const ran = await resultsOf(runtimes, showResult);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(ran.map(lasting), undefined, 2)}\n`);
  say("The package as such …");
  const checked = await checking;
  checked.forEach(showResult);
  results = [...ran, ...checked];
} finally {
  consumer.remove();
}

const failures = results.filter(({ error }) => error);
for (const { name, error } of failures) console.error(`\n${name}: ${error}`);
console.log(`\n${results.length - failures.length} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** Runs the rows one after the other. @param show gets each result as it comes */
async function resultsOf(rows, show = () => {}) {
  const results = [];
  for (const row of rows.filter(isWanted)) {
    const result = await resultOf(row);
    show(result);
    results.push(result);
  }
  return results;
}

async function resultOf({ name, engine = "", build = "", threads, subject }) {
  const began = performance.now();
  let version = "";
  let error;
  try {
    version = await subject.version();
    const result = await subject.run(consumer);
    if (build) checkResult(result, { build, threads });
  } catch (thrown) {
    error = thrown;
  }
  return { name, version, engine, build, milliseconds: performance.now() - began, error };
}

function showResult({ name, version, engine, build, milliseconds, error }) {
  const cells = [name.padEnd(23), version.padEnd(15), engine.padEnd(15), build.padEnd(8)];
  console.log(...cells, `${milliseconds.toFixed(0).padStart(6)} ms `, error ? "FAILED" : "ok");
}

/** Returns the part of a result that does not change from run to run. */
function lasting({ name, version, engine, build, error }) {
  return { runtime: name, version, engine, build, ok: !error };
}
