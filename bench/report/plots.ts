/** The pictures as specifications of Vega-Lite; `npm run bench:report` draws them into bench/results. */
import { medianRatio, type Results, type Table } from "../results.ts";
import { type Peers, secondsOf } from "./peers.ts";

/** The background is white, so that the pictures are also readable on dark pages. */
const config = {
  background: "white",
  font: "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif",
  view: { stroke: null },
  title: { fontSize: 13, fontWeight: 600, anchor: "start", offset: 8 },
  axis: {
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    gridColor: "#e5e7eb",
    domain: false,
    ticks: false,
  },
  legend: { labelFontSize: 11, title: null },
};
const [blue, orange, grey] = ["#0b63ce", "#e08600", "#9aa4b1"];

/** The four charts of a picture of peers. */
export const charts = {
  peers: ["train 32", "train 128", "infer 1", "infer 256"],
  imagePeers: ["trainImages small", "trainImages large", "inferImages 1", "inferImages 256"],
};

/** Plots the examples a second of each peer: bars, the fastest first. @param keys the workloads */
export function peersPlot({ machine, workloads }: Peers, keys: readonly string[]): object {
  const charts = keys.map((key) => {
    const { title, peers } = workloads[key];
    const values = Object.entries(peers).flatMap(([peer, result]) => {
      const seconds = secondsOf(result);
      return seconds === undefined ? [] : [{ peer, rate: 1 / seconds }];
    });
    values.sort((a, b) => b.rate - a.rate);
    const axis = { title: null, labelLimit: 0, minExtent: 145 };
    const y = { field: "peer", type: "nominal", sort: null, axis };
    const x = { field: "rate", type: "quantitative" };
    const color = { condition: { test: "datum.peer === 'simdnet'", value: blue }, value: grey };
    return {
      title,
      width: 200,
      height: { step: 21 },
      data: { values },
      encoding: { y, x: { ...x, axis: null } },
      layer: [
        { mark: { type: "bar", height: { band: 0.72 } }, encoding: { color } },
        {
          mark: { type: "text", align: "left", dx: 4, fontSize: 11 },
          encoding: { text: { field: "rate", format: ",.3r" } },
        },
      ],
    };
  });
  return {
    title: {
      text: "Examples a second; longer is faster",
      subtitle: `One thread of an ${machine.processor}, ${machine.runtime}`,
      fontSize: 16,
      offset: 16,
    },
    padding: 16,
    columns: 2,
    spacing: { row: 28, column: 56 },
    concat: charts,
    config,
  };
}

/** Plots the share of the peak over sizes. @param tables a suite of growth.bench.ts @param most the largest share of the axis */
export function growthPlot({ machine }: Pick<Results, "machine">, tables: readonly Table[], most: number): object {
  const axes = new Map<string, { of: string; values: object[] }>();
  for (const table of tables) {
    const [, pass, axis, of] = /^(\w+) by (\w+): (.*)$/.exec(table.title)!;
    const values = table.rows.map((row) => ({ size: Number(row.name), share: medianRatio(table, row), pass }));
    axes.set(axis, { of, values: [...(axes.get(axis)?.values ?? []), ...values] });
  }
  const charts = [...axes].map(([axis, { of, values }], index) => ({
    title: { text: `Over ${axis}`, subtitle: of },
    width: 210,
    height: 200,
    data: { values },
    mark: { type: "line", point: { size: 28, filled: true }, strokeWidth: 1.5 },
    encoding: {
      x: {
        field: "size",
        type: "quantitative",
        scale: { type: "log", base: 2, nice: false, padding: 6 },
        axis: {
          title: axis,
          format: "d",
          labelOverlap: true,
          values: Array.from({ length: 12 }, (_, power) => 2 ** power),
        },
      },
      y: {
        field: "share",
        type: "quantitative",
        scale: { domain: [0, most], clamp: true },
        axis: { title: index === 0 ? "share of the SIMD peak" : null, format: "%", tickCount: 5 },
      },
      color: { field: "pass", type: "nominal", scale: { range: [orange, blue] }, legend: { orient: "bottom" } },
    },
  }));
  return {
    title: {
      text: "The cost as work grows",
      subtitle: [
        "Multiplications and additions of the products a second, float32,",
        `on one core of an ${machine.processor}, ${machine.runtime}`,
      ],
      fontSize: 16,
      offset: 16,
    },
    padding: 16,
    spacing: 36,
    hconcat: charts,
    config,
  };
}
