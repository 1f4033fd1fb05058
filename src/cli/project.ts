/** Makes the configuration files and the README of an exported Worker. */

import { type Network, Pipeline } from "../index.ts";
import { markdownCode } from "./display.ts";
import { exampleFor } from "./example.ts";
import { columnsOf } from "./exported/columns.ts";
import { shapesOf } from "./exported/shapes.ts";
import { formatText } from "./listed.ts";
import { readsPictures } from "./readPictures.ts";
import { shellWord } from "./shell.ts";

const wranglerVersion = "4.86.0";

/** The most categories of a column in the README. */
const mostShown = 12;

export interface Project {
  /** A valid name for Cloudflare: lower-case letters, digits and dashes. */
  readonly name: string;
  readonly model: Pipeline | Network;
  /** The name of the model's file. */
  readonly source: string;
}

/** Makes the name of a Worker from the name of its folder. */
export function workerName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 54)
    .replace(/^-|-$/g, "");
  return name || "simdnet-worker";
}

/** Returns the texts of the files, by name. */
export function projectTexts(project: Project): Record<string, string> {
  const { name } = project;
  const configuration = {
    name,
    main: "worker.js",
    compatibility_date: "2026-04-01",
    rules: [{ type: "Data", globs: ["**/*.safetensors"], fallthrough: true }],
  };
  const manifest = {
    name,
    private: true,
    type: "module",
    scripts: { dev: "wrangler dev", deploy: "wrangler deploy" },
    devDependencies: { wrangler: wranglerVersion },
  };
  return {
    "wrangler.jsonc": jsonFile(configuration),
    "package.json": jsonFile(manifest),
    "README.md": readme(project),
  };
}

const jsonFile = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`;

function readme({ name, model, source }: Project): string {
  const isPipeline = model instanceof Pipeline;
  const takesFiles = isPipeline && readsPictures(model);
  const { code: example, json, answer } = exampleFor(model);
  const purpose = isPipeline ? `predicts ${markdownCode(model.target.name)}` : "answers what a network predicts";
  // An image is too long for a shell's command line.
  const request =
    json !== undefined
      ? `curl localhost:8787/predict -d ${shellWord(json)}`
      : `node -p ${shellWord(`JSON.stringify(${example})`)} | curl localhost:8787/predict -d @-`;
  const rows = isPipeline
    ? [
        "the prediction for a record; for up to 1000 in an array, an array of theirs",
        "what is predicted and from what, with an example",
      ]
    : ["the answer for an example; for an array of examples, an array of theirs", "the shapes of examples and answers"];
  return `# ${name}

A Worker that ${purpose}, which \`simdnet export\` has made of ${markdownCode(source)}. It needs nothing but what is in this folder, and
wrangler to run:

\`\`\`sh
npm install && npm run dev
\`\`\`

It then answers at http://localhost:8787:

\`\`\`sh
${request}
\`\`\`

\`\`\`json
${answer}
\`\`\`

\`npm run deploy\` publishes it.

| request         | answer                                                                      |
| --------------- | --------------------------------------------------------------------------- |
| \`POST /predict\` | ${rows[0].padEnd(75)} |
| \`GET /\`         | ${rows[1].padEnd(75)} |
| anything else   | 400, 404 or 405 and \`{ "error" }\`, a sentence                             |

${isPipeline ? columnsText(model) : shapesText(model)}
${takesFiles ? filesText : ""}
\`worker.js\` answers the requests, and is yours to change. \`runtime.js\` and the \`.wasm\` files are simdnet without what trains. Another
model or network that simdnet has saved takes this one's place as \`model.safetensors\`.
`;
}

const filesText = `
The picture alone may stand for the record, and so may the file of one, PNG, JPEG, PGM or PPM:

\`\`\`sh
curl localhost:8787/predict --data-binary @photo.jpg
\`\`\`
`;

function columnsText(model: Pipeline): string {
  const columns = columnsOf(model).map((column) => {
    if (column.kind === "number") {
      const text = column.format ? `, or a text such as ${markdownCode(formatText(column.format))}` : "";
      return `- ${markdownCode(column.name)}: a number${text}`;
    }
    if (column.kind === "date") {
      return `- ${markdownCode(column.name)}: a date, ${column.order} or with the year first, such as \`2012-04-21\``;
    }
    if (column.kind === "text") return `- ${markdownCode(column.name)}: a text of any length, read word by word`;
    if (column.kind === "picture") {
      const size = `${column.size[1]} × ${column.size[0]}`;
      return `- ${markdownCode(column.name)}: a picture of any size, which is resized to ${size} pixels; it may not be missing`;
    }
    if (column.kind === "series") {
      const step = column.features === 1 ? "numbers" : `rows of ${column.features} numbers`;
      return `- ${markdownCode(column.name)}: a series, an array of ${step}`;
    }
    const listed = column.categories.slice(0, mostShown).map(markdownCode);
    const more = column.categories.length > mostShown ? ", …" : "";
    return `- ${markdownCode(column.name)}: a text${listed.length > 0 ? `, such as ${listed.join(", ")}${more}` : ""}`;
  });
  return `A record has a value for each of these columns, null or no such key where it is missing:\n\n${columns.join("\n")}`;
}

function shapesText(network: Network): string {
  const { inputs, outputs } = shapesOf(network);
  const [examples, answers] = [inputs, outputs].map((shapes) =>
    shapes.map((shape) => markdownCode(`[${shape.join(", ")}]`)),
  );
  const several = inputs.length > 1 ? " The examples of each input stand in an array." : "";
  return `An example is of the shape ${examples.join(" and ")}, flat or nested, its answer of the shape ${answers.join(" and ")}.${several}`;
}
