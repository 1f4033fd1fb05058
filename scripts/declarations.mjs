/** Makes the TypeScript declarations of the kernels from the description that scripts/assembly-transform.mjs writes of each family. */

const typeOf = { i32: "number", u32: "number", f64: "number" };

/** Returns the TypeScript type of a kernel's type. Addresses and pointers to records are `Address`. */
const typed = (type) => typeOf[type] ?? "Address";

/** Returns the text of build/kernels.d.ts: the records, the operations of all families by name, and each family's other kernels. */
export function typesOf(families) {
  const records = new Map(families.flatMap((family) => family.records.map((record) => [record.name, record])));
  const operations = families.flatMap((family) => family.operations);
  return [
    "/** Written by scripts/kernels.mjs from assembly/. */\n",
    "declare const address: unique symbol;",
    "/** An address in a network's memory, in bytes; 0 says that there is no block. */",
    "export type Address = number & { readonly [address]: true };\n",
    familyType,
    ...Array.from(records.values(), recordType),
    "/** The record of each operation, a kernel (args, begin, end). */",
    "export interface Operations {",
    ...operations.map(({ name, record }) => `  readonly ${name}: ${record};`),
    "}\n",
    ...families.map(functionsType),
  ].join("\n");
}

const familyType = `/** A family of kernels: its modules, one for each type of elements, and how its operations are called. */
export interface Family {
  readonly name: string;
  /** The place of its first operation in the function table. */
  readonly firstPlace: number;
  /** The fields of a record in their order: an address, an integer (#) or a 64-bit float (*); and the operations that take it. */
  readonly operations: readonly (readonly [fields: string, names: string])[];
  /** The products in the module of a type, if there are any. Only in the default entry. */
  readonly products?: { readonly [dtype in "float32" | "float64"]?: Products };
  /** Functions that return the text of float32's module, and how float64's differs. Only in the default entry. */
  readonly text?: readonly (() => string)[];
  /** The modules that the runtime has compiled. Only in the entries for edge runtimes. */
  readonly modules?: { readonly float32: object; readonly float64: object };
}

/** The functions that relaxed arithmetic changes, from byte to byte, and the instructions (the byte after 0xfd of each). */
export interface Products {
  readonly bodies: readonly (readonly [start: number, end: number])[];
  readonly multiply: number;
  readonly add: number;
  readonly fused: number;
}
`;

function recordType({ name, fields }) {
  const lines = fields.flatMap((field) => [
    ...(field.comment ? [`  ${field.comment}`] : []),
    `  readonly ${field.name}: ${typed(field.type)};`,
  ]);
  return [`export interface ${name} {`, ...lines, "}\n"].join("\n");
}

function functionsType({ name, functions }) {
  const lines = functions.map(({ name: kernel, parameters, result }) => {
    const list = parameters.map(([parameter]) => `${parameter}: number`).join(", ");
    return `  readonly ${kernel}: (${list}) => ${result === "void" ? "void" : "number"};`;
  });
  const type = `${name[0].toUpperCase()}${name.slice(1)}Kernels`;
  return [`/** The other kernels of ${name}. */`, `export interface ${type} {`, ...lines, "}\n"].join("\n");
}

/** Returns the text of build/<family>.d.ts. */
export function declarationsOf(family) {
  return `import type { Family } from "./kernels.js";\n\nexport const ${family}: Family;\n`;
}
