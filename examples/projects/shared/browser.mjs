/** Makes pages that predict in the browser: one file with the model and all code. The page loads nothing and sends nothing. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { html, Markup } from "#dist/cli/report/markup.js";
import { style as pageStyle } from "#dist/cli/report/style.js";
import { Mistake } from "./command.mjs";

/** The rights of the page in the browser: its own scripts and styles, pictures from files that the user chooses, and no network. */
const policy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'wasm-unsafe-eval'",
  "style-src 'unsafe-inline'",
  "img-src data: blob:",
].join("; ");

/** The CSS of a form: labels and fields in columns, and the answer below. */
export const formStyle = `
form { display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: 12px 18px; margin: 16px 0; }
label { display: grid; gap: 4px; }
input { min-width: 0; padding: 6px 10px; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--grid); border-radius: 6px; }
#said { margin: 16px 0; font-size: 20px; font-weight: 600; }
`;

const simdnet = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

/**
 * Returns the module that `simdnet export --module` makes of a model. It exports `predict`, and for a network also `inputs` and `outputs`.
 *
 * @param model the path of a model's file
 * @throws {Mistake} if the file is not a model
 */
export function moduleOf(model) {
  const folder = mkdtempSync(join(tmpdir(), "simdnet-module-"));
  const file = join(folder, "model.mjs");
  try {
    execFileSync(process.execPath, [simdnet, "export", model, "--module", file], { encoding: "utf8", stdio: "pipe" });
    return readFileSync(file, "utf8");
  } catch (error) {
    throw error.stderr ? new Mistake(error.stderr.trim()) : error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Returns a page of HTML, light and dark, in the style of the other pages.
 *
 * @param lead a sentence below the title
 * @param body the content, as `html` returns it
 * @param style additional CSS
 * @param script the path of the page's script, a module. It may import other files, and each model by its name
 * @param models paths of the models' files by the names in the script's imports: `{ model: "denoiser.safetensors" }` for
 * `import { predict } from "model"`
 */
export async function browserPage({ title, lead, body, style = "", script, models }) {
  const code = await bundleScript(script, models);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${pageStyle}${new Markup(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${lead}</p>
</header>
<main>
${body}</main>
<footer>Made with simdnet. The model is in this page and runs here; nothing is sent anywhere.</footer>
<script type="module">
${new Markup(code)}</script>
</body>
</html>
`.text;
}

/** Bundles a page's script, its models and their imports into one script. */
async function bundleScript(script, models) {
  const plugin = {
    name: "models",
    resolveId: (id) => (Object.hasOwn(models, id) ? `\0${id}` : undefined),
    load: (id) => (id.startsWith("\0") ? { code: moduleOf(models[id.slice(1)]), moduleType: "js" } : undefined),
  };
  const bundle = await rolldown({
    input: script,
    platform: "browser",
    plugins: [plugin],
    checks: { bundlerTimings: false },
  });
  const { output } = await bundle.generate({ format: "esm", minify: true, comments: { legal: true } });
  await bundle.close();
  // In a page, these characters would end the script or begin a comment. They only occur within strings.
  return output[0].code.replace(/<(?=\/script|!--)/gi, "\\x3c");
}
