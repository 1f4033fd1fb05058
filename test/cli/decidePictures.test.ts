import { describe, expect, test } from "vitest";
import {
  augmentText,
  decidePictures,
  describePicture,
  type PictureFacts,
  type PictureQuestion,
} from "../../src/cli/decidePictures.ts";

const open: PictureQuestion = { size: null, channels: null, filters: null, augment: null, from: null };
const alike = (width: number, height: number, isGrey = false): PictureFacts[] =>
  Array(20).fill({ width, height, isGrey });
const settingsOf = (pictures: readonly PictureFacts[], total: number, asked: Partial<PictureQuestion> = {}) =>
  decidePictures(pictures, total, { ...open, ...asked }).settings;

describe("a look at a picture", () => {
  test.each<[number[], boolean]>([
    [[1, 200], true],
    [[1, 1, 1, 200, 200, 200], true],
    [[1, 1, 1, 200, 200, 201], false],
    [[5, 5, 5, 0, 9, 9, 9, 255], true],
    [[5, 6, 5, 0, 9, 9, 9, 255], false],
  ])("tells whether %j has colours", (bytes, isGrey) => {
    const data = Uint8Array.from(bytes);
    expect(describePicture({ data, width: 2, height: 1 })).toEqual({ width: 2, height: 1, isGrey });
  });
});

describe("pictures become", () => {
  test.each<[string, number, number]>([
    ["few large ones", 600, 64],
    ["5000", 5000, 64],
    ["more", 5001, 48],
    ["many", 10_001, 32],
  ])("smaller images the more there are: %s", (_, total, side) => {
    expect(settingsOf(alike(500, 500), total).size).toEqual([side, side]);
  });

  test("images of their own size where that is small, in their proportions where these agree", () => {
    expect(settingsOf(alike(28, 28), 600).size).toEqual([28, 28]);
    expect(settingsOf(alike(92, 112), 300).size).toEqual([64, 53]);
    expect(settingsOf(alike(640, 480), 300).size).toEqual([48, 64]);
    expect(settingsOf([...alike(640, 480), ...alike(300, 400)], 300).size).toEqual([64, 64]);
    expect(settingsOf(alike(640, 480), 300, { size: 100 }).size).toEqual([75, 100]);
  });

  test("grey where none has colours", () => {
    expect(settingsOf(alike(28, 28, true), 600).channels).toBe(1);
    expect(settingsOf([...alike(28, 28, true), ...alike(28, 28)], 600).channels).toBe(3);
    expect(settingsOf(alike(28, 28), 600, { channels: 1 }).channels).toBe(1);
  });
});

test("convolutions halve the sides until one is below 8, at most four times", () => {
  const filters = (side: number) => settingsOf(alike(side, side), 100).filters;
  expect([4, 8, 16, 28, 32, 64].map(filters)).toEqual([[16], [16], [16, 32], [16, 32], [16, 32, 64], [16, 32, 64, 64]]);
  expect(settingsOf(alike(64, 64), 100, { filters: [3] }).filters).toEqual([3]);
});

test("images are varied where there are few: photos mirrored and brightened, too", () => {
  const photos = { flip: true, shift: 0.1, rotate: 10, zoom: 0.1, brightness: 0.1 };
  expect(settingsOf(alike(64, 64), 19_999).augment).toEqual(photos);
  expect(settingsOf(alike(64, 64, true), 100).augment).toEqual({ shift: 0.1, rotate: 10, zoom: 0.1 });
  expect(settingsOf(alike(64, 64), 20_000).augment).toEqual({});
  expect(settingsOf(alike(64, 64), 20_000, { augment: ["flip"] }).augment).toEqual({ flip: true });
  expect(augmentText(photos)).toBe(
    "mirrored, moved by up to 10 %, turned by up to 10°, zoomed by up to 10 %, brightened by up to 10 %",
  );
  expect(augmentText({})).toBe("");
});

test("SqueezeNet takes squares in colour, and nothing varies them", () => {
  const features = (size: number | null) => settingsOf(alike(64, 32, true), 100, { from: "a/b.safetensors", size });
  const settings = { channels: 3, filters: [], augment: {}, from: "b.safetensors" };
  expect(features(null)).toEqual({ size: [128, 128], ...settings });
  expect(features(64)).toEqual({ size: [64, 64], ...settings });
});

test("each decision has its reason", () => {
  const reasons = (total: number, asked: Partial<PictureQuestion>) =>
    decidePictures(alike(500, 300), total, { ...open, ...asked }).why;
  expect(reasons(600, {})).toEqual({
    size: "as 600 pictures of 500 pixels would take long",
    channels: "as pictures have colours",
    filters: "halved until a side is below 8, at most 4 times",
    augment: "as 600 pictures to train on are few, and those in colour may be mirrored",
  });
  expect(reasons(20_000, { size: 8, channels: 3, filters: [], augment: [] })).toEqual({
    size: "as --size says",
    channels: "as --channels says",
    filters: "as --filters says",
    augment: "as --augment says",
  });
  expect(reasons(20_000, {}).augment).toBe("as 20,000 pictures to train on are enough");
});
