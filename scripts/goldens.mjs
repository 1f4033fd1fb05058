/**
 * `npm run goldens`: makes every golden again from its script and lists those that differ. It needs a Python with NumPy, PyTorch,
 * scikit-learn and mpmath: $PYTHON, or python3. The tests themselves need no Python.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const folder = "test/fixtures";
const python = process.env.PYTHON ?? "python3";
const scripts = readdirSync(folder).filter((file) => file.endsWith(".py"));

const contents = () => new Map(readdirSync(folder).map((file) => [file, readFileSync(`${folder}/${file}`, "utf8")]));

const changed = scripts.filter((script) => {
  const before = contents();
  execFileSync(python, ["-B", `${folder}/${script}`], { stdio: ["ignore", "ignore", "inherit"] });
  const others = [...contents()].filter(([file, text]) => before.get(file) !== text).map(([file]) => file);
  console.log(`${folder}/${script}: ${others.length === 0 ? "as before" : `CHANGED ${others.join(", ")}`}`);
  return others.length > 0;
});
process.exitCode = changed.length > 0 ? 1 : 0;
