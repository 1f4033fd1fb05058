/** A network with its preprocessing and its target, so that it predicts from records as people have them. */

import { isByColumns, type SeriesColumns, type SeriesRecord } from "../data/columns.ts";
import type { Picture } from "../data/picture.ts";
import {
  checkSomeColumn,
  type EncodedColumns,
  type EncodedRows,
  type RecordEncoding,
  type RecordEncodingJSON,
  recordsFromJSON,
  valueIn,
} from "../data/records.ts";
import {
  checkArguments,
  checkOptions,
  isMisspelling,
  mark,
  plural,
  refuseJSON,
  shown,
  unknownName,
} from "../errors.ts";
import { parseJSON } from "../files/json.ts";
import { decode, encode } from "../files/safetensors.ts";
import { type Bytes, type Values, valuesOf } from "../kernels/dtype.ts";
import { sizeOf } from "../topology/layers/layer.ts";
import { matrixOf, shownShape } from "../topology/layers/shape.ts";
import type { Nested } from "../topology/nesting.ts";
import { checkNetwork, type Network, networkFromFile, networkMetadata, splitFile } from "../topology/network.ts";
import { tokenCounts } from "../topology/tokens.ts";
import { lastActivations } from "../training/endings.ts";
import type { History } from "../training/history.ts";
import { checkHistory } from "./history.ts";
import { checkSeen, type Seen, SeenValues } from "./seen.ts";
import { checkTarget, type Prediction, predictionOf, readOutputs, type Target } from "./target.ts";

export interface PipelineOptions {
  /**
   * The trained network. To predict classes, it ends with a softmax, with a sigmoid of one output, or with a linear layer whose outputs are
   * logits.
   */
  readonly network: Network;
  /** The result of `encodeRecords`, fitted to the training records: it turns records into inputs of the network. */
  readonly encoding: RecordEncoding<EncodedRows, EncodedColumns>;
  /** The target: classes, or a number. */
  readonly target: Target;
  /** The values of the training records, from `seenValues`: predictions then tell what is unlike all of them. Default none. */
  readonly seen?: Seen | undefined;
  /** The history that `fit` returned. Default none. */
  readonly history?: History | undefined;
  /** Notes on how the network was made, as JSON can hold them. Default {}. */
  readonly notes?: Readonly<Record<string, unknown>> | undefined;
}

interface PipelineJSON {
  readonly version: number;
  readonly encoding: RecordEncodingJSON;
  readonly target: Target;
  readonly seen?: Seen | undefined;
  readonly history?: History | undefined;
  readonly notes?: Readonly<Record<string, unknown>> | undefined;
}

/** A record, or its only value, if that is a text or a picture. */
export type RecordLike = SeriesRecord | Picture | string;

const isText = (value: unknown): boolean => typeof value === "string";
const isPicture = (value: unknown): boolean => ArrayBuffer.isView((Object(value) as Partial<Picture>).data);

/** The most names on either side that are compared for their spelling. */
const mostCompared = 40;

/** The version of the file format. Files of a later version are refused. */
const version = 1;

/** A network with its preprocessing and its target: it predicts from records as people have them. */
export class Pipeline {
  /** The network. */
  readonly network: Network;
  /** The target: classes, or a number. */
  readonly target: Target;
  /** The encoding that turns records into inputs. Its errors begin with "predict". */
  readonly encoding: RecordEncoding<EncodedRows, EncodedColumns>;
  /** The columns that a record needs, in order. */
  readonly columns: readonly RecordEncodingJSON["columns"][number][];
  /** The values of the training records, if they were given. */
  readonly seen: Seen | undefined;
  readonly #seenValues: SeenValues | undefined;
  /** Columns of the training records that the network does not use. */
  readonly #ignored: readonly string[];
  /** The history of its training, if one was given. */
  readonly history: History | undefined;
  /** The notes from the options. */
  readonly notes: Readonly<Record<string, unknown>>;

  /** @throws {TypeError | RangeError} if an option is unknown, or if network, encoding and target do not fit each other */
  constructor(options: PipelineOptions) {
    const who = "pipeline";
    mark(this, "Pipeline");
    checkArguments(who, arguments.length, 1);
    checkOptions(who, options, ["network", "encoding", "target", "seen", "history", "notes"]);
    const { network, encoding, target, seen, history, notes = {} } = Object(options) as PipelineOptions;
    checkNetwork(`${who}: network`, network);
    if (typeof encoding?.toJSON !== "function") {
      throw new TypeError(
        `${who}: got encoding ${shown(encoding)}, need what encodeRecords or transformFromJSON returns`,
      );
    }
    const json = encoding.toJSON();
    this.encoding = recordsFromJSON(`${who}, encoding`, json, "predict");
    checkInputs(who, network, this.encoding);
    const [{ shape, lengths }, ...others] = network.engine.graph.outputs;
    if (others.length > 0) throw new RangeError(`${who}: got a network with ${others.length + 1} outputs, need one`);
    if (matrixOf(shape)[0] > 1) {
      const how = lengths ? "a recurrent layer without returnSequences, or a global pool" : "flatten()";
      throw new RangeError(`${who}: got a network with the output ${shownShape(shape)}, need one row of it: ${how}`);
    }
    this.network = network;
    this.target = checkTarget(who, target, network.outputs);
    if (this.target.kind === "classes") checkEnding(who, network);
    this.columns = json.columns;
    this.seen = seen && checkSeen(`${who}, seen`, seen, json.columns);
    this.#seenValues = this.seen && new SeenValues(this.seen, json.columns);
    this.#ignored = json.ignored;
    this.history = history && checkHistory(`${who}, history`, history);
    if (typeof notes !== "object" || notes === null || Array.isArray(notes)) {
      throw new TypeError(`${who}: got notes ${shown(notes)}, need an object`);
    }
    this.notes = notes;
  }

  /** The name of each number in the rows of numbers and categories: `age`, `island=Biscoe`, … */
  get features(): readonly string[] {
    return this.encoding.features;
  }

  /**
   * Predicts from one record, or from several. A missing value is null or an empty text, or its key is missing; booleans are the categories
   * "true" and "false"; what else a record holds does not count. Where the only column is one of texts or of pictures, a text or a picture,
   * `{ data, width, height }`, may stand for its record.
   *
   * @throws {TypeError | RangeError} naming the record, from 0, and the column of what is of another kind than in the training
   *   records, of a record that has other names alone, or of a misspelling of the name of a column it does not have; or naming the
   *   record whose prediction is not finite
   */
  predict(record: RecordLike): Prediction;
  predict(records: readonly RecordLike[]): Prediction[];
  predict(records: RecordLike | readonly RecordLike[]): Prediction | Prediction[] {
    checkArguments("predict", arguments.length, 1);
    const list: readonly RecordLike[] = Array.isArray(records) ? records : [records];
    if (list.length === 0) return [];
    const predictions = this.predictColumns(this.#columnsOf(list));
    return Array.isArray(records) ? predictions : predictions[0];
  }

  /**
   * Predicts from each row of a table by columns.
   *
   * @param columns some of `columns`, and no others; at least one row
   * @throws {TypeError | RangeError} as `predict`
   */
  predictColumns(columns: SeriesColumns): Prediction[] {
    checkArguments("predictColumns", arguments.length, 1);
    const outputs = this.outputs(columns);
    const width = this.network.outputs;
    const rows = outputs.length / width;
    const unseen = this.unseenIn(columns, rows);
    return Array.from({ length: rows }, (_, row) => {
      const prediction = predictionOf(this.target, outputs.subarray(row * width, (row + 1) * width), row);
      return unseen.has(row) ? { ...prediction, unseen: unseen.get(row)! } : prediction;
    });
  }

  /** @internal True if the network's outputs are logits where classes are predicted: its last activation is linear. */
  get areLogits(): boolean {
    return endsLinearly(this.network);
  }

  /** @internal Returns the unseen values of each row of a table, by the number of the row; rows without any are not there. */
  unseenIn(columns: SeriesColumns, rows: number): ReadonlyMap<number, NonNullable<Prediction["unseen"]>> {
    checkArguments("unseenIn", arguments.length, 2);
    return this.#seenValues?.in(columns, rows) ?? new Map();
  }

  /**
   * Returns the network's outputs for a table by columns, row after row. For classes these are probabilities, also if the network ends with
   * logits. For a number, they are not yet scaled to the target's unit.
   *
   * @param columns as `predictColumns`
   * @throws {TypeError | RangeError} as `predict`
   */
  outputs(columns: SeriesColumns): Values {
    checkArguments("outputs", arguments.length, 1);
    const { network } = this;
    const results = network.predict<Nested | Values>(this.encoding.apply(columns) as never);
    let values = results as Values;
    if (Array.isArray(results)) {
      // Sequences of different lengths come as arrays.
      values = valuesOf(network.dtype, results.length * network.outputs);
      values.set((results as unknown[]).flat(Number.POSITIVE_INFINITY) as number[]);
    }
    readOutputs("predict", this.target, values, network.outputs, this.areLogits);
    return values;
  }

  /**
   * Returns a file of the whole pipeline: the network's file, with the encoding, target, seen values, history and notes in its metadata. Every
   * safetensors reader and `Network.fromBytes` read the network from it.
   *
   * @throws {RangeError} if a parameter is not finite
   */
  toBytes(): Bytes {
    checkArguments("toBytes", arguments.length, 0);
    const { target, seen, history, notes } = this;
    const json: PipelineJSON = { version, encoding: this.encoding.toJSON(), target, seen, history, notes };
    const metadata = { ...networkMetadata(this.network.engine), pipeline: JSON.stringify(json) };
    return encode(this.network.tensors("toBytes"), metadata);
  }

  /**
   * Returns the pipeline that `toBytes` has written.
   *
   * @throws {RangeError | TypeError} if the bytes are not such a file; the message names the fault
   */
  static fromBytes(bytes: Uint8Array | ArrayBuffer): Pipeline {
    checkArguments("fromBytes", arguments.length, 1);
    const who = "fromBytes";
    const { network: file } = splitFile(decode(bytes));
    const text = file.metadata.pipeline;
    if (text === undefined) {
      const got = file.metadata.network === undefined ? "a file of something else" : "a file of a network alone";
      throw new RangeError(`${who}: got ${got}, need one that a pipeline's toBytes wrote`);
    }
    const json: Partial<PipelineJSON> = Object(parseJSON(who, "the pipeline", text));
    if (json.version !== version) {
      throw new RangeError(`${who}: got a pipeline of version ${shown(json.version)}, need version ${version}`);
    }
    const { target, seen, history, notes } = json;
    const encoding = recordsFromJSON(`${who}, encoding`, Object(json.encoding));
    const network = networkFromFile(file);
    return new Pipeline({ network, encoding, target: target as Target, seen, history, notes });
  }

  /** Returns the values that the encoding reads from records, by columns. */
  #columnsOf(given: readonly RecordLike[]): SeriesColumns {
    const [{ name, kind }, ...others] = this.columns;
    const isValue = { text: isText, picture: isPicture }[kind as string] ?? (() => false);
    const records = given.map(
      (record) => (others.length === 0 && isValue(record) ? { [name]: record } : record) as SeriesRecord,
    );
    records.forEach((record, row) => {
      if (typeof record !== "object" || record === null || !isByColumns(record as never)) {
        throw new TypeError(`predict: got ${shown(record)} at row ${row}, need an object with a value for each column`);
      }
      if (this.columns.every(({ name }) => Object.hasOwn(record, name))) return;
      this.checkNames(`predict, row ${row}`, Object.keys(record));
    });
    const columns = this.columns.map(({ name }) => [name, records.map((record) => valueIn(record, name))]);
    return Object.fromEntries(columns) as SeriesColumns;
  }

  /**
   * @internal Checks the names of a record or a table, which may lack columns.
   *
   * @throws {RangeError} if a column is missing and there is a misspelling of its name, if there are names and none is that of a column, or if a
   *   picture is missing, for which nothing can stand
   */
  checkNames(who: string, names: readonly string[]): void {
    checkArguments("checkNames", arguments.length, 2);
    const given = new Set(names);
    const missing = this.columns.filter(({ name }) => !given.has(name));
    if (missing.length === 0) return;
    const columns = this.columns.map(({ name }) => name);
    const known = new Set([...columns, ...this.#ignored, this.target.name]);
    const others = names.filter((name) => !known.has(name));
    // Of wide records only the first names are compared, as each is with each.
    const compared = missing.slice(0, mostCompared).map(({ name }) => name);
    const unknown = others.slice(0, mostCompared).find((name) => compared.some((each) => isMisspelling(name, each)));
    if (unknown !== undefined) throw unknownName(who, unknown, compared);
    const picture = missing.find(({ kind }) => kind === "picture");
    if (picture) throw new RangeError(`${who}: got no ${shown(picture.name)}, need a picture`);
    checkSomeColumn(who, names, columns);
  }

  /** Refuses `JSON.stringify(pipeline)`, which would lose what makes its answers. @throws {TypeError} naming toBytes */
  toJSON(): never {
    return refuseJSON("pipeline", "toBytes() and Pipeline.fromBytes()");
  }

  /** Frameworks that watch objects leave it alone: vue by this. */
  get [Symbol.toStringTag](): string {
    return "Pipeline";
  }
}

/** Refuses a network whose inputs are not those of the encoding. */
function checkInputs(
  who: string,
  { engine }: Network,
  { features, inputs, vocabularies }: RecordEncoding<EncodedRows, EncodedColumns>,
): void {
  const given = engine.graph.inputs;
  if (given.length !== inputs.length) {
    const need = inputs.map(({ shape, variableLength }) => shownInput(shape, variableLength)).join(" and ");
    throw new RangeError(`${who}: got a network with ${plural(given.length, "input")}, need ${inputs.length}: ${need}`);
  }
  inputs.forEach(({ columns, shape, variableLength }, index) => {
    const value = given[index];
    // Numbers and categories are flat rows, which fit an input of any shape.
    if (index === 0 && features.length > 0) {
      const size = sizeOf(value.shape);
      if (size === features.length) return;
      const need = `${features.length}, as the encoding has features`;
      throw new RangeError(`${who}: got a network of ${plural(size, "input")}, need ${need}`);
    }
    const column = `column ${shown(columns[0])}`;
    const isVariable = value.lengths !== undefined;
    if (value.shape.join() !== shape.join() || isVariable !== variableLength) {
      const [got, need] = [shownInput(value.shape, isVariable), shownInput(shape, variableLength)];
      throw new RangeError(`${who}, ${column}: got ${got}, need ${need}`);
    }
    const vocabulary = Object.hasOwn(vocabularies, columns[0]) ? vocabularies[columns[0]] : undefined;
    const few = vocabulary && tokenCounts(engine, value)?.find((count) => count > 0 && count < vocabulary.size);
    if (few === undefined) return;
    const need = `${vocabulary!.size}, as the vocabulary has numbers`;
    throw new RangeError(`${who}, ${column}: got an embedding of ${plural(few, "token")}, need at least ${need}`);
  });
}

/** The last activations of networks that predict classes. Without one, as after a normalization, the outputs are checked later. */
const classEndings: readonly unknown[] = ["linear", "softmax", "sigmoid", "hardSigmoid", undefined];

/** Refuses a network whose outputs cannot be the probabilities of classes, or their logits. */
function checkEnding(who: string, { engine: { graph }, outputs }: Network): void {
  for (const activation of lastActivations(graph.outputs[0], graph.inputs)) {
    if (activation === "softmax" && outputs === 1) {
      throw new RangeError(`${who}: got the last activation "softmax" of 1 output, which is always 1, need "sigmoid"`);
    }
    if (classEndings.includes(activation)) continue;
    throw new RangeError(
      `${who}: got the last activation ${shown(activation)}, need softmax, sigmoid or linear to predict classes`,
    );
  }
}

/** Tells whether the output comes from a layer with a linear activation, even if its shape has been changed since. */
const endsLinearly = ({ engine: { graph } }: Network): boolean =>
  [...lastActivations(graph.outputs[0], graph.inputs)].every((activation) => activation === "linear");

/** Returns an input as code. */
const shownInput = (shape: readonly number[], variableLength: boolean) =>
  `input(${shownShape(shape)}${variableLength ? ", { variableLength: true }" : ""})`;
