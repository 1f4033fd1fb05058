import { expect, test } from "vitest";
import { escapeHtml } from "../../../src/cli/display.ts";
import { html, Markup } from "../../../src/cli/report/markup.ts";

test("what is filled in is escaped between tags and between quotes, once", () => {
  expect(escapeHtml(`<b a='1'>"&amp;"</b>`)).toBe("&lt;b a=&#39;1&#39;&gt;&quot;&amp;amp;&quot;&lt;/b&gt;");
  expect(html`<p title="${'"'}">${"a < b"}${7}</p>`.text).toBe('<p title="&quot;">a &lt; b7</p>');
});

test("markup, and lists of it, stand as they are", () => {
  const item = (text: string) => html`<li>${text}</li>`;
  expect(html`<ul>${[item("1 & 2"), item("3"), "<"]}</ul>`.text).toBe("<ul><li>1 &amp; 2</li><li>3</li>&lt;</ul>");
  expect(html`${new Markup("<br>")}`.text).toBe("<br>");
});
