/** Writes names and paths as a shell takes them, for the commands that messages show. */

/** Quotes a word, if needed. */
export const shellWord = (text: string) =>
  /^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Quotes a name for an option that takes a list: as in CSV if it has a comma, then for the shell. */
export const listWord = (text: string) => listWords([text]);

/** Writes names as the list that an option takes. */
export const listWords = (names: readonly string[]) =>
  shellWord(names.map((name) => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(","));
