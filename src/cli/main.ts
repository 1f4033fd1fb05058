#!/usr/bin/env node
/** The command `simdnet`: parses arguments, runs a command and sets the exit code. */

import { readFileSync, statSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import Papa from "papaparse";
import { isSystemError, reasonOf } from "../systemErrors.ts";
import { bench } from "./bench.ts";
import { compare } from "./compare.ts";
import { type AugmentationName, augmentations } from "./decidePictures.ts";
import { sanitize, sanitizeLines } from "./display.ts";
import { evaluate } from "./evaluate.ts";
import { exportModel } from "./export.ts";
import { Failure } from "./failure.ts";
import { readOrFail } from "./files.ts";
import { inspect } from "./inspect.ts";
import { missingMarks } from "./marks.ts";
import { type ImportOptions, importOnnx } from "./onnx.ts";
import { predict } from "./predict.ts";
import { classColumn } from "./preparePictures.ts";
import { isFolder } from "./readPictures.ts";
import { activations, optimizers, scheduleNames, type Threshold, textLayers, thresholdChoices } from "./settings.ts";
import type { Output } from "./show.ts";
import { writeOut } from "./textOutput.ts";
import { resume, type TrainOptions, train } from "./train.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

const outputFor = (isJSON = false): Output => ({
  isJSON,
  // Only a terminal limits the length of lines.
  columns: process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY,
  hasColors: process.stdout.isTTY && !process.env.NO_COLOR,
  write: writeOut,
});

/** Returns a parser for an option that takes a number within bounds. */
const number =
  (low: number, high: number, isWhole = false) =>
  (text: string): number => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (value >= low && value <= high && (!isWhole || Number.isInteger(value))) return value;
    const need =
      high === Number.MAX_VALUE || high === Number.MAX_SAFE_INTEGER ? `from ${low}` : `from ${low} to ${high}`;
    throw new InvalidArgumentError(`Need a ${isWhole ? "whole " : ""}number ${need}.`);
  };

const binCount = (text: string): number => {
  const value = number(0, 100, true)(text);
  // One range would be the number itself.
  if (value === 1) throw new InvalidArgumentError("Need 0, or a whole number from 2 to 100.");
  return value;
};

/** Splits a list at commas, as a line of CSV: a name that has a comma needs quotes. */
const names = (text: string): string[] =>
  Papa.parse<string[]>(text, { delimiter: "," })
    .data.flat()
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** Adds a list to those of the same option before it. */
const moreNames = (text: string, before: readonly string[] = []): string[] => [...before, ...names(text)];

const widths = (text: string): number[] => {
  if (text === "none") return [];
  return names(text).map(number(1, 1e6, true));
};

const variations = (text: string): AugmentationName[] => {
  const known = Object.keys(augmentations);
  const given = text === "none" ? [] : names(text);
  const unknown = given.find((name) => !known.includes(name));
  if (unknown === undefined) return given as AugmentationName[];
  throw new InvalidArgumentError(`Got ${JSON.stringify(unknown)}, need none or some of ${known.join(", ")}.`);
};

/** The options of `train` that apply to one kind of data only. */
const optionsOnly = {
  tables: [
    ...["target", "task", "ignore", "categories", "missing", "notMissing", "dates", "header", "text"],
    ...["group", "time", "folds", "ensemble", "bins"],
  ],
  pictures: ["size", "channels", "filters", "augment", "from"],
};

/** Parses a share of the rows: 0 for none. */
const share = (text: string): number => (text.trim() === "0" ? 0 : number(0.01, 0.9)(text));

/** Parses a threshold: a probability, or how to choose it. */
const threshold = (text: string): Threshold => {
  const choice = thresholdChoices.find((name) => name === text);
  const value = Number(text);
  if (choice || (value > 0 && value < 1)) return choice ?? value;
  throw new InvalidArgumentError(`Need a number above 0 and below 1, or one of ${thresholdChoices.join(", ")}.`);
};

const whole = (low: number) => number(low, Number.MAX_SAFE_INTEGER, true);
const positive = (text: string): number => {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new InvalidArgumentError("Need a number above 0.");
};

const program = new Command("simdnet")
  .description("Neural networks for tables and pictures: train, predict, evaluate, inspect, compare, export, import.")
  .version(version)
  .configureHelp({ minWidthToWrap: 20 })
  .configureOutput({ writeErr: (text) => process.stderr.write(sanitizeLines(text)) })
  .exitOverride();

/** Returns the sizes of named sides: steps=100,height=32. */
const sizesOf = (text: string): Record<string, number> =>
  Object.fromEntries(
    names(text).map((each) => {
      const [name, size = ""] = each.split("=");
      return [name, whole(1)(size)];
    }),
  );
const sizesOption = [
  "--sizes <sizes>",
  "sizes of sides that an ONNX file only names, such as steps=100, separated by commas",
  sizesOf,
] as const;

const markTexts = [...missingMarks].filter(Boolean);

/** Parses texts of the list of those that mean a missing value. */
const knownMarks = (text: string, before: readonly string[] = []): string[] => {
  const given = names(text);
  const unknown = given.find((mark) => !missingMarks.has(mark));
  if (unknown === undefined) return [...before, ...given];
  throw new InvalidArgumentError(`Got ${JSON.stringify(unknown)}, need some of ${markTexts.join(", ")}.`);
};

const header = new Option("--header", "the first line has the names of the columns, even if it looks like values");
const noHeader = new Option(
  "--no-header",
  "the table has no line of names; the columns are column1, column2 and so on",
);

/** Refuses --header or --no-header where there is no table. */
const refuseHeader = (command: Command, hasNames: boolean, why: string): never =>
  command.error(`error: got ${hasNames ? "--header" : "--no-header"}, which is for tables; ${why}`);

const tableArgument = "a table as CSV or TSV with a line of names, also compressed by gzip; - for standard input";
const json = new Option("--json", "write one JSON object, for programs");

program
  .command("train")
  .description("train a network on a table or on pictures, test it, and save it with its preprocessing")
  .argument("<data>", `${tableArgument}; or a folder that has a folder of pictures for each class`)
  .option("-t, --target <column>", "the column to predict")
  .option("-o, --output <file>", "file for the model", "model.safetensors")
  .addOption(
    new Option("--task <task>", "the task, if the values of the target suggest the other one").choices([
      "classification",
      "regression",
    ]),
  )
  .option(
    "--ignore <columns>",
    "columns to leave out, separated by commas; put names with commas in quotes",
    moreNames,
    [],
  )
  .option("--categories <columns>", "columns of categories that look like numbers or dates", moreNames, [])
  .option(
    "--missing <texts>",
    `texts that mean a missing value, besides ${markTexts.join(",")} and an empty value; column=text for one column`,
    moreNames,
  )
  .option("--not-missing <texts>", "texts of that list that are values, such as a class None", knownMarks, [])
  .addOption(
    new Option(
      "--dates <use>",
      "columns of dates become columns of year, month, weekday, day of the year and hour, or none",
    )
      .choices(["columns", "drop"])
      .default("columns"),
  )
  .addOption(header)
  .addOption(noHeader)
  .option(
    "--sample <rows>",
    "train on this many rows or pictures, drawn at random: for data larger than memory",
    whole(10),
  )
  .addOption(
    new Option("--text <layer>", "the layer that makes one row of a text: the mean of its words' rows, or an LSTM")
      .choices(Object.keys(textLayers))
      .default("mean"),
  )
  .option(
    "--size <pixels>",
    "longer side of the images (default: that of the pictures, at most 64, less for many)",
    whole(1),
  )
  .addOption(
    new Option("--channels <number>", "1 for grey, 3 for colours (default: as in the pictures)").choices(["1", "3"]),
  )
  .option(
    "--filters <counts>",
    "filters of each convolution, separated by commas, or none (default: up to 16,32,64,64, by the size)",
    widths,
  )
  .option(
    "--augment <kinds>",
    `random variations of the images in each epoch: none, or some of ${Object.keys(augmentations).join(",")} (default: by the number of pictures)`,
    variations,
  )
  .option("--from <file>", "SqueezeNet's weights: train on its features instead of convolutions")
  .option(
    "--hidden <widths>",
    "units of the hidden layers, separated by commas, or none (default: 64,32; for pictures 64; none for texts alone and with --from)",
    widths,
  )
  .option(
    "--ensemble <count>",
    "networks to train side by side, whose outputs are averaged (default: 4; 2 from 300,000 numbers on; 1 from 10,000 rows on)",
    number(1, 32, true),
  )
  .option(
    "--bins <count>",
    "ranges of each number that every second network reads besides the number; 0 for none (default: 12, for classes 6, none for large tables)",
    binCount,
  )
  .addOption(new Option("--activation <name>", "activation of the hidden layers").choices(activations).default("relu"))
  .option(
    "--dropout <rate>",
    "share of the units to drop at each step (default: 0.1, none for large tables; for pictures 0.3, 0.1 for many)",
    number(0, 0.99),
  )
  .option("--batch-norm", "add batch normalization to each hidden layer", false)
  .addOption(new Option("--optimizer <name>", "the optimizer").choices(Object.keys(optimizers)).default("adamw"))
  .option("--learning-rate <rate>", "learning rate at the start (default: the optimizer's)", positive)
  .addOption(
    new Option(
      "--schedule <name>",
      "course of the learning rate: lower when progress stops, along a cosine, or constant",
    )
      .choices(scheduleNames)
      .default("plateau"),
  )
  .option(
    "--weight-decay <rate>",
    "weight decay at each update (default: the optimizer's; for adamw more on small tables)",
    number(0, Number.MAX_VALUE),
  )
  .option("--batch-size <rows>", "rows of a batch (default: 32, more for large tables)", number(1, 1e9, true))
  .option(
    "--epochs <count>",
    "greatest number of passes over the training rows (default: 200; for pictures without --from 100)",
    whole(1),
  )
  .option(
    "--patience <epochs>",
    "epochs without progress before it stops (default: 20; for pictures without --from 12)",
    whole(1),
  )
  .option(
    "--seed <number>",
    "seed of the split, the first weights and the order of the rows",
    number(0, 2 ** 50, true),
    0,
  )
  .addOption(new Option("--dtype <type>", "type of all numbers").choices(["float32", "float64"]).default("float32"))
  .option("--test <share>", "share of the rows to test on; 0 trains on all rows", share, 0.2)
  .option("--validation <share>", "share of the rows that decide when to stop", number(0.01, 0.9), 0.2)
  .option("--group <column>", "keep rows of the same value here on one side of the split: a patient, a customer")
  .option("--time <column>", "test on the last rows by this column of numbers or dates")
  .option(
    "--folds <count>",
    "test every row once, by this many networks, and then train one on all rows",
    number(2, 100, true),
  )
  .option("--balance", "let every class count as much as any other, however rare it is", false)
  .option(
    "--threshold <value>",
    `probability from which the second of two classes is predicted, or how the validation rows choose it: ${thresholdChoices.join(", ")}`,
    threshold,
  )
  .option("--all-columns", "list all columns and their importance", false)
  .option("--checkpoint <minutes>", "minutes from one checkpoint of a long training to the next", positive, 5)
  .option("--report <file>", "also write a page with pictures of the training and of the model")
  .option("--resume", "resume the interrupted training of the model in --output", false)
  .addOption(json)
  .addHelpText(
    "after",
    `
Examples:
  simdnet train penguins.csv --target species
  simdnet train houses.csv.gz -t price --hidden 128,64 --ignore id,address -o houses.safetensors
  zcat log.tsv.gz | simdnet train - -t clicked --seed 7
  simdnet train reviews.csv -t sentiment --text lstm
  simdnet train photos/ --report report.html
  simdnet train photos/ --size 96 --augment flip,zoom -o photos.safetensors
  simdnet train photos/ --from squeezenet.safetensors
  simdnet train penguins.csv -t species --report report.html
  simdnet train visits.csv -t readmitted --group patient --balance --threshold f1
  simdnet train sales.csv -t amount --time date
  simdnet train few.csv -t yield --folds 5
  simdnet train penguins.csv --resume`,
  )
  .action(async (table: string, options, command: Command) => {
    const output = outputFor(options.json);
    const given = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === "cli");
    const arePictures = isFolder(table);
    // First, because a folder and a table have different options.
    if (table !== "-" && !readOrFail(table, () => statSync(table, { throwIfNoEntry: false })))
      throw new Failure(`${table}: there is no such file or folder`);
    const unsuitable = given.find((option) =>
      optionsOnly[arePictures ? "tables" : "pictures"].includes(option.attributeName()),
    );
    if (unsuitable) {
      command.error(
        arePictures
          ? `error: ${unsuitable.long} is for tables; ${table} is a folder of pictures, where the names of its folders are the classes`
          : `error: ${unsuitable.long} is for folders of pictures; ${table} is none`,
      );
    }
    const display = { allColumns: options.allColumns, checkpointMinutes: options.checkpoint };
    if (options.resume) {
      const repeated = given.filter(
        (option) =>
          !["resume", "output", "report", "json", "allColumns", "checkpoint"].includes(option.attributeName()),
      );
      const values = repeated.map((option) => {
        const name = option.attributeName();
        return { option: option.long!, name, value: options[name] };
      });
      const paths = { output: options.output, report: options.report ?? null };
      process.exitCode = await resume(table, { ...paths, display, given: values }, output);
      return;
    }
    const fixed = given.find((option) => ["channels", "filters", "augment"].includes(option.attributeName()));
    if (options.from !== undefined && fixed) {
      command.error(
        `error: got ${fixed.long} and --from; SqueezeNet has its own filters, and its features are computed once`,
      );
    }
    const { target = arePictures ? classColumn : undefined, test, validation } = options;
    if (target === undefined) command.error("error: got no --target, need the name of the column to predict");
    if (test + validation > 0.9) {
      command.error(`error: --test ${test} and --validation ${validation} leave too few rows to train on`);
    }
    const both = options.notMissing.find((text: string) => options.missing?.includes(text));
    if (both !== undefined) {
      command.error(`error: got --missing and --not-missing of ${JSON.stringify(both)}, need one of them`);
    }
    for (const [one, other, why] of [
      ["folds", "test", "folds test every row"],
      ["folds", "time", "folds test every row, also by later ones"],
      ["group", "time", "a group may go on over time"],
    ]) {
      const [first, second] = [one, other].map((name) => given.find((option) => option.attributeName() === name)?.long);
      if (first && second) command.error(`error: got ${first} and ${second}, need one of them: ${why}`);
    }
    const valueGiven = (name: string) => (command.getOptionValueSource(name) === "cli" ? options[name] : null);
    const asked: TrainOptions = {
      target,
      task: options.task === undefined ? null : options.task === "regression" ? "number" : "classes",
      ignore: options.ignore,
      missing: [...[...missingMarks].filter((mark) => !options.notMissing.includes(mark)), ...(options.missing ?? [])],
      notMissing: options.notMissing,
      categories: options.categories,
      dates: options.dates,
      header: options.header,
      sample: options.sample ?? null,
      group: options.group ?? null,
      time: options.time ?? null,
      folds: options.folds ?? null,
      output: options.output,
      report: options.report ?? null,
      text: valueGiven("text"),
      pictures: {
        size: options.size ?? null,
        channels: options.channels === undefined ? null : (Number(options.channels) as 1 | 3),
        filters: options.filters ?? null,
        augment: options.augment ?? null,
        from: options.from ?? null,
      },
      hidden: options.hidden ?? null,
      ensemble: options.ensemble ?? null,
      bins: options.bins ?? null,
      activation: valueGiven("activation"),
      dropout: options.dropout ?? null,
      batchNorm: options.batchNorm,
      optimizer: options.optimizer,
      learningRate: options.learningRate ?? null,
      schedule: options.schedule,
      weightDecay: options.weightDecay ?? null,
      batchSize: options.batchSize ?? null,
      epochs: options.epochs ?? null,
      patience: options.patience ?? null,
      seed: options.seed,
      dtype: options.dtype,
      testFraction: options.folds === undefined ? test : 0,
      validationFraction: validation,
      balance: options.balance,
      threshold: options.threshold ?? null,
      display,
    };
    process.exitCode = await train(table, asked, output);
  });

program
  .command("predict")
  .description("predict from a table, pictures or texts, with the probabilities of classes")
  .argument("<model>", "a file that simdnet train has saved")
  .argument("[data...]", `${tableArgument}; or pictures and folders of pictures`)
  .option(
    "--text <text>",
    "predict from this text instead of a table; may be given several times",
    (text: string, others: readonly string[] = []) => [...others, text],
  )
  .option("-o, --output <file>", "file for the table, compressed if its name ends with .gz (default: standard output)")
  .addOption(header)
  .addOption(noHeader)
  .option("--json", "write JSON, an object on each line, instead of a table", false)
  .addHelpText(
    "after",
    `
Examples:
  simdnet predict model.safetensors new.csv > predicted.csv
  simdnet predict model.safetensors new.tsv.gz --json | head
  simdnet predict reviews.safetensors --text "a warm and funny film"
  simdnet predict photos.safetensors cat.jpg dog.png new-photos/`,
  )
  .action(
    async (model: string, paths: readonly string[], { text: texts, output = "-", header, json }, command: Command) => {
      if ((paths.length === 0) === (texts === undefined)) {
        const got = texts === undefined ? "neither a table nor --text" : "both a table and --text";
        command.error(`error: got ${got}, need one of them`);
      }
      if (texts !== undefined && header !== undefined)
        refuseHeader(command, header, "the texts of --text have no names");
      process.exitCode = await predict(model, texts === undefined ? { paths } : { texts }, {
        output: output === "-" ? null : output,
        hasNames: header,
        json,
      });
    },
  );

program
  .command("evaluate")
  .description("score a model on a table or on pictures with known targets")
  .argument("<model>", "a file that simdnet train has saved")
  .argument("<data>", `${tableArgument}; or a folder that has a folder of pictures for each class`)
  .addOption(header)
  .addOption(noHeader)
  .addOption(json)
  .addHelpText("after", "\nExample:\n  simdnet evaluate model.safetensors later.csv")
  .action((model: string, table: string, { json, header }, command: Command) => {
    if (header !== undefined && isFolder(table)) refuseHeader(command, header, "a folder of pictures has no names");
    return evaluate(model, table, { hasNames: header }, outputFor(json));
  });

program
  .command("inspect")
  .description("show the contents of a model's file: layers, parameters, preprocessing, training")
  .argument("<model>", "a file that simdnet train, Pipeline, Network or Trainer has saved, or an ONNX file")
  .option(...sizesOption)
  .option("--pictures <file>", "also write a page with pictures of the filters of a network's convolutions")
  .option("--image <file>", "also show each layer's output for this image on the page: PNG, JPEG, PGM or PPM")
  .option("--scale <factor>", "factor of each byte of the image, for a network (default: 0.00392, 1/255)", positive)
  .addOption(json)
  .addHelpText(
    "after",
    `
Examples:
  simdnet inspect model.safetensors
  simdnet inspect model.safetensors --pictures filters.html
  simdnet inspect model.safetensors --pictures cat.html --image cat.jpg`,
  )
  .action((model: string, { pictures, image, scale, sizes, json }, command: Command) => {
    if (image !== undefined && pictures === undefined) {
      command.error("error: got --image without --pictures, need the file of the page that shows it");
    }
    if (scale !== undefined && image === undefined) {
      command.error("error: got --scale without --image, need an image whose bytes are multiplied");
    }
    const page = pictures === undefined ? null : { file: pictures, image: image ?? null, scale: scale ?? null };
    return inspect(model, page, outputFor(json), { ...(sizes && { sizes }) });
  });

program
  .command("export")
  .description("make a module, a Worker or an ONNX file of a model: it predicts without simdnet")
  .argument("<model>", "a file that simdnet train, Pipeline, Network or Trainer has saved")
  .option("--module <file>", "write one ES module without dependencies, for Node, Deno, Bun and browsers")
  .option("--worker <folder>", "write a Cloudflare Worker that answers predictions, ready for wrangler")
  .option("--onnx <file>", "write the network as an ONNX file")
  .option("--records", "with --onnx: the file takes the columns of records and gives predictions", false)
  .option("--force", "overwrite existing files", false)
  .addOption(json)
  .addHelpText(
    "after",
    `
Examples:
  simdnet export model.safetensors --module predict.mjs
  simdnet export model.safetensors --onnx model.onnx --records
  simdnet export model.safetensors --worker penguins && cd penguins && npm install && npm run dev`,
  )
  .action((model: string, { json, ...options }, command: Command) => {
    const given = ["module", "worker", "onnx"].filter((name) => options[name] !== undefined);
    if (given.length !== 1) {
      const got = given.length === 0 ? "none" : given.map((name) => `--${name}`).join(" and ");
      command.error(`error: got ${got} of --module, --worker and --onnx, need one of them`);
    }
    if (options.records && options.onnx === undefined) {
      command.error("error: got --records without --onnx, need an ONNX file that takes them");
    }
    return exportModel(model, options, outputFor(json));
  });

program
  .command("import")
  .description("make a model's file of the network in an ONNX file")
  .argument("<file>", "an ONNX file")
  .option("-o, --output <file>", "file for the network", "model.safetensors")
  .option(...sizesOption)
  .option("--outputs <names>", "the values that the network computes (default: the graph's outputs)", moreNames)
  .option("--force", "overwrite an existing file", false)
  .addOption(json)
  .addHelpText(
    "after",
    `
Examples:
  simdnet import model.onnx -o model.safetensors
  simdnet import tagger.onnx --sizes steps=100 -o tagger.safetensors`,
  )
  .action((path: string, { output, sizes, outputs, force, json }) => {
    const options: ImportOptions = { ...(sizes && { sizes }), ...(outputs && { outputs }) };
    return importOnnx(path, { ...options, file: output, force }, outputFor(json));
  });

// EPIPE: the reader has closed the pipe, as `head` does. The command still runs to its end.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  process.stderr.write(`simdnet: standard output: it cannot be written: ${reasonOf(error)}\n`);
  process.exit(1);
});

program
  .command("compare")
  .description("show two models side by side: their layers, preprocessing and scores")
  .argument("<model>", "a file that simdnet train has saved")
  .argument("<other>", "another such file")
  .argument("[table]", "a table with known targets, to score both on (default: the test of each one's training)")
  .addOption(header)
  .addOption(noHeader)
  .addOption(json)
  .addHelpText("after", "\nExample:\n  simdnet compare small.safetensors large.safetensors later.csv")
  .action((model: string, other: string, table: string | undefined, options, command: Command) => {
    if (table === "-") command.error("error: standard input can be read once only, need a file for the table");
    if (table === undefined && options.header !== undefined) {
      refuseHeader(command, options.header, "without a table there are no names");
    }
    return compare([model, other], table ?? null, { hasNames: options.header }, outputFor(options.json));
  });

program
  .command("bench")
  .description("measure this machine: the peak of its vectors, products, training, prediction")
  .option("--milliseconds <time>", "time of each of the nine measurements", whole(10), 500)
  .addOption(json)
  .addHelpText("after", "\nExample:\n  simdnet bench")
  .action((options) => bench({ milliseconds: options.milliseconds }, outputFor(options.json)));

/** Refuses two options that set the same to opposite values: without it, the last one would count. */
function refuseBoth(command: Command, ...options: readonly string[]): void {
  const given = new Set<string>();
  for (const option of options) {
    command.on(`option:${option.slice(2)}`, () => {
      if (given.add(option).size === options.length) {
        command.error(`error: got ${options.join(" and ")}, need one of them`);
      }
    });
  }
}

for (const command of [program, ...program.commands]) {
  const name = command === program ? "" : `${command.name()} `;
  refuseBoth(command, "--header", "--no-header");
  command.showHelpAfterError(`(simdnet ${name}--help says more)`);
}

try {
  await program.parseAsync();
} catch (error) {
  const sentence = isSystemError(error)
    ? `${error.path ?? error.syscall}: ${reasonOf(error)}`
    : error instanceof Failure
      ? error.message
      : undefined;
  // Commander has shown this error already.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (sentence !== undefined) {
    process.stderr.write(`simdnet: ${sanitize(sentence)}\n`);
    process.exitCode = 1;
    // A program that writes to the pipe need not finish.
    process.stdin.destroy();
  } else throw error;
}
