/**
 * A compiler transform that lets the kernels stay valid, formatted TypeScript written once for both types:
 *
 *  1. A function or method whose doc comment carries the tag `@inline` is inlined.
 *  2. `export { name } from "./file"` in assembly/index.ts, where `name` is generic over its element type, becomes the
 *     two exports `nameF32` and `nameF64`. A function that is not generic leaves under its own name.
 */
import { Node, NodeKind } from "assemblyscript";
import { Transform } from "assemblyscript/transform";

const entry = "assembly/index";
const elementTypes = { F32: "f32", F64: "f64" };

export default class extends Transform {
  afterParse(parser) {
    const sources = new Map(parser.sources.map((source) => [source.internalPath, source]));
    for (const [path, source] of sources) {
      if (path.startsWith("assembly/")) markInlined(source.statements);
    }
    const index = sources.get(entry);
    const bodies = [];
    index.statements = index.statements.filter((statement) => {
      if (statement.kind !== NodeKind.Export || !statement.members) return true;
      const kernels = sources.get(statement.internalPath);
      for (const member of statement.members) bodies.push(exportsOf(member.localName.text, kernels));
      bodies.push(`import * as ${alias(kernels)} from "./${kernels.simplePath}";`);
      return false;
    });
    parser.parseFile(bodies.join("\n"), `${entry}.generated.ts`, true);
  }
}

const alias = (source) => `${source.simplePath}Kernels`;

/** Source text of the exports of one kernel. */
function exportsOf(name, source) {
  const declaration = source.statements.find((s) => s.kind === NodeKind.FunctionDeclaration && s.name.text === name);
  if (!declaration)
    throw new Error(`assembly/index.ts exports "${name}", which ${source.normalizedPath} does not declare`);
  const text = (node) => node.range.source.text.substring(node.range.start, node.range.end);
  const { parameters, returnType } = declaration.signature;
  const typed = parameters.map((p) => `${p.name.text}: ${text(p.type)}`).join(", ");
  const passed = parameters.map((p) => p.name.text).join(", ");
  const instances = declaration.typeParameters ? Object.entries(elementTypes) : [["", undefined]];
  return instances
    .map(([suffix, type]) => {
      const result = text(returnType).replace(/^T$/, type);
      const call = `${alias(source)}.${name}${type ? `<${type}>` : ""}(${passed});`;
      return `export function ${name}${suffix}(${typed}): ${result} { ${result === "void" ? "" : "return "}${call} }`;
    })
    .join("\n");
}

function markInlined(statements) {
  for (const node of statements) {
    if (node.kind === NodeKind.ClassDeclaration) markInlined(node.members);
    if (node.kind !== NodeKind.FunctionDeclaration && node.kind !== NodeKind.MethodDeclaration) continue;
    const before = node.range.source.text.substring(0, node.range.start).replace(/(\s|\bexport\b)+$/, "");
    const comment = before.endsWith("*/") ? before.substring(before.lastIndexOf("/**")) : "";
    if (!/@inline\b/.test(comment)) continue;
    const tag = Node.createDecorator(Node.createIdentifierExpression("inline", node.range), null, node.range);
    node.decorators = [...(node.decorators ?? []), tag];
  }
}
