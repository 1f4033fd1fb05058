/** Splits a table into lines and values, some thousand lines at a time: files may be larger than memory. */

import { type Block, linesOf as linesOfText } from "../data/index.ts";
import { Failure } from "./failure.ts";
import { columnName } from "./header.ts";
import { clipName, listText } from "./listed.ts";
import { plural } from "./numbers.ts";
import type { Source } from "./source.ts";

export type { Block };

export interface Lines {
  /** The names of the columns, from the first line. Each is different. */
  readonly names: readonly string[];
  /** The first line, if it names the columns: its number, and the names as they stand. */
  readonly head?: { readonly number: number; readonly names: readonly string[] };
  readonly delimiter: string;
  /** The other lines. */
  readonly blocks: AsyncIterable<Block>;
  /** Remarks on names and comments, for the user. */
  readonly remarks?: readonly string[];
}

export interface LinesOptions {
  /** False for a table without a line of names. Default true. */
  readonly hasNames?: boolean;
}

/** Cuts a block into parts of at most `most` lines. */
export function* slicesOf({ numbers, rows }: Block, most: number): Generator<Block> {
  for (let from = 0; from < rows.length; from += most) {
    yield { numbers: numbers.slice(from, from + most), rows: rows.slice(from, from + most) };
  }
}

/**
 * Returns the lines of `source` without blank ones, and without comments and a title before the names.
 *
 * @throws {Failure} naming the line, if a quote is not closed, or a line has more or fewer values than columns
 */
export async function linesOf({ name, text, bytes }: Source, { hasNames = true }: LinesOptions = {}): Promise<Lines> {
  try {
    // A pipe may have no end.
    const options = { skipsTitles: hasNames, countsRagged: bytes !== undefined };
    const { head, delimiter, comments, titles, blocks } = await linesOfText(name, text, options);
    const skipped = [
      ...(comments === 0 ? [] : [`${plural(comments, "line")} of comments before line ${head.number} left out`]),
      ...titles.map(
        ({ number, values: [title] }) =>
          `line ${number}, ${JSON.stringify(clipName(title))}, left out: it looks like a title, and the names stand in line ${head.number}`,
      ),
    ];
    if (!hasNames) {
      const names = head.values.map((_, index) => columnName(index));
      const first = { numbers: [head.number], rows: [head.values] };
      return { names, delimiter, blocks: withFailures(withFirst(first, blocks)), remarks: skipped };
    }
    // A column may lack a name: the index that pandas writes, or an empty one after a last delimiter.
    const given = head.values.map((column, index) => column || `column ${index + 1}`);
    const { names, renamed } = differentNames(given);
    const twice = renamed.map(([from, to]) => `${JSON.stringify(clipName(from))} → ${JSON.stringify(clipName(to))}`);
    const remarks = [...skipped, ...(twice.length > 0 ? [`columns of one name renamed: ${listText(twice, 6)}`] : [])];
    const own = { number: head.number, names: head.values };
    return { names, head: own, delimiter, blocks: withFailures(blocks), remarks };
  } catch (error) {
    throw failureOf(error);
  }
}

async function* withFirst(first: Block, blocks: AsyncIterable<Block>): AsyncGenerator<Block> {
  yield first;
  yield* blocks;
}

async function* withFailures(blocks: AsyncIterable<Block>): AsyncGenerator<Block> {
  try {
    yield* blocks;
  } catch (error) {
    throw failureOf(error);
  }
}

const failureOf = (error: unknown) => (error instanceof RangeError ? new Failure(error.message) : error);

/** Returns names that are all different: `x (2)` is the second column called `x`. @returns also the changed names */
function differentNames(given: readonly string[]): { names: string[]; renamed: [from: string, to: string][] } {
  const all = new Set(given);
  const counts = new Map<string, number>();
  const renamed: [string, string][] = [];
  const names = given.map((name) => {
    let count = (counts.get(name) ?? 0) + 1;
    if (count === 1) {
      counts.set(name, 1);
      return name;
    }
    while (all.has(`${name} (${count})`)) count++;
    counts.set(name, count);
    const other = `${name} (${count})`;
    all.add(other);
    renamed.push([name, other]);
    return other;
  });
  return { names, renamed };
}
