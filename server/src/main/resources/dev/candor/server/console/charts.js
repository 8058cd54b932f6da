// The curves of the overview. What they show stands in words in the labels of their pictures.
(() => {
  "use strict";

  const place = document.getElementById("charts");
  const MIB = 1024 * 1024;

  const CHARTS = {
    throughput: { unit: "tokens/s", lines: [["tokens/s", (it) => it.tokensPerSecond]] },
    latency: {
      unit: "ms",
      lines: [
        ["median", (it) => it.firstTokenMedianMillis],
        ["p99", (it) => it.firstTokenP99Millis],
      ],
    },
    queue: {
      unit: "",
      lines: [
        ["computing", (it) => it.computing],
        ["waiting", (it) => it.waiting],
      ],
    },
    memory: {
      unit: "MiB",
      lines: [
        ["resident", (it) => it.residentBytes.map((bytes) => (bytes < 0 ? null : bytes / MIB))],
        ["heap", (it) => it.heapBytes.map((bytes) => bytes / MIB)],
      ],
    },
  };

  let plots = [];
  let newest = null;

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function written(value) {
    return value == null ? "none" : value >= 100 ? value.toFixed(0) : value.toFixed(1);
  }

  /** The time of day, with seconds where marks are less than a minute apart. */
  function clock(time, marks) {
    const parts = { hour: "2-digit", minute: "2-digit", hour12: false };
    if (marks.length < 2 || marks[1] - marks[0] < 60) {
      parts.second = "2-digit";
    }
    return new Date(time * 1000).toLocaleTimeString([], parts);
  }

  function build() {
    plots.forEach((plot) => plot.plot.destroy());
    plots = [];
    const axis = {
      stroke: colour("--soft"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1 },
    };
    for (const element of place.querySelectorAll("[data-chart]")) {
      const chart = CHARTS[element.dataset.chart];
      const plot = new uPlot(
        {
          width: element.clientWidth,
          height: 160,
          cursor: { y: false },
          scales: { y: { range: (_, low, high) => [0, high == null || high <= 0 ? 1 : high * 1.1] } },
          axes: [
            { ...axis, space: 80, values: (_, times) => times.map((time) => clock(time, times)) },
            { ...axis, size: 56 },
          ],
          series: [
            { label: "time", value: (_, time) => (time == null ? "–" : clock(time, [])) },
            ...chart.lines.map(([label], i) => ({
              label,
              stroke: colour(i === 0 ? "--curve-1" : "--curve-2"),
              width: 2,
              dash: i === 0 ? undefined : [6, 4],
              value: (_, value) => (value == null ? "–" : written(value)),
              points: { show: false },
            })),
          ],
        },
        [[], ...chart.lines.map(() => [])],
        element
      );
      plots.push({ element, chart, plot });
    }
    show();
  }

  function show() {
    if (newest == null) {
      return;
    }
    for (const { element, chart, plot } of plots) {
      const columns = chart.lines.map(([, take]) => take(newest));
      plot.setData([newest.seconds, ...columns]);
      const words = columns.map((column, i) => {
        const known = column.filter((value) => value != null);
        return known.length === 0
          ? chart.lines[i][0] + ": nothing yet"
          : chart.lines[i][0] + ": now " + written(column[column.length - 1]) + ", highest " + written(Math.max(...known));
      });
      element.setAttribute(
        "aria-label",
        element.closest("figure").querySelector("figcaption").textContent + ", last ten minutes. " + words.join("; ") + "."
      );
    }
  }

  async function load() {
    try {
      const response = await fetch(place.dataset.source, { headers: { "HX-Request": "true" } });
      if (response.ok) {
        newest = await response.json();
        show();
      }
    } catch (gone) {
      // The next time it may be there again; the figures above stay as they were.
    }
  }

  build();
  load();
  setInterval(() => {
    if (!document.hidden) {
      load();
    }
  }, 2000);
  let waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(build, 150);
  });
  document.addEventListener("candor:theme", build);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", build);
})();
