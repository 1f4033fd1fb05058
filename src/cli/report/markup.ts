/** Text that is HTML, so that what is not is escaped wherever it enters. */

import { escapeHtml } from "../display.ts";

export class Markup {
  readonly text: string;

  /** @param text HTML as it stands */
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | readonly Content[];

function textOf(content: Content): string {
  if (content instanceof Markup) return content.text;
  return Array.isArray(content) ? content.map(textOf).join("") : escapeHtml(String(content));
}

/** A template of HTML: what is filled in is escaped, unless it is HTML itself. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(parts.map((part, index) => (index === 0 ? part : textOf(contents[index - 1]) + part)).join(""));
}
