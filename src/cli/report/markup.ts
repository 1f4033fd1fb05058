/** Marks text as HTML. Text without the mark is escaped. */

import { escapeHtml } from "../display.ts";

export class Markup {
  readonly text: string;

  /** @param text is HTML already */
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | readonly Content[];

function textOf(content: Content): string {
  if (content instanceof Markup) return content.text;
  return Array.isArray(content) ? content.map(textOf).join("") : escapeHtml(String(content));
}

/** A tag for templates of HTML. Values are escaped unless they are Markup. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(parts.map((part, index) => (index === 0 ? part : textOf(contents[index - 1]) + part)).join(""));
}
