/**
 * The nodes of a pipeline around its network: numbers and categories of records become the network's rows, and its outputs become predictions. All
 * numbers are double until they are scaled, as in the pipeline.
 */

import { knownBooleans } from "../data/booleans.ts";
import type { Pipeline } from "../index.ts";
import type { GraphWriter } from "./graph.ts";
import { typeCodes, type ValueProto } from "./schema.ts";

type Column = Pipeline["columns"][number];
type Scale = { readonly fill: number; readonly offset: number; readonly divisor: number };
type Categories = Extract<Column, { readonly kind: "encodeCategories" }>;

/** Describes an input or output with a side for the examples. */
export function described(name: string, type: number, shape: readonly number[]): ValueProto {
  const dims = [{ parameter: "batch" }, ...shape.map((value) => ({ value }))];
  return { name, type: { tensor: { type, shape: { dims } } } };
}

/** Tells whether a column is an input of its own: texts, series or pictures. */
export const isOwnInput = ({ kind }: Column): boolean => kind === "text" || kind === "series" || kind === "picture";

/**
 * Adds the nodes that make the rows of numbers and categories. Each column is an input, and each part of a date.
 *
 * @param given takes the inputs
 * @returns the name of the rows; undefined if there are no such columns
 */
export function writeRows({ columns }: Pipeline, graph: GraphWriter, given: ValueProto[]): string | undefined {
  const shared = columns.filter((column) => !isOwnInput(column));
  if (shared.length === 0) return undefined;
  const inputOf = (name: string, type: number): string => {
    const own = graph.unique(name);
    given.push(described(own, type, [1]));
    return own;
  };
  const parts = shared.flatMap((column): readonly string[] => {
    const { name } = column;
    if (column.kind === "encodeCategories") {
      return [oneHot(graph, inputOf(name, typeCodes.text), column, column.missing ?? [])];
    }
    const scales: readonly (readonly [string, Scale])[] =
      column.kind === "date" ? column.parts.map((part) => [`${name}.${part.part}`, part]) : [[name, column as Scale]];
    const numbers = scales.map(([title, scale]) => ({ input: inputOf(title, typeCodes.float64), scale }));
    const marks = column.kind === "number" ? (column.missing ?? []).filter((mark) => typeof mark === "number") : [];
    const missing = numbers.map(({ input }) => missingOf(graph, input, marks));
    const hasColumn = column.kind === "number" || column.kind === "date" ? column.missingColumn : false;
    const ownType = { to: typeCodes[graph.dtype] };
    return [
      ...numbers.map(({ input, scale }, index) => scaled(graph, input, missing[index], scale)),
      ...(hasColumn ? [graph.one("Cast", [missing[0]], ownType)] : []),
    ];
  });
  return parts.length === 1 ? parts[0] : graph.one("Concat", parts, { axis: 1 });
}

/** Returns whether each number is NaN or a mark. */
function missingOf(graph: GraphWriter, input: string, marks: readonly number[]): string {
  return marks.reduce(
    (missing, mark) => graph.one("Or", [missing, graph.one("Equal", [input, graph.double(mark)])]),
    graph.one("IsNaN", [input]),
  );
}

/** (x − offset) / divisor, with the fill for what is missing. */
function scaled(graph: GraphWriter, input: string, missing: string, { fill, offset, divisor }: Scale): string {
  const filled = graph.one("Where", [missing, graph.double(fill), input]);
  const quotient = graph.one("Div", [graph.one("Sub", [filled, graph.double(offset)]), graph.double(divisor)]);
  return graph.dtype === "float64" ? quotient : graph.one("Cast", [quotient], { to: typeCodes.float32 });
}

/** A 1 in the column of each category. What has none is a row of zeros, or in the last column if the others share it. */
function oneHot(
  graph: GraphWriter,
  input: string,
  { categories, fill, others }: Categories,
  missing: readonly unknown[],
): string {
  const places = new Map<string, number>();
  const last = categories.length;
  const filled = categories.indexOf(fill);
  // A missing one is an empty text, or a mark.
  for (const mark of ["", ...missing]) if (typeof mark === "string") places.set(mark, filled < 0 ? last : filled);
  categories.forEach((category, place) => {
    if (category !== null && !places.has(category)) places.set(category, place);
  });
  // A boolean stands for its category in any spelling, also as 1 or 0.
  for (const [truth, category] of knownBooleans(categories)) {
    const name = String(truth);
    const capitalised = `${name[0].toUpperCase()}${name.slice(1)}`;
    for (const spelling of [name, name.toUpperCase(), capitalised, String(Number(truth))]) {
      if (!places.has(spelling)) places.set(spelling, places.get(category)!);
    }
  }
  const place = graph.labels(input, {
    keys_strings: [...places.keys()],
    values_int64s: [...places.values()],
    default_int64: last,
  });
  const depth = last + (others === "column" ? 1 : 0);
  // A place beyond the depth has no 1.
  const flags = graph.one("OneHot", [place, graph.integers([depth]), graph.floats([0, 1])], { axis: -1 });
  const rows = graph.one("Reshape", [flags, graph.integers([0, -1])]);
  return graph.dtype === "float64" ? graph.one("Cast", [rows], { to: typeCodes.float64 }) : rows;
}

/**
 * Adds the nodes that make predictions of the network's outputs.
 *
 * @param output the tensor of the outputs
 * @returns the outputs of the file, whose names are theirs alone
 */
export function writePredictions(
  { target, network, areLogits }: Pipeline,
  graph: GraphWriter,
  output: string,
): readonly ValueProto[] {
  const width = network.outputs;
  const flat = graph.one("Reshape", [output, graph.integers([-1, width])]);
  const double = { to: typeCodes.float64 };
  if (target.kind === "number") {
    const wide = graph.one("Cast", [flat], double);
    const product = graph.one("Mul", [wide, graph.double(target.divisor)]);
    const value = graph.one("Add", [product, graph.double(target.offset)]);
    const number = target.logarithm ? graph.one("Exp", [value]) : value;
    return [named(graph, "prediction", number, typeCodes.float64, [1])];
  }
  const { classes, threshold } = target;
  const own = areLogits
    ? graph.one(width === 1 ? "Sigmoid" : "Softmax", [flat], width === 1 ? {} : { axis: -1 })
    : flat;
  const both = () => graph.one("Concat", [graph.one("Sub", [graph.number(1), own]), own], { axis: 1 });
  const probabilities = width === 1 ? both() : own;
  let place = graph.one("ArgMax", [probabilities], { axis: 1, keepdims: 0 });
  if (threshold !== undefined) {
    const second = graph.one("Gather", [probabilities, graph.integers([1])], { axis: 1 });
    const wide = graph.one("Cast", [second], double);
    const isSecond = graph.one("GreaterOrEqual", [wide, graph.double(threshold)]);
    place = graph.one("Reshape", [graph.one("Cast", [isSecond], { to: typeCodes.int64 }), graph.integers([-1])]);
  }
  const areNumbers = classes.every((label) => typeof label === "number");
  const labels = areNumbers ? graph.double(classes as readonly number[]) : graph.texts(classes.map(String));
  const prediction = graph.one("Gather", [labels, place], { axis: 0 });
  return [
    named(graph, "prediction", prediction, areNumbers ? typeCodes.float64 : typeCodes.text, []),
    named(graph, "probabilities", probabilities, typeCodes[graph.dtype], [classes.length]),
  ];
}

/** Gives a tensor the name of an output. */
function named(graph: GraphWriter, wanted: string, tensor: string, type: number, shape: readonly number[]): ValueProto {
  const name = graph.unique(wanted);
  graph.node("Identity", [tensor], {}, { outputNames: [name] });
  return described(name, type, shape);
}
