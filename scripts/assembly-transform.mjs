/**
 * A compiler transform that lets the kernels stay valid, formatted TypeScript written once for both types:
 *
 *  1. A function or method whose doc comment carries the tag `@inline` is inlined.
 *  2. `export { name } from "./file"` in the entry of a family, such as assembly/training.ts, exports the kernel for one type:
 *     `ElementType`, which the build sets (`asc --use ElementType=f32`).
 *  3. `export { Relu as reluForward } from "./file"`, where Relu is a class, exports the loop over the method at the end of the
 *     name. The loop is the function with the same ending in the loops.ts beside that file.
 *  4. A loop `for (let i = 0; i < 8; i++)` whose body starts with the comment `// @unroll` becomes eight copies of its
 *     body, in which `i` is a constant.
 *  5. An element-wise operation tagged `@staged` works on four vectors at once (scripts/assembly-stages.mjs).
 *
 * It also fails the compilation if a record's layout is not the one that src/memory/arena.ts writes.
 *
 * It writes a description of the family to the file in KERNELS_DESCRIPTION. The description has the operations (kernels (args, begin, end)
 * whose args is a record) with the layouts of their records, and the signatures of the other kernels.
 */
import { writeFileSync } from "node:fs";
import { Node, NodeKind, SourceKind } from "assemblyscript";
import { Transform } from "assemblyscript/transform";
import { addStages, commentBefore, parse, textOf } from "./assembly-stages.mjs";

export default class extends Transform {
  afterParse(parser) {
    const ours = parser.sources.filter((source) => !source.internalPath.startsWith("~lib/"));
    const files = new Map(ours.map((source) => [source.internalPath, source]));
    for (const source of ours) {
      markInlined(source.statements);
      for (const statement of source.statements) unrollLoops([statement]);
    }
    addStages(files);
    const records = recordsOf(ours);
    for (const entry of ours.filter((source) => source.sourceKind === SourceKind.UserEntry)) {
      const family = describeExports(entry, files, records);
      if (family.exports.length === 0) continue;
      entry.statements = entry.statements.filter((statement) => !isExportFrom(statement));
      parser.parseFile(textOfExports(entry, family), `${entry.internalPath}.generated.ts`, true);
      writeFileSync(process.env.KERNELS_DESCRIPTION, JSON.stringify(descriptionOf(family)));
    }
  }
}

const isExportFrom = ({ kind, members, path }) => kind === NodeKind.Export && members && path;

/** Returns the entry's exports and the records of its operations. Operations are in the order of these records. */
function describeExports(entry, files, records) {
  const exports = entry.statements.filter(isExportFrom).flatMap((statement) =>
    statement.members.map((member) => {
      const source = files.get(statement.internalPath);
      const [local, name] = [member.localName.text, member.exportedName.text];
      const declaration = source.statements.find((node) => node.name?.text === local);
      if (declaration?.kind === NodeKind.ClassDeclaration) return loopExport(name, local, source, files, records);
      if (declaration?.kind === NodeKind.FunctionDeclaration) return functionExport(name, declaration, source, records);
      throw new Error(`${entry.normalizedPath} exports "${local}", which ${source.normalizedPath} does not declare`);
    }),
  );
  const keyOf = ({ record, name }) => `${record ?? ""} ${name}`;
  exports.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const used = [...new Set(exports.flatMap(({ record }) => record ?? []))].sort();
  return { exports, records: used.map((name) => records.get(name)) };
}

/** Returns the loop over a method of a class as an export: reluForward is activationForward<T, Relu>, from activations/loops.ts. */
function loopExport(name, operation, source, files, records) {
  const [pass] = /(Forward|Backward)$/.exec(name) ?? [];
  const loops = files.get(source.internalPath.replace(/[^/]*$/, "loops"));
  const [loop, ...others] = (loops?.statements ?? []).filter(
    ({ kind, name: other }) => kind === NodeKind.FunctionDeclaration && other.text.endsWith(pass),
  );
  if (!pass || !loop || others.length > 0) {
    throw new Error(
      `${source.normalizedPath}: got the class export "${name}", need …Forward or …Backward, which one function of loops.ts ends with`,
    );
  }
  const call = `${alias(loops)}.${loop.name.text}<ElementType, ${alias(source)}.${operation}>`;
  return { ...functionExport(name, loop, loops, records), call, sources: [loops, source] };
}

function functionExport(name, { signature, typeParameters }, source, records) {
  const parameters = signature.parameters.map((parameter) => [parameter.name.text, textOf(parameter.type)]);
  const result = textOf(signature.returnType).replace(/^T$/, "ElementType");
  const call = `${alias(source)}.${name}${typeParameters ? "<ElementType>" : ""}`;
  const isOperation = records.has(parameters[0]?.[1]) && parameters[1]?.[0] === "begin";
  if (isOperation) return { name, record: parameters[0][1], call, sources: [source] };
  return { name, parameters, result, call, sources: [source] };
}

/** Returns the source text of an entry's exports, all for one type. */
function textOfExports(entry, { exports, records }) {
  const sources = new Set([...exports.flatMap((each) => each.sources), ...records.map(({ source }) => source)]);
  const folder = entry.internalPath.replace(/[^/]*$/, "");
  const imports = Array.from(sources, (source) => {
    return `import * as ${alias(source)} from "./${source.internalPath.slice(folder.length)}";`;
  });
  const recordOf = new Map(records.map((record) => [record.name, `${alias(record.source)}.${record.name}`]));
  const functions = exports.map(({ name, record, parameters, result, call }) => {
    if (record) {
      const args = `changetype<${recordOf.get(record)}>(args)`;
      return `export function ${name}(args: usize, begin: i32, end: i32): void { ${call}(${args}, begin, end); }`;
    }
    const typed = parameters.map(([parameter, type]) => `${parameter}: ${type}`).join(", ");
    const passed = parameters.map(([parameter]) => parameter).join(", ");
    return `export function ${name}(${typed}): ${result} { ${result === "void" ? "" : "return "}${call}(${passed}); }`;
  });
  const checks = records.flatMap((record) => layoutChecks(record, recordOf.get(record.name)));
  return [...imports, ...checks, ...functions, "export const dataEnd: usize = __heap_base;"].join("\n");
}

/** The bytes of a field, by its type. A class is the address of another record. */
const fieldBytes = { usize: 4, i32: 4, u32: 4, f64: 8 };
const bytesOf = ({ type }) => fieldBytes[type] ?? (/^[A-Z]/.test(type) ? 4 : undefined);

/** Returns statements that the compiler evaluates: they check that each field of a record has the offset of `Arena.write`. */
function layoutChecks({ name, fields, source }, type) {
  let end = 0;
  const checks = fields.map((field) => {
    const bytes = bytesOf(field);
    if (!bytes) {
      const types = Object.keys(fieldBytes).join(", ");
      throw new Error(
        `${source.normalizedPath}: got ${name}.${field.name} of ${field.type}, need ${types} or a record`,
      );
    }
    const offset = Math.ceil(end / bytes) * bytes;
    end = offset + bytes;
    return checkOf(`offsetof<${type}>("${field.name}")`, offset, `${name}.${field.name}`, source);
  });
  return [...checks, checkOf(`offsetof<${type}>()`, end, `the end of ${name}`, source)];
}

const checkOf = (expression, offset, what, source) =>
  `if (${expression} != ${offset}) ERROR("${source.normalizedPath}: need ${what} at ${offset} (Arena.write)");`;

/** Returns an entry as plain data, for the build. */
function descriptionOf({ exports, records }) {
  return {
    operations: exports.flatMap(({ name, record }) => (record ? [{ name, record }] : [])),
    records: records.map(({ name, fields }) => ({ name, fields })),
    functions: exports.flatMap(({ name, parameters, result }) => (parameters ? [{ name, parameters, result }] : [])),
  };
}

const alias = (source) => source.internalPath.replaceAll("/", "_");

/** Returns the classes whose objects are records in memory, by name: their fields, each with its doc comment. */
function recordsOf(sources) {
  const records = new Map();
  for (const source of sources) {
    for (const node of source.statements) {
      const isUnmanaged = node.decorators?.some((decorator) => decorator.name.text === "unmanaged");
      if (node.kind !== NodeKind.ClassDeclaration || !isUnmanaged) continue;
      const members = node.members.filter((member) => member.kind === NodeKind.FieldDeclaration);
      if (members.length === 0) continue;
      const name = node.name.text;
      if (records.has(name)) throw new Error(`${source.normalizedPath}: got a second record ${name}, need other names`);
      const fields = members.map((member) => {
        return { name: member.name.text, type: textOf(member.type), comment: commentBefore(member) };
      });
      records.set(name, { name, source, fields, base: node.extendsType && textOf(node.extendsType) });
    }
  }
  // If a record extends a class, the fields of that class come first.
  const fieldsOf = ({ base, fields }) => [...(base ? fieldsOf(records.get(base)) : []), ...fields];
  return new Map(Array.from(records, ([name, record]) => [name, { ...record, fields: fieldsOf(record) }]));
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
      const constant = parse(`const ${variable} = ${index};`, statement.range);
      return Node.createBlockStatement([...constant, ...statement.body.statements], statement.range);
    });
  });
}

const isMarked = (block) => block.kind === NodeKind.Block && /^\{\s*\/\/ @unroll\b/.test(textOf(block));

function markInlined(statements) {
  for (const node of statements) {
    if (node.kind === NodeKind.ClassDeclaration) markInlined(node.members);
    if (node.kind !== NodeKind.FunctionDeclaration && node.kind !== NodeKind.MethodDeclaration) continue;
    if (!/@inline\b/.test(commentBefore(node))) continue;
    const tag = Node.createDecorator(Node.createIdentifierExpression("inline", node.range), null, node.range);
    node.decorators = [...(node.decorators ?? []), tag];
  }
}
