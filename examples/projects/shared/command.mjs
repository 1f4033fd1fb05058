/** What the programs of the projects share of a command line. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

/** What a user can mend: it is said in a sentence, without a stack. */
export class Mistake extends Error {}

/** The options `--seed` and `--output` of programs that draw numbers and write files. */
export const seedAndOutput = { seed: { type: "string", default: "1" }, output: { type: "string" } };

const help = { type: "boolean", default: false };

/**
 * Runs a program with what stands on its command line: `paths`, and `options`; if they are `seedAndOutput`, `seed` is a whole number and `output`
 * a folder, which `save` makes. A Mistake, and an error that names what it got and needs, ends the process with code 1 and its sentence.
 *
 * @param usage what `--help` prints; its first word is the project's name
 * @param known options beside `--help`, as `parseArgs` of node:util takes them
 */
export async function command(usage, known, main) {
  // The reader of a pipe may have seen enough, as head.
  process.stdout.on("error", ({ code }) => process.exit(code === "EPIPE" ? 0 : 1));
  try {
    const { values, positionals } = parseCommandLine({ ...known, help });
    if (values.help) {
      console.log(usage);
      return;
    }
    const [project] = usage.split(/\s/);
    const own = known.seed && {
      seed: wholeNumber("seed", values.seed),
      output: values.output ?? `${project}-results`,
    };
    await main({ paths: positionals, options: { ...values, ...own } });
  } catch (error) {
    if (!isForUsers(error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** The value of an option. @throws {Mistake} if it is no whole number from `least` on */
export function wholeNumber(name, text, least = 0) {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least) return value;
  throw new Mistake(`--${name}: got ${text}, need a whole number from ${least} on`);
}

/** The only path, undefined if there is none. @throws {Mistake} if there are more */
export function onePath(paths) {
  if (paths.length > 1) throw new Mistake(`got ${paths.join(", ")}, need one path`);
  return paths[0];
}

/** The bytes of a file that the user names. @throws {Mistake} if it cannot be read */
export function bytesOf(path) {
  try {
    return readFileSync(path);
  } catch ({ code, message }) {
    const reasons = { ENOENT: "there is no such file", EISDIR: "this is a folder, need a file" };
    throw new Mistake(`${path}: ${reasons[code] ?? message}`);
  }
}

function parseCommandLine(options) {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new Mistake(error.message);
  }
}

/** The errors of the library say what they got and need; those of the system, which file. */
function isForUsers(error) {
  if (error instanceof Mistake || error instanceof RangeError) return true;
  return error instanceof Error && ("syscall" in error || /: got .*, need /.test(error.message));
}
