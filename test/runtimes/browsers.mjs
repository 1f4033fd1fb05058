/** Debian's browsers: a page from the loopback runs the program, and posts the result. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { chromium as playwright } from "playwright-core";
import { outputOf } from "./commands.mjs";

/** The longest wait, in milliseconds. */
const patience = 60_000;

/** Returns the path of a program of Debian. */
const commandOf = (name) => `/usr/bin/${name}`;

const pageWith = (simdnet) => `<!doctype html>
<meta charset="utf-8">
<script type="importmap">{ "imports": { "simdnet": "${simdnet}" } }</script>
<script type="module">
  const post = (result) => fetch("/result", { method: "POST", body: JSON.stringify(result) });
  import("./program.js").then(({ program }) => program()).then(post, (error) => post({ error: String(error) }));
</script>
`;

/** The page, and the folder's scripts. */
function programFiles(folder) {
  const { exports } = JSON.parse(readFileSync(join(folder, "node_modules/simdnet/package.json"), "utf8"));
  const page = pageWith(join("/node_modules/simdnet", exports["."].default));
  return (path) => {
    if (path === "/") return page;
    const file = join(folder, path);
    return path.endsWith(".js") && existsSync(file) ? readFileSync(file) : undefined;
  };
}

/**
 * Serves files on a free port of the loopback.
 *
 * @param contentAt returns the content of a path: a page, unless the path ends with .js; undefined if there is nothing
 * @param receive gets the text that the page posts to /result
 * @param headers further headers of every answer
 */
async function serve(contentAt, receive, headers) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/result") {
      receive(JSON.parse(Buffer.concat(await request.toArray()).toString()));
      return response.end();
    }
    const content = contentAt(pathname);
    if (content === undefined) return response.writeHead(404).end();
    const type = pathname.endsWith(".js") ? "text/javascript" : "text/html";
    return response.writeHead(200, { "content-type": type, ...headers }).end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

async function silence() {
  await setTimeout(patience, undefined, { ref: false });
  throw new Error(`the page posted nothing within ${patience / 1000} s`);
}

/** The headers that let a page share memory with its workers. */
const isolation = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** @param open shows the page at an address, and returns a function that closes it */
function browser(name, open) {
  /** Shows the page at "/" of the files, which are as for `serve`. @returns the text that it posts */
  async function result(contentAt, scratch, headers = {}) {
    let receive;
    const posted = new Promise((resolve) => {
      receive = resolve;
    });
    const server = await serve(contentAt, receive, headers);
    let close;
    try {
      close = await open(`http://127.0.0.1:${server.address().port}/`, scratch);
      const { error, ...result } = await Promise.race([posted, silence()]);
      if (error) throw new Error(error);
      return result;
    } finally {
      await close?.();
      server.closeAllConnections();
      server.close();
    }
  }
  const version = async () => /[\d.]+/.exec(await outputOf(commandOf(name), ["--version"]))[0];
  return {
    version,
    result,
    run: ({ folder, scratch }) => result(programFiles(folder), scratch),
    isolated: { version, run: ({ folder, scratch }) => result(programFiles(folder), scratch, isolation) },
  };
}

export const chromium = browser("chromium", async (url) => {
  const args = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  args.push("--disable-component-update", "--disable-sync");
  const browser = await playwright.launch({ executablePath: commandOf("chromium"), chromiumSandbox: false, args });
  const page = await browser.newPage();
  await page.goto(url);
  return () => browser.close();
});

/** Playwright only drives its own Firefox. So this one just gets the address. */
export const firefox = browser("firefox-esr", async (url, scratch) => {
  const profile = mkdtempSync(join(scratch, "firefox-"));
  // These settings prevent requests to the network and questions to the user at the first start.
  const settings = {
    "app.normandy.enabled": false,
    "browser.aboutwelcome.enabled": false,
    "browser.safebrowsing.downloads.remote.enabled": false,
    "browser.shell.checkDefaultBrowser": false,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": false,
    "extensions.update.enabled": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": false,
  };
  const lines = Object.entries(settings).map((setting) => `user_pref(${JSON.stringify(setting).slice(1, -1)});\n`);
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const env = { ...process.env, HOME: profile, MOZ_HEADLESS: "1" };
  const args = ["--no-remote", "--profile", profile, url];
  const firefox = spawn(commandOf("firefox-esr"), args, { env, stdio: "ignore" });
  const closed = new Promise((resolve) => firefox.once("close", resolve));
  return () => {
    firefox.kill();
    return closed;
  };
});
