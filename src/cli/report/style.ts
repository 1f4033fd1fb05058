/** The style of reports. Its colours are Okabe and Ito's, which the colour-blind can tell apart. */

import { Markup } from "./markup.ts";

export const style = new Markup(`
:root { color-scheme: light dark; --page: #ffffff; --card: #f6f8fa; --ink: #1b1f24; --soft: #57606a; --grid: #d8dde3;
  --first: #0072b2; --second: #d55e00; --on-first: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0f1318; --card: #181d24; --ink: #e6edf3; --soft: #a3adb8; --grid: #333c46;
    --first: #56b4e9; --second: #e69f00; --on-first: #0f1318; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 24px 20px; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 16px; font-size: 24px; line-height: 1.2; }
h2 { margin: 28px 0 10px; font-size: 18px; }
h3 { margin: 0 0 8px; font-size: 14px; }
h3.apart { margin: 18px 0 8px; }
.tiles, .pictures { display: flex; flex-wrap: wrap; gap: 12px; }
.tile { flex: 1 1 170px; }
.tile, figure { margin: 0; padding: 12px; border-radius: 8px; background: var(--card); }
.tile strong { display: block; font-size: 24px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span, .tile small { display: block; }
.tile small, figcaption, dt, footer { color: var(--soft); }
figcaption, small { font-size: 13px; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 4px 24px; margin: 20px 0 0; }
dl div { display: grid; grid-template-columns: 76px 1fr; gap: 8px; }
dd { margin: 0; }
.pictures > figure { flex: 1 1 min(100%, 420px); min-width: 0; }
.layer { display: flex; flex-wrap: wrap; gap: 8px 20px; margin-bottom: 12px; padding: 12px; border-radius: 8px;
  background: var(--card); }
.layer > * { flex: 1 1 min(100%, 280px); min-width: 0; }
.layer > .text { flex: 1 1 150px; }
.notes { margin: 20px 0 0; padding: 12px 12px 12px 32px; border-radius: 8px; background: var(--card); }
.wide { overflow-x: auto; }
.wide td, .wide th { overflow-wrap: normal; white-space: nowrap; }
.wide .text { text-align: left; white-space: normal; min-width: 160px; }
thead th { color: var(--soft); border-bottom: 1px solid var(--grid); }
.layer p { margin: 0 0 6px; color: var(--soft); font-size: 13px; }
h4 { margin: 0 0 6px; font-size: 13px; font-weight: normal; color: var(--soft); }
svg { display: block; width: 100%; max-width: 460px; height: auto; margin: 0 auto; }
svg text { font-family: inherit; }
.legend i { display: inline-block; margin: 0 2px 0 10px; vertical-align: middle; }
.legend i:first-child { margin-left: 0; }
.line { width: 22px; border-top: 2px solid var(--first); }
.diamond { width: 9px; height: 9px; transform: rotate(45deg); background: var(--second); }
.line.second.solid { border-top-style: solid; }
.line.second { border-top: 2px dashed var(--second); }
.dot { width: 8px; height: 8px; border-radius: 50%; background: var(--second); }
figcaption ul { margin: 6px 0 0; padding-left: 18px; }
figcaption p { margin: 6px 0 0; }
.words ol { columns: 2; margin: 0; padding-left: 26px; }
.words p { margin: 0; }
details { margin-top: 6px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 2px 12px 2px 0; text-align: right; font-weight: normal; }
th:first-child { text-align: left; }
footer { margin-top: 28px; font-size: 13px; }
@media (max-width: 480px) {
  body { padding: 14px 10px; }
  .tile, figure, .layer { padding: 10px; }
}
`);
