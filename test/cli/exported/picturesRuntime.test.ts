import { readFileSync } from "node:fs";
import { encode } from "fast-png";
import { expect, test } from "vitest";
import { predictorOf } from "../../../src/cli/exported/picturesRuntime.ts";
import { predictorOf as withoutFiles } from "../../../src/cli/exported/predictor.ts";
import { photoPipeline, photos } from "./networks.ts";

const pipeline = photoPipeline();
const file = pipeline.toBytes();
const [picture] = photos;
const png = new Uint8Array(encode({ ...picture, channels: 3, depth: 8 }));
const json = (body: unknown) => new TextEncoder().encode(JSON.stringify(body));
const plain = { ...picture, data: [...picture.data] };

test("reads the file of a picture, and pictures as JSON: the answer is the pipeline's, to the bit", () => {
  const { predict, parse } = predictorOf(file);
  const wanted = pipeline.predict(picture);
  for (const body of [png, json(plain), json({ picture: plain })]) expect(predict(parse(body))).toEqual(wanted);
  expect(predict(parse(json([plain, plain])))).toEqual([wanted, wanted]);
});

test("says what it takes, with an example that it answers", () => {
  const { description, need, predict, parse, mostBytes } = predictorOf(file);
  expect(need).toContain("a PNG, JPEG, PGM or PPM picture, or as JSON a picture { data, width, height }");
  expect(description).toMatchObject({ columns: [{ name: "picture", kind: "picture", size: [6, 5] }], body: need });
  const { example } = description as { example: { body: unknown } };
  expect(example.body).toEqual({ picture: { data: [128], width: 1, height: 1 } });
  expect(predict(parse(json(example.body)))).toHaveProperty("prediction");
  expect(mostBytes).toBe(16 << 20);
});

test.each<[string, Uint8Array<ArrayBuffer>, string]>([
  ["nothing", new Uint8Array(0), "body: got an empty file, need a PNG, JPEG, PGM or PPM picture"],
  ["a text", new TextEncoder().encode("cat"), "body: got a file of another kind, need a PNG"],
  ["half a picture", png.slice(0, 60), "body: it cannot be read as a PNG picture"],
  ["half a JSON", new TextEncoder().encode('{"data"'), "body: got 7 characters that are not JSON, need a PNG"],
  ["300 for a byte", json({ ...plain, data: [300] }), "data: got 300 at 0, need whole numbers from 0 to 255"],
])("refuses %s", (_, body, message) => {
  expect(() => predictorOf(file).parse(body)).toThrow(message);
});

test("without decoders, files are no bodies", () => {
  const { parse, predict } = withoutFiles(file);
  expect(() => parse(png)).toThrow("characters that are not JSON, need a record or an array of records");
  expect(predict(parse(json(plain)))).toEqual(pipeline.predict(picture));
});

test("carries the notices of the decoders, which a Worker has in it", () => {
  const text = readFileSync("dist/cli/exported/picturesRuntime.js", "utf8");
  const notice = text.slice(0, text.indexOf("*/"));
  for (const name of ["fast-png", "iobuffer", "fflate", "jpeg-js", "Eugene Ware", "notmasteryet", "Apache License"]) {
    expect(notice).toContain(name);
  }
  expect(notice.match(/Redistributions in binary form must reproduce/g)).toHaveLength(1);
  expect(notice).not.toMatch(/the same terms|Papa Parse|University of Washington/);
});
