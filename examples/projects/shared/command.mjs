/** The command-line parts that the programs of the projects share. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

/** An error that the user can mend. Only its message is shown, without a stack. */
export class Mistake extends Error {}

/** The options `--seed` and `--output` of programs that draw numbers and write files. */
export const seedAndOutput = { seed: { type: "string", default: "1" }, output: { type: "string" } };

const help = { type: "boolean", default: false };

/**
 * Runs a program with its command line: `paths`, and `options`. If these are `seedAndOutput`, `seed` is a whole number and `output` a
 * folder, which `save` creates. A Mistake, or an error that names what it got and needs, ends the process with code 1 and its message.
 *
 * @param usage the text of `--help`; its first word is the project's name
 * @param known options besides `--help`, as `parseArgs` of node:util takes them
 */
export async function command(usage, known, main) {
  // The reader of a pipe, such as head, may close it early.
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

/** Returns the value of an option. @throws {Mistake} if it is not a whole number of at least `least` */
export function wholeNumber(name, text, least = 0) {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least) return value;
  throw new Mistake(`--${name}: got ${text}, need a whole number from ${least} on`);
}

/** Returns the only path, or undefined if there is none. @throws {Mistake} if there are more */
export function onePath(paths) {
  if (paths.length > 1) throw new Mistake(`got ${paths.join(", ")}, need one path`);
  return paths[0];
}

/** Returns the bytes of a file that the user names. @throws {Mistake} if it cannot be read */
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

/** Errors of the library say what they got and need; those of the system name the file. */
function isForUsers(error) {
  if (error instanceof Mistake || error instanceof RangeError) return true;
  return error instanceof Error && ("syscall" in error || /: got .*, need /.test(error.message));
}
