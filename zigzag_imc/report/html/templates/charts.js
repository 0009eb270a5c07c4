"use strict";
// What charts look like, in the words of Vega-Lite, which draws them. Texts of models and files are values of data, never
// names of fields nor expressions; expressions are read by an interpreter, since the page lets no text become code.

const COLOURS = ["var(--fill)", "var(--fill2)", "var(--m2)", "var(--m3)", "var(--m6)"];
const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]; // not by colour alone; 30 pairs
const TICK = "abs(datum.value) >= 1e4 ? format(datum.value, '.4~s') : format(datum.value, '.4~g')";
const IS_ROUND = "indexof([1, 2, 5], round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))) >= 0";
const TEXT = { color: "var(--ink)", size: 12 };

function configOf(width) {
  const text = (name) => ({ [`${name}Color`]: TEXT.color, [`${name}FontSize`]: TEXT.size, [`${name}FontWeight`]: "normal" });
  return {
    font: getComputedStyle(document.body).fontFamily,
    axis: { ...text("label"), ...text("title"), domainColor: "var(--line)", gridColor: "var(--line)", tickColor: "var(--line)" },
    legend: { ...text("label"), orient: "top", title: null, columns: Math.max(1, Math.floor(width / 150)), labelLimit: 120 },
    view: { stroke: null },
  };
}

// ---------------------------------------------------------------- points on two axes
function isWide(values) {
  const least = Math.min(...values);
  return least > 0 && Math.max(...values) >= 10 * least;
}

function axisOf(title, values) {
  const axis = { labelExpr: TICK, labelOverlap: "greedy", labelSeparation: 8, tickCount: 6, titlePadding: 8 };
  if (!isWide(values)) return { type: "quantitative", title, axis, scale: { type: "linear", nice: false, padding: 12, zero: false } };
  const gridOpacity = { condition: { test: IS_ROUND, value: 1 }, value: 0.4 };
  return {
    type: "quantitative",
    title,
    axis: { ...axis, gridOpacity, labelExpr: `${IS_ROUND} ? (${TICK}) : ''`, tickCount: 3 },
    scale: { type: "log", nice: false, padding: 12 },
  };
}

function valuesOfPoints(chart) {
  return chart.points.map(({ x, y, label, target, group, row }) => (
    { right: x, up: y, label, target, group: chart.groups[group] ?? "", isFaint: row?.hidden ?? false }
  ));
}

function valuesOfLines(chart) {
  return chart.lines.flatMap(({ label, corners, isDashed }, line) =>
    corners.map(([x, y], place) => ({ right: x, up: y, line, place, label, isDashed })));
}

function pointSpec(chart, width) {
  const corners = chart.lines.flatMap((line) => line.corners);
  const [x, y] = [0, 1].map((axis) => {
    const values = [...chart.points.map((point) => [point.x, point.y][axis]), ...corners.map((corner) => corner[axis])];
    return axisOf(chart.labels[axis], values);
  });
  const groupScale = (range) => ({ field: "group", type: "nominal", scale: { domain: chart.groups, range } });
  const marks = chart.groups.length > 1
    ? { color: groupScale(COLOURS), shape: groupScale(SHAPES) }
    : { color: { value: COLOURS[0] }, shape: { value: SHAPES[0] } };
  return {
    width,
    height: 360,
    autosize: { type: "fit", contains: "padding" },
    layer: [
      {
        data: { name: "lines", values: valuesOfLines(chart) },
        mark: { type: "line", aria: false, stroke: "var(--ink)", strokeWidth: 2 },
        encoding: {
          x: { field: "right", type: "quantitative" },
          y: { field: "up", type: "quantitative" },
          detail: { field: "line", type: "nominal" },
          order: { field: "place", type: "quantitative" },
          strokeDash: { condition: { test: "datum.isDashed", value: [4, 3] }, value: [1, 0] },
          tooltip: { field: "label", type: "nominal" },
        },
      },
      {
        data: { name: "points", values: valuesOfPoints(chart) },
        params: [{ name: "brush", select: { type: "interval", encodings: ["x", "y"], mark: { fill: COLOURS[1], fillOpacity: 0.15, stroke: COLOURS[1] } } }],
        mark: { type: "point", cursor: "pointer", filled: true, size: 90, stroke: "var(--page)", strokeWidth: 1 },
        encoding: {
          x: { field: "right", ...x },
          y: { field: "up", ...y },
          ...marks,
          description: { field: "label", type: "nominal" },
          opacity: { condition: { test: "datum.isFaint", value: 0.2 }, value: 1 },
          tooltip: { field: "label", type: "nominal" },
        },
      },
    ],
  };
}

// ---------------------------------------------------------------- tracks over one time
// Something upwards, something else downwards: no colour has to tell them apart.
function trackSpec(chart, width) {
  const isNarrow = width < 480; // names stand above their tracks, else beside them
  const hasDown = chart.tracks.some((track) => track.down.length);
  const tall = (hasDown ? 2.3 : 1.3) + (isNarrow ? 1.2 : 0);
  const middle = (place) => place * tall + (isNarrow ? 2.2 : 1);
  const parts = chart.tracks.flatMap((track, place) => [["up", -1], ["down", 1]].flatMap(([side, sign], which) => {
    const levels = track[side];
    return [...levels, ...levels.slice(-1)].map((level, part) => ({
      at: (part * chart.end) / levels.length,
      base: middle(place),
      edge: middle(place) + (sign * level) / chart.full,
      place,
      word: chart.words[which],
    }));
  }));
  const names = chart.tracks.map((track, place) => ({ name: track.name, base: middle(place), above: middle(place) - 1.6 }));
  const y = { type: "quantitative", axis: null, scale: { domain: [chart.tracks.length * tall, 0], nice: false } };
  const words = chart.words.filter(Boolean);
  return {
    width,
    height: 14 * tall * chart.tracks.length + 70, // with the axis and the legend
    padding: { left: 8, right: 16, top: 4, bottom: 4 },
    autosize: { type: "fit", contains: "padding" },
    layer: [
      {
        data: { values: parts },
        mark: { type: "area", aria: false, interpolate: "step-after" },
        encoding: {
          x: { field: "at", type: "quantitative", title: chart.time, axis: { grid: false, labelExpr: TICK, labelOverlap: true, tickCount: 6 }, scale: { domain: [0, chart.end], nice: false } },
          y: { field: "base", ...y },
          y2: { field: "edge" },
          detail: { field: "place", type: "nominal" },
          color: { field: "word", type: "nominal", scale: { domain: words, range: COLOURS }, legend: words.length > 1 ? {} : null },
        },
      },
      {
        data: { values: names },
        mark: { type: "rule", aria: false, stroke: "var(--line)" },
        encoding: { y: { field: "base", type: "quantitative" } },
      },
      {
        data: { values: names },
        mark: { type: "text", align: isNarrow ? "left" : "right", aria: false, baseline: "middle", fill: TEXT.color, fontSize: TEXT.size, limit: isNarrow ? width - 24 : 170 },
        encoding: {
          x: { value: isNarrow ? 0 : -8 },
          y: { field: isNarrow ? "above" : "base", type: "quantitative" },
          text: { field: "name", type: "nominal" },
          tooltip: { field: "name", type: "nominal" },
        },
      },
    ],
  };
}

// ---------------------------------------------------------------- drawing
// The library lies in the page as text until something is to be drawn; the page's policy knows it by its hash.
function drawn(spec, place) {
  if (!globalThis.vegaCharts) {
    const script = document.createElement("script");
    script.textContent = document.getElementById("library").textContent;
    document.body.append(script);
  }
  const compiled = vegaCharts.compile(spec).spec;
  for (const mark of compiled.marks) if (mark.name.startsWith("brush")) mark.aria = false; // nothing to read
  const parsed = vegaCharts.parse(compiled, null, { ast: true });
  return new vegaCharts.View(parsed, { container: place, expr: vegaCharts.expressionInterpreter, renderer: "svg" }).run();
}

// A chart is drawn as wide as there is room, and not before it is seen: when what it lies in is opened, or for printing.
let mayDraw = false; // tables come first

class Chart {
  constructor(figure) {
    this.figure = figure;
    this.place = figure.querySelector(".chart");
    this.width = 0;
    this.view = null;
    this.isStale = false;
    this.listeners = [];
    Object.assign(this, JSON.parse(figure.querySelector("script").textContent));
    for (const point of this.points ?? []) point.row = rowOfTarget(point.target);
    figure.chart = this;
  }

  draw() {
    const width = mayDraw && this.place.checkVisibility() ? this.place.clientWidth : 0;
    if (!width || width === this.width) return;
    this.undraw();
    this.isStale = false;
    this.width = width;
    const description = this.figure.querySelector("figcaption").textContent.trim();
    const spec = { ...(this.tracks ? trackSpec : pointSpec)(this, width), background: null, description, config: configOf(width) };
    this.view = drawn(spec, this.place);
    for (const listen of this.listeners) listen(this.view);
  }

  undraw() {
    this.view?.finalize();
    this.view = null;
    this.width = 0;
    this.place.replaceChildren();
  }

  // Points of hidden rows are faint, whatever hides them. Several changes at once are drawn once.
  refresh() {
    if (this.isStale) return;
    this.isStale = true;
    queueMicrotask(() => {
      if (this.isStale) this.view?.data("points", valuesOfPoints(this)).data("lines", valuesOfLines(this)).run();
      this.isStale = false;
    });
  }
}

function drawCharts() {
  mayDraw = true;
  for (const figure of document.querySelectorAll(".charted")) figure.chart.draw();
}

function makeCharts() {
  const charts = [...document.querySelectorAll(".charted")].map((figure) => new Chart(figure));
  requestAnimationFrame(() => setTimeout(() => {
    drawCharts();
    performance.mark("drawn");
    document.documentElement.dataset.charts = "drawn";
  }));
  const resized = new ResizeObserver((entries) => {
    for (const entry of entries) entry.target.closest(".charted").chart.draw();
  });
  for (const chart of charts) resized.observe(chart.place);
}
