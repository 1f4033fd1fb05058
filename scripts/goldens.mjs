/**
 * `npm run goldens`: makes every golden again from its script and says which come out otherwise. Needs a Python with NumPy,
 * PyTorch, scikit-learn and mpmath: $PYTHON, or python3. The tests themselves need none.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const folder = "test/fixtures";
const python = process.env.PYTHON ?? "python3";
const scripts = readdirSync(folder).filter((file) => file.endsWith(".py"));

const changed = scripts.filter((script) => {
  const golden = `${folder}/${script.replace(/\.py$/, ".json")}`;
  const before = readFileSync(golden, "utf8");
  execFileSync(python, ["-B", `${folder}/${script}`], { stdio: ["ignore", "ignore", "inherit"] });
  const isSame = readFileSync(golden, "utf8") === before;
  console.log(`${golden}: ${isSame ? "as before" : "CHANGED"}`);
  return !isSame;
});
process.exitCode = changed.length > 0 ? 1 : 0;
