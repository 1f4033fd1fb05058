/** The messages of ONNX files that simdnet/onnx reads and writes, with the numbers of their fields in onnx.proto3. */

/** The way a field is stored. A message is named by its kind. */
export type FieldKind = "int" | "float" | "double" | "text" | "bytes" | MessageName;

/** A field: its name here, its kind, and whether it may occur several times. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly isList: boolean;
}

/** A tensor's numbers are in `raw`, or in the list of its type. */
export interface TensorProto {
  readonly name?: string;
  readonly dims?: readonly number[];
  readonly type?: number;
  readonly raw?: Uint8Array;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly longs?: readonly number[];
  readonly doubles?: readonly number[];
  readonly unsigned?: readonly number[];
  readonly texts?: readonly Uint8Array[];
  /** 1 if the numbers are in another file. */
  readonly location?: number;
  /** The file, with the place and the number of the bytes: "location", "offset", "length". */
  readonly external?: readonly PropertyProto[];
  readonly segment?: object;
}

export interface AttributeProto {
  readonly name?: string;
  readonly type?: number;
  readonly float?: number;
  readonly int?: number;
  readonly bytes?: Uint8Array;
  readonly tensor?: TensorProto;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly texts?: readonly Uint8Array[];
}

export interface NodeProto {
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly name?: string;
  readonly operator?: string;
  readonly domain?: string;
  readonly attributes?: readonly AttributeProto[];
}

export interface DimensionProto {
  readonly value?: number;
  readonly parameter?: string;
}

export interface ValueProto {
  readonly name?: string;
  readonly type?: {
    readonly tensor?: { readonly type?: number; readonly shape?: { readonly dims?: readonly DimensionProto[] } };
  };
}

export interface GraphProto {
  readonly name?: string;
  readonly nodes?: readonly NodeProto[];
  readonly initializers?: readonly TensorProto[];
  readonly sparse?: readonly object[];
  readonly inputs?: readonly ValueProto[];
  readonly outputs?: readonly ValueProto[];
}

export interface OpsetProto {
  readonly domain?: string;
  readonly version?: number;
}

export interface PropertyProto {
  readonly key?: string;
  readonly value?: string;
}

export interface ModelProto {
  readonly irVersion?: number;
  readonly producer?: string;
  readonly graph?: GraphProto;
  readonly opsets?: readonly OpsetProto[];
  readonly functions?: readonly object[];
}

/** The codes of the types that are written. */
export const typeCodes = { float32: 1, int32: 6, int64: 7, text: 8, bool: 9, float64: 11 } as const;

/** The producer of files of this package, and the name of the graph of a whole pipeline. */
export const [ownProducer, pipelineName] = ["simdnet", "pipeline"];

/** Each line has the number of a field, its name, and its kind, with a star if it is a list. */
const tables = {
  model: "1 irVersion int,2 producer text,7 graph graph,8 opsets opset*,25 functions nothing*",
  graph: "1 nodes node*,2 name text,5 initializers tensor*,11 inputs value*,12 outputs value*,15 sparse nothing*",
  node: "1 inputs text*,2 outputs text*,3 name text,4 operator text,5 attributes attribute*,7 domain text",
  attribute:
    "1 name text,2 float float,3 int int,4 bytes bytes,5 tensor tensor,7 floats float*,8 ints int*,9 texts bytes*,20 type int",
  tensor:
    "1 dims int*,2 type int,3 segment nothing,4 floats float*,5 ints int*,6 texts bytes*,7 longs int*,8 name text,9 raw bytes,10 doubles double*,11 unsigned int*,13 external property*,14 location int",
  value: "1 name text,2 type type",
  type: "1 tensor tensorType",
  tensorType: "1 type int,2 shape shape",
  shape: "1 dims dimension*",
  dimension: "1 value int,2 parameter text",
  opset: "1 domain text,2 version int",
  property: "1 key text,2 value text",
  nothing: "",
};

export type MessageName = keyof typeof tables;

/** Returns the fields of a message by their numbers. */
function fieldsOf(table: string): ReadonlyMap<number, Field> {
  const fields = table === "" ? [] : table.split(",");
  return new Map(
    fields.map((field) => {
      const [number, name, kind] = field.split(" ");
      return [Number(number), { name, kind: kind.replace("*", "") as FieldKind, isList: kind.endsWith("*") }];
    }),
  );
}

/** The fields of each message by their numbers. Other fields are skipped. */
export const messages: Readonly<Record<MessageName, ReadonlyMap<number, Field>>> = /* @__PURE__ */ Object.fromEntries(
  /* @__PURE__ */ Object.entries(tables).map(([name, table]) => [name, fieldsOf(table)]),
) as Record<MessageName, ReadonlyMap<number, Field>>;
