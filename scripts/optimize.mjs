/** Optimizes the modules of kernels with Binaryen, as `wasm-opt -O3 --converge` does. */
import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";

const enabled = [
  "SIMD128",
  "Atomics",
  "BulkMemory",
  "BulkMemoryOpt",
  "MutableGlobals",
  "SignExt",
  "NontrappingFPToInt",
];
const features = enabled.reduce((all, name) => all | binaryen.Features[name], 0);

/**
 * Optimizes a module and sorts its functions by name, so that similar functions are near each other, where compression finds them.
 *
 * Every shape of a tile stays a function of its own. Binaryen would join them to one of 30 kB, which V8 compiles at the first product,
 * whichever shape it needs: 1.5 ms. Variables are not sorted and merged either, so that functions stay alike. A function near the limit of
 * inlining may be inlined in one type alone; then the edits between the types double. Look at the package's size after such a change.
 */
export function optimize(file) {
  configure();
  const module = binaryen.readBinary(readFileSync(file));
  module.setFeatures(features);
  let binary = module.emitBinary();
  for (let size = Infinity; binary.length < size; ) {
    size = binary.length;
    module.optimize();
    binary = module.emitBinary();
  }
  module.runPasses(["reorder-functions-by-name"]);
  writeFileSync(file, module.emitBinary());
  module.dispose();
  binaryen.clearPassesToSkip();
}

/** Sets every option that matters. AssemblyScript uses the same Binaryen and sets them otherwise for each module that it compiles. */
function configure() {
  binaryen.setDebugInfo(true);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  binaryen.setAlwaysInlineMaxSize(2);
  binaryen.setFlexibleInlineMaxSize(20);
  binaryen.setOneCallerInlineMaxSize(620);
  binaryen.setAllowInliningFunctionsWithLoops(false);
  binaryen.setZeroFilledMemory(true);
  binaryen.setLowMemoryUnused(false);
  binaryen.setFastMath(false);
  binaryen.setGenerateStackIR(true);
  binaryen.setOptimizeStackIR(true);
  for (const pass of ["reorder-locals", "simplify-locals"]) binaryen.addPassToSkip(pass);
}
