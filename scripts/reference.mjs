/**
 * `npm run reference`: writes docs/API.md, each name that the package exports, from the types and doc comments of src/.
 * test/reference.test.ts fails if the page is not up to date, or if a name or an option has no sentence.
 */
import { writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { SyntaxKind } from "typescript/unstable/ast";
import { API, SymbolFlags, TypeFlags } from "typescript/unstable/sync";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
export const page = "docs/API.md";

/**
 * The entries and their groups: a title, and the files of src/ whose names it lists. If several groups have a file, the last one lists it.
 */
const entries = [
  {
    name: "simdnet",
    file: "src/index.ts",
    groups: [
      ["Networks", /^topology\/\w+\.ts|^kernels\//],
      ["Examples and results", /^topology\/(prediction|nesting|ragged|rows)\.ts/],
      ["Layers", /^topology\/layers\//],
      ["Normalization and dropout", /^topology\/layers\/(\w*[nN]orm|normalization|dropout)\.ts/],
      [
        "Layers of images",
        /^topology\/layers\/(averagePool|conv\w*|globalPool|margins|maxPool|pooling|upsample|window)\.ts/,
      ],
      [
        "Layers of sequences",
        /^topology\/layers\/(attention|bidirectional|embedding|gru|lengths|lstm|position\w*|recurrent|simpleRnn)\.ts/,
      ],
      [
        "Graphs: inputs, and layers of several values",
        /^topology\/layers\/(combination|comparison|unitNorm|value)\.ts/,
      ],
      ["Activations", /^topology\/activations\.ts/],
      ["Initializers", /^topology\/initializers\.ts/],
      ["Training", /^training\/\w+\.ts/],
      ["Records of a training", /^training\/(record|history|evaluation)\.ts/],
      ["Losses", /^training\/(losses|customLoss|outputs)\.ts/],
      ["Metrics", /^training\/metrics\.ts/],
      ["Optimizers", /^training\/optimizers\//],
      ["Learning rates", /^training\/schedules\//],
      ["Callbacks", /^training\/callbacks\//],
      ["Gradients", /^training\/(gradients|inputGradients)\.ts/],
      ["Files of tensors", /^files\/|^topology\/loading\.ts/],
      ["Pipelines", /^pipeline\//],
      ["Random numbers", /^random\.ts/],
      ["Errors", /^errors\.ts/],
    ],
  },
  {
    name: "simdnet/data",
    file: "src/data/index.ts",
    groups: [
      ["Sample data", /^data\/dataset\.ts/],
      ["Reading tables", /^data\/(csv|csvStream|columns|filter)\.ts/],
      ["Splits", /^data\/(split|folds)\.ts/],
      ["Records", /^data\/(records|valueColumns|numberFormat|missing|sequences|pictureColumns|lengths|timeFormat)\.ts/],
      ["Numbers, categories and classes", /^data\/(scale|impute|categories|classes|labels|rows|transform)\.ts/],
      ["Dates and places", /^data\/(dates|dateFormat|coordinates)\.ts/],
      ["Series and texts", /^data\/(windows|vocabulary)\.ts/],
      ["Pictures", /^data\/(images|imageRows|augment|picture|noise|pairs|pnm|idx|cifar)\.ts/],
    ],
  },
  { name: "simdnet/pictures", file: "src/pictures/index.ts", groups: [["Pictures from files", /^pictures\//]] },
  { name: "simdnet/onnx", file: "src/onnx/index.ts", groups: [["ONNX files", /^onnx\//]] },
];

/** @returns the page, and a sentence for each name without a doc comment */
export function reference() {
  const api = new API({ cwd: root });
  try {
    const project = api.updateSnapshot({ openProjects: [`${root}/tsconfig.build.json`] }).getProjects()[0];
    return pageOf(project);
  } finally {
    api.close();
  }
}

function pageOf(project) {
  const { checker, program } = project;
  const faults = [];
  const seen = new Map();
  /** The calls that take each type of options. */
  const takers = new Map();

  const nodesOf = (symbol) => symbol.declarations.map((handle) => handle.resolve(project));
  const fileOf = (node) => relative(`${root}/src`, node.getSourceFile().fileName);
  const docOf = (symbol) => checker.getDocumentationCommentOfSymbol(symbol);
  const isInternal = (symbol) => checker.getJsDocTagsOfSymbol(symbol).some(({ name }) => name === "internal");
  /** True if the export statement or the exported declaration is marked as internal. */
  const isInternalExport = (symbol) =>
    isInternal(symbol) ||
    nodesOf(symbol).some(({ kind, parent }) => kind === SyntaxKind.ExportSpecifier && isMarked(parent.parent));
  const isOurs = (node) => node.getSourceFile().fileName.startsWith(`${root}/src/`);

  /** Returns the symbols of the options that each form of a type node has, those of the interfaces it extends among them; a union has several forms. */
  function formsOf(typeNode) {
    const type = checker.getTypeFromTypeNode(typeNode);
    const members = type.flags & TypeFlags.Union ? type.getTypes() : [type];
    return members.map((member) =>
      checker.getPropertiesOfType(member).filter((field) => field.declarations.length > 0 && isOurs(nodesOf(field)[0])),
    );
  }

  const isOptional = ({ flags }) => (flags & SymbolFlags.Optional) !== 0;

  const isOptions = (parameter) => /^(options|readOptions)$/.test(parameter.name.getText()) && parameter.type;
  const isCallable = (node) => "parameters" in node && node.parameters;

  /** Returns the signatures that users see: the overloads, or the only one. */
  function signaturesOf(symbol) {
    const nodes = nodesOf(symbol).filter(isCallable);
    return nodes.length > 1 ? nodes.filter(({ body }) => !body) : nodes;
  }

  /** Returns a call as text: `conv2d(filters, kernelSize, options?)`. Of several signatures it takes the longest. */
  function callOf(name, signatures) {
    const [longest] = signatures.toSorted((a, b) => b.parameters.length - a.parameters.length);
    const least = Math.min(...signatures.map(({ parameters }) => parameters.length));
    const parameters = longest.parameters.map((parameter, index) => {
      const name = `${parameter.dotDotDotToken ? "…" : ""}${parameter.name.getText()}`;
      const usual = parameter.initializer?.getText();
      if (usual && usual !== "{}") return `${name} = ${usual}`;
      return usual || parameter.questionToken || index >= least ? `${name}?` : name;
    });
    return `${name}(${parameters.join(", ")})`;
  }

  /** Collects the options of a call for the table below it. Returns their names with their defaults. */
  function optionsOf(who, signatures, table) {
    const names = [];
    const parameters = signatures.flatMap(({ parameters }) => [...parameters]).filter(isOptions);
    for (const { type } of parameters) {
      for (const name of type.getText().match(/\b[A-Z]\w+Options\b/g) ?? []) {
        takers.set(name, [...(takers.get(name) ?? []), who]);
      }
    }
    const forms = parameters.flatMap(({ type }) => formsOf(type));
    /** True if every form of the call needs it. */
    const isNeededBy = (name) =>
      forms.every((fields) => fields.some((field) => field.name === name && !isOptional(field)));
    for (const field of forms.flat()) {
      const [node] = nodesOf(field);
      if (!node.type || isInternal(field)) continue;
      const doc = docOf(field);
      const key = `${node.getSourceFile().fileName}:${node.pos}`;
      const isNeeded = isNeededBy(field.name);
      const usual = defaultOf(doc);
      if (isOptional(field) && !/\bundefined\b/.test(node.type.getText()))
        faults.push(`${who}: the option ${field.name} refuses undefined`);
      if (!doc) faults.push(`${who}: the option ${field.name} has no doc comment`);
      else if (!isNeeded && !/\b(defaults?|needed)\b/i.test(doc))
        faults.push(`${who}: the option ${field.name} names no default`);
      const row = table.get(key) ?? { name: field.name, type: typeText(node.type), doc, isNeeded, of: [] };
      row.isNeeded &&= isNeeded;
      table.set(key, row);
      if (!row.of.includes(who)) row.of.push(who);
      const text = isNeeded ? `**${field.name}**` : code(usual ? `${field.name} = ${usual}` : field.name);
      if (!names.includes(text)) names.push(text);
    }
    return names.join(", ");
  }

  /** Returns the part of the comment of a call's options that is about defaults that differ from call to call. */
  function defaultsNote(signatures) {
    const types = signatures.flatMap(({ parameters }) => [...parameters].filter(isOptions).map(({ type }) => type));
    const symbols = types.map((type) => type.typeName && checker.getSymbolAtLocation(type.typeName)).filter(Boolean);
    const docs = symbols.map((symbol) =>
      docOf(symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol),
    );
    return docs
      .filter((doc) => /\bdefault is\b/.test(doc))
      .map(paragraphOf)
      .join(" ");
  }

  /** Returns the rows of a class's members, static ones with its name. */
  function memberRows(name, table, node) {
    const rows = [];
    const names = new Set();
    for (const member of node.members) {
      const text = member.name?.getText();
      const symbol = member.name && checker.getSymbolAtLocation(member.name);
      const isHidden = !symbol || text.startsWith("#") || text.startsWith("[") || names.has(text) || isInternal(symbol);
      const modifiers = (member.modifiers ?? []).map((modifier) => modifier.getText());
      if (isHidden || modifiers.includes("private") || modifiers.includes("protected")) continue;
      if (text === "name" && modifiers.includes("static")) continue; // for stack traces
      names.add(text);
      const owner = modifiers.includes("static") ? name : name[0].toLowerCase() + name.slice(1);
      const isMethod = member.kind === SyntaxKind.MethodDeclaration || member.kind === SyntaxKind.MethodSignature;
      const signatures = isMethod ? signaturesOf(symbol) : [];
      const line = lineOf(docOf(symbol));
      if (!line) faults.push(`${name}.${text} has no doc comment`);
      const shownName = `${owner}.${text}`;
      rows.push([
        code(isMethod ? callOf(shownName, signatures) : shownName),
        line,
        isMethod ? optionsOf(shownName, signatures, table) : "",
      ]);
    }
    return rows;
  }

  /** Returns the line of a type: its doc comment or, for options and descriptions, the calls that they belong to. */
  function typeLine(name, node, doc) {
    const line = lineOf(doc);
    if (line) return line;
    const kind = node.members?.find((member) => member.name?.getText() === "kind")?.type?.getText();
    if (kind) return `A layer as plain data, of the kind ${code(kind)}.`;
    const calls = takers.get(name);
    if (calls) return `Options of ${callersOf([...new Set(calls)])}.`;
    faults.push(`${name} has no doc comment`);
    return "";
  }

  /** Returns the names of an interface's fields, or the text of another type if it is short. */
  const fieldNames = (name, node) =>
    takers.has(name)
      ? "" // its options are in the table above
      : node.kind === SyntaxKind.InterfaceDeclaration
        ? [...new Set(checker.getPropertiesOfType(checker.getTypeAtLocation(node.name)).map((field) => field.name))]
            .filter((name) => !name.startsWith("__"))
            .map(code)
            .join(", ")
        : shortText(node.type);

  function groupText(title, symbols) {
    const calls = [];
    const types = [];
    const classes = [];
    const table = new Map();
    for (const { name, symbol } of symbols) {
      const nodes = nodesOf(symbol);
      const classNode = classOf(name, nodes);
      if (classNode) {
        const made = constructorOf(name, classNode);
        const doc = docOf(symbol) || docOf(checker.getSymbolAtLocation(classNode.name));
        if (!lineOf(doc)) faults.push(`${name} has no doc comment`);
        const call = made && code(`new ${callOf(name, [made])}`);
        const options = made ? optionsOf(`new ${name}`, [made], table) : "";
        classes.push([[call || code(name), lineOf(doc), options], ...memberRows(name, table, classNode)]);
      } else if (nodes.some(isCallable)) {
        const signatures = signaturesOf(symbol);
        const line = lineOf(docOf(symbol));
        if (!line) faults.push(`${name} has no doc comment`);
        calls.push([
          code(callOf(name, signatures)),
          `${line} ${defaultsNote(signatures)}`.trim(),
          optionsOf(name, signatures, table),
        ]);
      } else {
        const [node] = nodes;
        if (node.kind === SyntaxKind.VariableDeclaration) calls.push([code(name), lineOf(docOf(symbol)), ""]);
        else types.push([name, node, docOf(symbol)]);
      }
    }
    // Later groups may use types of this one.
    const typeTable = () =>
      tableOf(
        ["type", "what it is", "fields"],
        types.map(([name, node, doc]) => [code(name), typeLine(name, node, doc), fieldNames(name, node)]),
      );
    const optionRows = [...table.values()].map(({ name, type, doc, isNeeded, of }) => [
      isNeeded ? `**${name}**` : code(name),
      callersOf(of),
      code(type),
      paragraphOf(doc),
    ]);
    return [
      `### ${title}`,
      tableOf(["name", "what it is or does", "options"], [...classes.flat(), ...calls]),
      tableOf(["option", "of", "type", "what it says"], optionRows),
      typeTable,
    ];
  }

  /** Returns the class for a name: its own declaration, or the class that it is an alias of. */
  function classOf(name, nodes) {
    const own = nodes.find(({ kind }) => kind === SyntaxKind.ClassDeclaration);
    if (own) return own;
    const value = nodes.find(({ kind, type }) => kind === SyntaxKind.VariableDeclaration && type);
    if (!value?.initializer || value.type.getText() !== `${name}Constructor`) return undefined;
    const symbol = checker.getSymbolAtLocation(value.initializer);
    const target = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return nodesOf(target).find(({ kind }) => kind === SyntaxKind.ClassDeclaration);
  }

  /** Returns the constructor that users call, or undefined if only the library makes such objects. */
  function constructorOf(name, node) {
    const made = node.members.find(({ kind }) => kind === SyntaxKind.Constructor);
    return !made || isMarked(made) || name === "DivergenceError" ? undefined : made;
  }

  const text = [
    "# API reference",
    "<!-- Written by `npm run reference` from the doc comments of src/. -->",
    "Each name that the package exports, with its options and their defaults. An option in **bold** is needed. Programs that use them are in\n" +
      "the [README](../README.md); full definitions, shapes and errors stand in the doc comments, which editors show.",
    "Contents:",
    contents(),
  ];
  for (const { name, file, groups } of entries) {
    text.push(`## ${name}`);
    const module = checker.getSymbolAtLocation(program.getSourceFile(`${root}/${file}`));
    const groupsOf = new Map(groups.map(([title]) => [title, []]));
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (isInternalExport(exported) || isInternal(symbol)) continue;
      const key = `${exported.name}:${symbol.id}`;
      if (seen.has(key)) {
        seen.get(key).push(name);
        continue; // another entry also has it
      }
      seen.set(key, [name]);
      const source = fileOf(nodesOf(symbol)[0]);
      const group = groups.findLast(([, files]) => files.test(source));
      if (group) groupsOf.get(group[0]).push({ name: exported.name, symbol });
      else faults.push(`${exported.name} of ${source} is in no group of scripts/reference.mjs`);
    }
    const again = [...seen].filter(([, names]) => names.at(-1) === name && names.length > 1);
    if (again.length > 0) {
      const names = again.map(([key]) => code(key.split(":")[0])).join(", ");
      text.push(`Also from here: ${names}, which stand above.`);
    }
    for (const [title, symbols] of groupsOf) {
      if (symbols.length === 0) faults.push(`the group ${title} of ${name} is empty`);
      text.push(...groupText(title, symbols));
    }
  }
  const parts = text.map((part) => (typeof part === "function" ? part() : part)).filter(Boolean);
  return { text: `${parts.join("\n\n")}\n`, faults: [...new Set(faults)] };
}

/** True if the comment before a node marks it as internal. */
const isMarked = (node) => /@internal/.test(node.getFullText().slice(0, node.getStart() - node.pos));

const anchorOf = (title) =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");

const contents = () =>
  entries
    .map(
      ({ name, groups }) => `- \`${name}\`: ${groups.map(([title]) => `[${title}](#${anchorOf(title)})`).join(" · ")}`,
    )
    .join("\n");

/** Returns the calls that an option belongs to. It names at most three. */
const callersOf = (names) =>
  names.length > 3
    ? `${names.slice(0, 2).map(code).join(", ")} and ${names.length - 2} others`
    : names.map(code).join(", ");

/** The most characters of a type in a table. */
const mostCharacters = 160;

const code = (text) => `\`${text.replaceAll("|", "\\|")}\``;
const plain = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("*", "\\*");

/** Applies `code` to the parts of a text between backticks, and `plain` to the others. */
const escaped = (text) =>
  text
    .split(/`([^`]*)`/)
    .map((part, index) => (index % 2 === 0 ? plain(part) : code(part)))
    .join("");

/** Returns the first paragraph of a doc comment on one line. */
const paragraphOf = (doc) =>
  escaped(
    doc
      .split(/\n\s*\n/)[0]
      .replace(/\s+/g, " ")
      .trim(),
  );

/** Returns the first sentence of a doc comment. If it ends with a colon, the next one follows. */
function lineOf(doc) {
  const paragraph = doc
    .split(/\n\s*\n/)[0]
    .replace(/\s+/g, " ")
    .trim();
  const [sentence] = /^.*?[.…](?=\s+["`(√]?\p{Lu}|$|\s+Σ)/u.exec(paragraph) ?? [paragraph];
  return escaped(sentence);
}

/** Returns a default that is one value of code, or undefined: "Default 1e-8.", "default true", `Default "valid": none`. */
function defaultOf(doc) {
  const value = `"[^"]*"|-?[\\d.]*\\d(?:e-?\\d+)?|true|false|\\[[^\\]]*\\]|[a-zA-Z]+\\([^)]*\\)`;
  return new RegExp(`\\b[Dd]efault (${value})(?=[.;,:)](?! but)|$)`).exec(doc.trim())?.[1];
}

/** Returns the text of a type on one line, without the parts that every option has. */
const typeText = (node) =>
  node
    .getText()
    .replace(/\/\*\*.*?\*\//gs, "")
    .replace(/\s+/g, " ")
    .replace(/ \| undefined$/, "")
    .replace(/^\| /, "");

const shortText = (node) => (typeText(node).length <= mostCharacters ? code(typeText(node)) : "…");

function tableOf(head, rows) {
  if (rows.length === 0) return "";
  const isEmpty = (column) => rows.every((row) => !row[column]);
  const columns = head.map((_, column) => column).filter((column) => !isEmpty(column));
  const line = (cells) => `| ${columns.map((column) => cells[column]).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { text, faults } = reference();
  writeFileSync(`${root}/${page}`, text);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
