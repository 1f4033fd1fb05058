/**
 * A compiler transform that lets the kernels stay valid, formatted TypeScript written once for both types:
 *
 *  1. A function or method whose doc comment carries the tag `@inline` is inlined.
 *  2. `export { name } from "./file"` in an entry, such as assembly/training.ts, where `name` is generic over its element type, exports
 *     the kernel of one type: `ElementType`, which the build sets (`asc --use ElementType=f32`).
 *  3. A loop `for (let i = 0; i < 8; i++)` whose body starts with the comment `// @unroll` becomes eight copies of its
 *     body, in which `i` is a constant.
 */
import { Node, NodeKind, Parser, SourceKind } from "assemblyscript";
import { Transform } from "assemblyscript/transform";

export default class extends Transform {
  afterParse(parser) {
    const ours = parser.sources.filter((source) => !source.internalPath.startsWith("~lib/"));
    const sources = new Map(ours.map((source) => [source.internalPath, source]));
    for (const source of ours) {
      markInlined(source.statements);
      for (const statement of source.statements) unrollLoops([statement]);
    }
    const entries = ours.filter((source) => source.sourceKind === SourceKind.UserEntry);
    for (const entry of entries) typeExports(entry, sources, parser);
  }
}

/** Takes the exports of kernels out of an entry, and has the parser read their typed ones instead. */
function typeExports(entry, sources, parser) {
  const bodies = [];
  entry.statements = entry.statements.filter((statement) => {
    if (statement.kind !== NodeKind.Export || !statement.members) return true;
    const kernels = sources.get(statement.internalPath);
    for (const member of statement.members) bodies.push(exportOf(member.localName.text, kernels));
    bodies.push(`import * as ${alias(kernels)} from "${statement.path.value}";`);
    return false;
  });
  parser.parseFile(bodies.join("\n"), `${entry.internalPath}.generated.ts`, true);
}

const alias = (source) => source.internalPath.replaceAll("/", "_");

/** Source text of the export of one kernel. */
function exportOf(name, source) {
  const declaration = source.statements.find((s) => s.kind === NodeKind.FunctionDeclaration && s.name.text === name);
  if (!declaration) throw new Error(`The entry exports "${name}", which ${source.normalizedPath} does not declare`);
  const { parameters, returnType } = declaration.signature;
  const typed = parameters.map((p) => `${p.name.text}: ${textOf(p.type)}`).join(", ");
  const passed = parameters.map((p) => p.name.text).join(", ");
  const type = declaration.typeParameters ? "<ElementType>" : "";
  const result = textOf(returnType).replace(/^T$/, "ElementType");
  const call = `${alias(source)}.${name}${type}(${passed});`;
  return `export function ${name}(${typed}): ${result} { ${result === "void" ? "" : "return "}${call} }`;
}

/** Replaces the marked loops among `statements` and in the blocks below them. */
function unrollLoops(statements) {
  return statements.flatMap((statement) => {
    for (const inner of [statement.body, statement.ifTrue, statement.ifFalse, statement]) {
      if (inner?.kind === NodeKind.Block) inner.statements = unrollLoops(inner.statements);
    }
    if (statement.kind !== NodeKind.For || !isMarked(statement.body)) return [statement];
    const variable = statement.initializer.declarations[0].name.text;
    const count = Number(textOf(statement.condition.right));
    return Array.from({ length: count }, (_, index) => {
      // The nodes of the body are shared by the copies: the compiler only reads them.
      const constant = constantStatement(variable, index, statement.range);
      return Node.createBlockStatement([constant, ...statement.body.statements], statement.range);
    });
  });
}

const textOf = (node) => node.range.source.text.substring(node.range.start, node.range.end);

const isMarked = (block) => block.kind === NodeKind.Block && /^\{\s*\/\/ @unroll\b/.test(textOf(block));

/** `const name = value;`, said to stand at `range`, where the debugger and the source map look for it. */
function constantStatement(name, value, range) {
  const parser = new Parser();
  parser.parseFile(`const ${name} = ${value};`, range.source.normalizedPath, false);
  const statement = parser.sources[0].statements[0];
  const [declaration] = statement.declarations;
  for (const node of [statement, declaration, declaration.name, declaration.initializer]) node.range = range;
  return statement;
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
