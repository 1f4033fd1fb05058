import { describe, expect, test } from "vitest";
import { filtersOf } from "../../../src/cli/pictures/filters.ts";
import { viewNetwork } from "../../../src/cli/pictures/look.ts";
import { type ImageView, pageOf } from "../../../src/cli/pictures/page.ts";
import { conv2d, dense, flatten, Network } from "../../../src/index.ts";

const nasty = `"q" <script>alert('1')</script>`;

function pageFor(network: Network, seen: Partial<ImageView> = {}): string {
  const picture = { data: new Uint8Array(16).fill(200), width: 4, height: 4 };
  const shape = { height: 4, width: 4, channels: 1 };
  const view = viewNetwork(network, shape, picture, 1 / 255);
  const all = { file: "i.png", width: 4, height: 4, scale: 1 / 255, view, ...seen };
  return pageOf({ file: nasty, network, filters: filtersOf(network), image: all });
}

const layers = [conv2d(2, 3, { activation: "relu", name: "<i>" }), flatten(), dense(3)];
const network = new Network({ inputs: [4, 4, 1], layers, seed: 1 });

describe("pageOf", () => {
  test("escapes the names of files and layers wherever they stand", () => {
    const page = pageFor(network, { file: nasty });
    expect(page).not.toMatch(/<script|<i>|alert\('/);
    expect(page).toContain('alt="filter 0 of &lt;i&gt;"');
  });

  test("says how the image was resized, and whether its proportions changed", () => {
    expect(pageFor(network)).toContain("i.png: 4 × 4 pixels; grey, numbers from 0 to 1.");
    expect(pageFor(network, { width: 8, height: 8 })).toContain("8 × 8 pixels, here 4 × 4; grey");
    expect(pageFor(network, { width: 8, height: 9 })).toContain("8 × 9 pixels, here 4 × 4, which stretches it; grey");
    expect(pageFor(network, { scale: 1 })).toContain("numbers from 0 to 255.");
  });

  test("says of an answer that hangs on no pixel that it does, and how many maps are 0", () => {
    for (const { values } of network.parameters) values.fill(0);
    const page = pageFor(network);
    expect(page).toContain("No pixel moves output 0: its derivatives are 0 everywhere.");
    expect(page).toContain("2 maps of 2 × 2; numbers up to 0 from 0; 2 of the 2 are 0 everywhere.");
    expect(page).not.toContain("NaN");
  });
});
