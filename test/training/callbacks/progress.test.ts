import { describe, expect, test, vi } from "vitest";
import { progress } from "../../../src/index.ts";
import { classification, regression, smallTrainer } from "../problem.ts";

/** What is written, and the lines that are seen one after the other. */
function terminal(columns = 120) {
  const written: string[] = [];
  return { isTTY: true, columns, write: (text: string) => written.push(text), written };
}
const shownOf = (written: string[]) => written.map((text) => text.replace("\r\u001b[2K", ""));

describe("progress", () => {
  test("does nothing where there is no terminal: no function at all, so that no batch is reported", () => {
    for (const other of [undefined, { write: () => 0 }, { isTTY: false, write: () => 0 }]) {
      expect(Object.keys(progress(other as never)).filter((name) => name.startsWith("on"))).toEqual([]);
    }
  });

  test("ends with a full bar, the last epoch, its loss, metrics and validation, and a new line", async () => {
    const screen = terminal();
    const { inputs, targets } = classification(20);
    const trainer = smallTrainer({ loss: "softmaxCrossEntropy", metrics: ["accuracy", "confusionMatrix"] }, 3);
    await trainer.fit(inputs, targets, { epochs: 3, validationSplit: 0.2, callbacks: [progress(screen)] });
    expect(screen.written.at(-1)).toBe("\n");
    expect(shownOf(screen.written).at(-2)).toMatch(
      /^█{16} {2}epoch 3\/3 {2}loss [\d.]+ {2}validation loss [\d.]+ {2}accuracy [\d.]+ {2}validation accuracy [\d.]+$/,
    );
  });

  test("writes ten lines a second at most, each over the one before and within the width, with the time left", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      const screen = terminal(60);
      const { inputs, targets } = regression(40);
      const trainer = smallTrainer({ batchSize: 1, metrics: ["meanAbsoluteError"] });
      const onBatch = () => vi.advanceTimersByTime(10);
      await trainer.fit(inputs, targets, { epochs: 5, callbacks: [progress(screen)], onBatch });
      const lines = screen.written.slice(0, -1);
      // 200 batches of 10 ms are two seconds.
      expect(lines.length).toBeGreaterThan(15);
      expect(lines.length).toBeLessThan(25);
      for (const line of lines) expect(line.startsWith("\r\u001b[2K")).toBe(true);
      for (const line of shownOf(lines)) {
        expect(line.length).toBeLessThan(60);
        expect(line).toMatch(/^█*░* {2}epoch \d\/5( {2}\d s left)?( {2}loss [\d.]+)?$/);
      }
      expect(shownOf(lines)[5]).toMatch(/^█+░+ {2}epoch 2\/5 {2}2 s left {2}loss [\d.]+$/);
    } finally {
      vi.useRealTimers();
    }
  });
});
