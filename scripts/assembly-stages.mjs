/**
 * A part of the transform of the kernels (scripts/assembly-transform.mjs): makes element-wise operations work on four vectors at
 * once. A class whose method `forward` is tagged `@staged` gets a method `forwardBlock(input, output, parameter)`, made from it:
 *
 *  1. Each statement is repeated for the four vectors before the next statement follows. A call of a function that is tagged
 *     `@staged` is replaced by the statements of that function, repeated in the same way. The four chains run in parallel, and
 *     they share each constant that they load.
 *  2. `constant<T>(single, double)` becomes a load from a table in memory.
 *     V8 13 (Node 24) makes a literal vector anew at every use.
 */
import { CommonFlags, Node, NodeKind, Parser } from "assemblyscript";

/** Vectors in a block; assembly/vector/map.ts relies on it. */
const vectors = 4;

export const textOf = (node) => node.range.source.text.substring(node.range.start, node.range.end);

/** Returns the doc comment before a node, or nothing. */
export function commentBefore({ range }) {
  const before = range.source.text.substring(0, range.start).replace(/(\s|\bexport\b)+$/, "");
  return before.endsWith("*/") ? before.substring(before.lastIndexOf("/**")) : "";
}

/** Returns the statements of `text`. Their place is `range`, for the debugger and the source map. */
export function parse(text, range) {
  const parser = new Parser();
  parser.parseFile(text, range.source.normalizedPath, false);
  return parser.sources[0].statements.map((statement) => {
    return copyOf(statement, (node) => {
      node.range = range;
    });
  });
}

/** Copies a tree of nodes. If `replace` returns a node, it replaces the copy. */
function copyOf(node, replace) {
  if (Array.isArray(node)) return node.map((each) => copyOf(each, replace));
  if (!(node instanceof Node)) return node;
  const replaced = replace(node);
  if (replaced) return replaced;
  const copy = Object.create(Object.getPrototypeOf(node));
  for (const [key, value] of Object.entries(node)) copy[key] = copyOf(value, replace);
  return copy;
}

/** Adds the methods `forwardBlock` to the classes in `files`, which maps paths to sources. */
export function addStages(files) {
  const table = new Table(files);
  for (const source of files.values()) {
    for (const declared of source.statements.filter((node) => node.kind === NodeKind.ClassDeclaration)) {
      const forward = declared.members.find((member) => member.name.text === "forward");
      if (forward && isStaged(forward)) declared.members.push(blockMethod(forward, new Stages(source, files, table)));
    }
  }
}

/** The name of the function that returns the address of the constants. */
const tableName = "stagedConstants";

/** The table of constants, one for each type. */
class Table {
  /** Holds the elements of each type, with their source texts. */
  #elements = {};
  #texts = { f32: [], f64: [] };

  /** Declares an empty table in the file that declares `constant`. A module only has the table of its type, and only if it uses it. */
  constructor(files) {
    this.home = [...files.values()].find(({ statements }) => statements.some((node) => node.name?.text === "constant"));
    if (!this.home) return;
    const text = `function ${tableName}<T>(): usize {
      return sizeof<T>() == 4 ? memory.data<f32>([]) : memory.data<f64>([]);
    }`;
    const [declared] = parse(text, this.home.statements[0].range);
    this.home.statements.push(declared);
    const { ifThen, ifElse } = declared.body.statements[0].value;
    for (const [type, { args }] of Object.entries({ f32: ifThen, f64: ifElse })) {
      this.#elements[type] = args[0].elementExpressions;
    }
  }

  /** Returns the expression that loads the constant of a call. */
  read({ args, range }) {
    const [single, double = single] = args;
    const offset = `sizeof<T>() == 4 ? ${this.#offset("f32", 4, single)} : ${this.#offset("f64", 8, double)}`;
    return parse(`v128.load_splat<T>(${tableName}<T>(), ${offset});`, range)[0].expression;
  }

  #offset(type, bytes, value) {
    const texts = this.#texts[type];
    const text = textOf(value);
    if (!texts.includes(text)) {
      texts.push(text);
      this.#elements[type].push(value);
    }
    return texts.indexOf(text) * bytes;
  }
}

const isStaged = (node) => /@staged\b/.test(commentBefore(node));

/** Returns the method `forwardBlock` for a method `forward`. */
function blockMethod(forward, stages) {
  const [input, parameter] = forward.signature.parameters.map(({ name }) => name.text);
  const text = `class Operation {
    @inline forwardBlock<T>(input: usize, output: usize, ${parameter}: v128): void {
      ${each((copy) => `const ${input}${copy} = v128.load(input, ${16 * copy});`)}
      ${each((copy) => `v128.store(output, result${copy}, ${16 * copy});`)}
    }
  }`;
  const [{ members }] = parse(text, forward.range);
  const { statements } = members[0].body;
  statements.splice(vectors, 0, ...stages.of(forward.body.statements, new Map([[input, input]]), "result"));
  return members[0];
}

const each = (textOfCopy) => Array.from({ length: vectors }, (_, copy) => textOfCopy(copy)).join("\n");

/** Repeats the statements of functions for the vectors of a block. */
class Stages {
  #source;
  #files;
  #table;
  #names = 0;

  /** @param source the file that gets the statements */
  constructor(source, files, table) {
    this.#source = source;
    this.#files = files;
    this.#table = table;
  }

  /**
   * @param names maps each variable to the start of its name in the copies, which their number follows
   * @param result the start of the name for the returned value; none in a branch, which may not return anything
   * @param from the file of the function
   */
  of(statements, names, result, from = this.#source) {
    return statements.flatMap((statement) => {
      const { kind, range } = statement;
      if (kind === NodeKind.Variable) {
        return statement.declarations.flatMap(({ name, type, initializer }) => {
          const unique = this.#unique(name.text);
          const declared = this.#declared(unique, initializer, names, from, type ? `: ${textOf(type)}` : "", range);
          names.set(name.text, unique);
          return declared;
        });
      }
      if (kind === NodeKind.Return && result) return this.#declared(result, statement.value, names, from, "", range);
      if (kind === NodeKind.Expression) {
        const [before, expressions] = this.#copies(statement.expression, names, from);
        return [...before, ...expressions.map((copy) => Node.createExpressionStatement(copy, range))];
      }
      if (kind === NodeKind.If && /^sizeof<T>\(\)/.test(textOf(statement.condition))) {
        const [ifTrue, ifFalse] = [statement.ifTrue, statement.ifFalse].map((branch) => {
          return branch && Node.createBlockStatement(this.of(branch.statements, new Map(names), "", from), range);
        });
        return Node.createIfStatement(statement.condition, ifTrue, ifFalse, range);
      }
      const path = range.source.normalizedPath;
      throw new Error(`${path}: got "${textOf(statement)}" in a @staged function, need other statements`);
    });
  }

  /** Declares a variable for each copy, with `value` as its first value if there is one. */
  #declared(name, value, names, from, type, range) {
    const [before, values] = value ? this.#copies(value, names, from) : [[], []];
    const declarations = Array.from({ length: vectors }, (_, copy) => {
      const [statement] = parse(`let ${name}${copy}${type}${value ? " = 0" : ""};`, range);
      if (value) statement.declarations[0].initializer = values[copy];
      return statement;
    });
    return [...before, ...declarations];
  }

  /** @returns the statements of the @staged functions that `expression` calls, and the expression for each copy */
  #copies(expression, names, from) {
    const before = [];
    const results = new Map();
    const withoutCalls = copyOf(expression, (node) => {
      const called = node.kind === NodeKind.Call && this.#stagedFunction(node.expression.text, from);
      if (!called) return undefined;
      const { signature, body } = called.node;
      const inner = new Map();
      for (const [index, { name }] of signature.parameters.entries()) {
        const unique = this.#unique(name.text);
        before.push(...this.#declared(unique, node.args[index], names, from, "", node.range));
        inner.set(name.text, unique);
      }
      const result = this.#unique(called.node.name.text);
      results.set(result, result);
      before.push(...this.of(body.statements, inner, result, called.source));
      return Node.createIdentifierExpression(result, node.range);
    });
    const all = new Map([...names, ...results]);
    const copies = Array.from({ length: vectors }, (_, copy) => this.#copy(withoutCalls, all, copy, from));
    return [before, copies];
  }

  #copy(expression, names, copy, from) {
    return copyOf(expression, (node) => {
      if (node.kind === NodeKind.PropertyAccess) {
        const object = this.#copy(node.expression, names, copy, from);
        return Node.createPropertyAccessExpression(object, node.property, node.range);
      }
      if (node.kind === NodeKind.Call && node.expression.text === "constant") {
        return this.#copy(this.#table.read(node), names, copy, this.#table.home);
      }
      if (node.kind !== NodeKind.Identifier) return undefined;
      const name = names.get(node.text);
      if (name) return Node.createIdentifierExpression(name + copy, node.range);
      if (from !== this.#source) this.#import(node.text, from);
      return undefined;
    });
  }

  #unique(name) {
    return `${name}_${this.#names++}_`;
  }

  #stagedFunction(name, from) {
    const found = declarationOf(name, from, this.#files);
    return found?.node.kind === NodeKind.FunctionDeclaration && isStaged(found.node) ? found : undefined;
  }

  /** Imports a name from the file of a function, if the file that gets its statements lacks it. */
  #import(name, from) {
    const found = declarationOf(name, from, this.#files);
    const known = declarationOf(name, this.#source, this.#files);
    if (!found || found.node === known?.node) return;
    const { internalPath, statements } = this.#source;
    if (known) throw new Error(`${internalPath}: got a ${name} of its own, need that of ${found.source.internalPath}`);
    found.node.flags |= CommonFlags.Export;
    const up = internalPath.replace(/[^/]+$/, "").replace(/[^/]+/g, "..");
    statements.unshift(...parse(`import { ${name} } from "./${up}${found.source.internalPath}";`, statements[0].range));
  }
}

/** Returns the declaration of a name that a file uses, and the source that has it. */
function declarationOf(name, source, files) {
  for (const node of source.statements) {
    if (node.kind === NodeKind.Import) {
      const imported = node.declarations?.find((each) => each.name.text === name);
      if (imported) return declarationOf(imported.foreignName.text, files.get(node.internalPath), files);
    } else {
      const declarations = node.kind === NodeKind.Variable ? node.declarations : [node];
      const found = declarations.find((each) => each.name?.text === name);
      if (found) return { node: found, source };
    }
  }
  return undefined;
}
