/** Splits a table into lines and values, some thousand lines at a time: files may be larger than memory. */

import { type Block, linesOf as linesOfText } from "../data/index.ts";
import { Failure } from "./failure.ts";
import type { Source } from "./source.ts";

export type { Block };

export interface Lines {
  /** The names of the columns, from the first line. */
  readonly names: readonly string[];
  readonly delimiter: string;
  /** The other lines. */
  readonly blocks: AsyncIterable<Block>;
}

/** Cuts a block into parts of at most `most` lines. */
export function* slicesOf({ numbers, rows }: Block, most: number): Generator<Block> {
  for (let from = 0; from < rows.length; from += most) {
    yield { numbers: numbers.slice(from, from + most), rows: rows.slice(from, from + most) };
  }
}

/**
 * Returns the lines of `source` without blank ones.
 *
 * @throws {Failure} naming the line, if two columns share a name, a quote is not closed, or a line has more or fewer values than columns
 */
export async function linesOf({ name, text }: Source): Promise<Lines> {
  try {
    const { head, delimiter, blocks } = await linesOfText(name, text);
    // A column may lack a name: the index that pandas writes, or an empty one after a last delimiter.
    const names = head.values.map((column, index) => column || `column ${index + 1}`);
    checkNames(name, head.number, names);
    return { names, delimiter, blocks: withFailures(blocks) };
  } catch (error) {
    throw failureOf(error);
  }
}

async function* withFailures(blocks: AsyncIterable<Block>): AsyncGenerator<Block> {
  try {
    yield* blocks;
  } catch (error) {
    throw failureOf(error);
  }
}

const failureOf = (error: unknown) => (error instanceof RangeError ? new Failure(error.message) : error);

function checkNames(name: string, line: number, names: readonly string[]): void {
  const places = new Map<string, number>();
  names.forEach((column, index) => {
    const earlier = places.get(column);
    places.set(column, index);
    if (earlier === undefined) return;
    const where = `columns ${earlier + 1} and ${index + 1}`;
    throw new Failure(`${name}, line ${line}: got ${JSON.stringify(column)} as ${where}, need different names`);
  });
}
