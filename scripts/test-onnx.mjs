/**
 * `npm run test:onnx`: runs ONNX's backend tests and writes test/fixtures/onnx-backend.json; runs what toOnnx writes in ONNX Runtime and by Python's
 * checker. Installs Debian's packages of them, and ONNX Runtime.
 */
import { buildIfStale, install, installDebian, installIn, run } from "./prepare.mjs";

install();
buildIfStale();
installDebian({
  "libonnx-testdata": "/usr/share/libonnx-testdata/data/node/test_relu/model.onnx",
  "python3-onnx": "/usr/lib/python3/dist-packages/onnx/checker.py",
});
installIn("test/onnx", "300 MB");
run("test/onnx/backend.mjs", ...process.argv.slice(2));
run("node_modules/vitest/vitest.mjs", "run", "--project", "long", "test/onnx");
