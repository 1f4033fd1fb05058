/** The tables of the benchmark, and how they come into the folder data/, which is not committed. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
export const folder = join(here, "data");

/** Debian's packages of R that hold tables. They are unpacked, not installed. */
const packages = ["ggplot2", "caret", "kernlab", "modeldata", "mlbench", "cardata"].map((name) => `r-cran-${name}`);

/**
 * The name of each table's file, its target, and the kind of the target. `most` is the number of rows that are taken of a long table.
 * export.R says which package of R has a table; wdbc comes with scikit-learn, auto-mpg with vega-datasets, mushrooms with xgboost.
 */
export const tables = [
  { name: "titanic", target: "survived", task: "classes" },
  { name: "german-credit", target: "Class", task: "classes" },
  { name: "wdbc", target: "diagnosis", task: "classes" },
  { name: "mushrooms", target: "class", task: "classes" },
  { name: "pima", target: "diabetes", task: "classes" },
  { name: "vehicle", target: "Class", task: "classes" },
  { name: "attrition", target: "Attrition", task: "classes" },
  { name: "credit", target: "Status", task: "classes" },
  { name: "churn", target: "churn", task: "classes" },
  { name: "spam", target: "type", task: "classes" },
  { name: "satellite", target: "classes", task: "classes" },
  { name: "income", target: "INCOME", task: "classes" },
  { name: "auto-mpg", target: "Miles_per_Gallon", task: "number" },
  { name: "boston", target: "medv", task: "number" },
  { name: "cars", target: "Price", task: "number" },
  { name: "sacramento", target: "price", task: "number" },
  { name: "concrete", target: "compressive_strength", task: "number" },
  { name: "ames", target: "Sale_Price", task: "number" },
  { name: "diamonds", target: "price", task: "number", most: 10_000 },
];

/** Writes the tables that are missing. */
export function fetchTables() {
  if (tables.every(({ name }) => existsSync(join(folder, `${name}.csv`)))) return;
  const downloads = join(folder, "packages");
  mkdirSync(downloads, { recursive: true });
  execFileSync("apt-get", ["download", ...packages], { cwd: downloads, stdio: "inherit" });
  for (const file of readdirSync(downloads).filter((name) => name.endsWith(".deb"))) {
    execFileSync("dpkg", ["-x", file, "root"], { cwd: downloads });
  }
  const site = join(downloads, "root/usr/lib/R/site-library");
  const mushrooms = join(here, "node_modules/xgboost/xgboost/R-package/data");
  execFileSync("Rscript", [join(here, "export.R"), site, mushrooms, folder], { stdio: "inherit" });
  execFileSync("/usr/bin/python3", [join(here, "scikit_learn.py"), "--export", folder], { stdio: "inherit" });
  writeFileSync(join(folder, "auto-mpg.csv"), mpgText());
}

/** Returns the cars of vega-datasets as CSV, without their names. */
function mpgText() {
  const cars = JSON.parse(readFileSync(join(here, "node_modules/vega-datasets/data/cars.json"), "utf8"));
  const names = Object.keys(cars[0]).filter((name) => name !== "Name");
  return `${[names, ...cars.map((car) => names.map((name) => car[name] ?? ""))].join("\n")}\n`;
}

/** Returns the line of names and the lines of rows that have a target. No value of these tables has a line break. */
export function linesOf({ name, target }) {
  const [names, ...rows] = readFileSync(join(folder, `${name}.csv`), "utf8")
    .trimEnd()
    .split(/\r?\n/);
  const place = valuesIn(names).indexOf(target);
  return { names, rows: rows.filter((row) => valuesIn(row)[place] !== "") };
}

/** Returns the values of a line of CSV. */
export const valuesIn = (line) =>
  Array.from(`${line},`.matchAll(/("(?:[^"]|"")*"|[^,]*),/g), ([, text]) =>
    text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text,
  );
