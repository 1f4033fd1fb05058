/** Finds faults in the declarations of the package's entries, with TypeScript's compiler interface. */

/**
 * Returns a sentence for each fault. Faults are a signature with a type of the package that no entry exports, a name that two entries give
 * to different types or that hides a global one, and an optional property that refuses `undefined`.
 *
 * @param ts TypeScript's module
 * @param entries the declaration file of each entry, by its name
 */
export function faultsOf(ts, entries) {
  const options = { target: ts.ScriptTarget.ES2022, lib: ["lib.es2022.d.ts"], types: [], strict: true };
  const resolution = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
  const program = ts.createProgram(Object.values(entries), { ...options, ...resolution });
  const checker = program.getTypeChecker();
  const resolved = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  const isType = (symbol) => (symbol.flags & ts.SymbolFlags.Type) !== 0;
  const faults = new Set();
  const exported = new Map();
  const known = new Set();
  for (const [entry, file] of Object.entries(entries)) {
    for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))) {
      const { name } = symbol;
      const target = resolved(symbol);
      known.add(target);
      if (isType(target)) {
        // An alias for a type of the same name also counts as that type.
        for (const { type } of target.declarations ?? []) {
          const aliased = type && ts.isTypeReferenceNode(type) && resolved(checker.getSymbolAtLocation(type.typeName));
          if (aliased?.name === name) known.add(aliased);
        }
        if (checker.resolveName(name, undefined, ts.SymbolFlags.Type, false)) faults.add(`${name} hides a global type`);
        const other = exported.get(name);
        if (other && other.target !== target) faults.add(`${entry} and ${other.entry} have different types ${name}`);
      }
      exported.set(name, { entry, target });
    }
  }
  const isOurs = ({ declarations = [] }) =>
    declarations.some((declaration) => !program.isSourceFileDefaultLibrary(declaration.getSourceFile()));
  const takesUndefined = (type) =>
    (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0 ||
    (type.isUnion() ? type.types : [type]).some(({ flags }) => flags & ts.TypeFlags.Undefined);

  const visit = (owner, node) => {
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isTypeQueryNode(node)
        ? node.exprName
        : ts.isExpressionWithTypeArguments(node) && node.expression;
    const symbol = name && checker.getSymbolAtLocation(name);
    if (symbol) {
      const target = resolved(symbol);
      const isParameter = target.flags & (ts.SymbolFlags.TypeParameter | ts.SymbolFlags.FunctionScopedVariable);
      if (!isParameter && isOurs(target) && !known.has(target))
        faults.add(`${owner} names ${name.getText()}, which no entry exports`);
    }
    if (ts.isPropertySignature(node) && node.questionToken && node.type) {
      // Without exactOptionalPropertyTypes, TypeScript adds undefined to the property's type, but not to the written type.
      if (!takesUndefined(checker.getTypeFromTypeNode(node.type))) {
        faults.add(`${owner}: ${node.name.getText()} is optional and refuses undefined`);
      }
    }
    ts.forEachChild(node, (child) => visit(owner, child));
  };
  for (const [name, { target }] of exported) {
    for (const declaration of target.declarations ?? []) visit(name, declaration);
  }
  for (const symbol of known) {
    for (const declaration of symbol.declarations ?? []) visit(symbol.name, declaration);
  }
  return [...faults];
}
