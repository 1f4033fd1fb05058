/** Uses a page in a browser as a user would, and looks at the result. The page is in a frame, so that its policy stays in force. */

/** @param use gets `{ frame, element, choose, until }` and `given`; the browser runs its text */
const harness = (use, given) => `<!doctype html>
<meta charset="utf-8">
<iframe src="/page.html" style="width: 900px; height: 700px"></iframe>
<script type="module">
  const post = (result) => fetch("/result", { method: "POST", body: JSON.stringify(result) });
  const frame = document.querySelector("iframe");
  const element = (id) => frame.contentDocument.getElementById(id);
  const tools = {
    frame,
    element,
    /** Chooses a file, as a user would. */
    choose(id, name, base64) {
      const files = new DataTransfer();
      files.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
      element(id).files = files.files;
      element(id).dispatchEvent(new Event("change"));
    },
    async until(isSo) {
      while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    /** Returns the red of all pixels of a canvas. */
    bytesOf(id) {
      const { width, height } = element(id);
      const { data } = element(id).getContext("2d").getImageData(0, 0, width, height);
      return Array.from({ length: width * height }, (_, pixel) => data[4 * pixel]);
    },
  };
  const use = ${use};
  frame.addEventListener("load", () => {
    use(tools, ${JSON.stringify(given)}).then(post, (error) => post({ error: String(error) }));
  });
</script>
`;

/**
 * @param browser one of browsers.mjs
 * @param page its HTML
 * @param use a function that uses nothing from outside except the parts of `harness`
 * @returns the result of `use`
 * @throws {Error} if the page makes a request
 */
export async function framed(browser, { page, use, given, scratch }) {
  const pages = { "/": harness(use, given), "/page.html": page };
  const asked = new Set();
  const contentAt = (path) => {
    asked.add(path);
    return pages[path];
  };
  const result = await browser.result(contentAt, scratch);
  const others = [...asked].filter((path) => !Object.hasOwn(pages, path) && path !== "/favicon.ico");
  check(others.length === 0, `the page asked for ${others}`);
  return result;
}

/** @throws {Error} unless `isSo` */
export function check(isSo, what) {
  if (!isSo) throw new Error(what);
}

/** Returns the bytes that a page shows for values from 0 to 1. */
export const bytesFor = (values) => Array.from(values, (value) => Math.round(Math.min(Math.max(value, 0), 1) * 255));
