"use strict";
// The chart of a sweep drawn anew: another network, other axes; its front, and what is on it.

function ticksOf(low, high, isLog) {
  if (isLog) {
    const powers = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) powers.push(power);
    let ticks = [];
    for (const parts of [[1], [1, 3], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]]) {
      ticks = powers.flatMap((power) => parts.map((part) => part * 10 ** power)).filter((tick) => tick >= low && tick <= high);
      if (ticks.length >= 3) break;
    }
    return ticks;
  }
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((part) => part * power).find((one) => one >= rough);
  const ticks = [];
  for (let number = Math.ceil(low / step); number * step <= high; number++) ticks.push(number * step);
  return ticks;
}

function axisOf(values, start, end) {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const isLog = least > 0 && most / least >= 10;
  const room = (most - least || Math.abs(most) || 1) * 0.06;
  let [low, high] = isLog ? [least / 1.15, most * 1.15] : [least - room, most + room];
  if (least >= 0 && !isLog) low = Math.max(low, 0);
  const scale = isLog ? Math.log10 : (value) => value;
  const place = (value) => start + ((scale(value) - scale(low)) / (scale(high) - scale(low))) * (end - start);
  return { place, ticks: ticksOf(low, high, isLog) };
}

function drawn(name, attributes, text = "") {
  const one = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
  one.textContent = text;
  return one;
}

const UNITS = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];

// As ticks are written where the chart was first drawn.
function tickText(value) {
  const isLarge = Math.abs(value) >= 1e4 && Math.abs(value) < 1e16;
  const [size, unit] = (isLarge && UNITS.find(([size]) => Math.abs(value) >= size)) || [1, ""];
  return `${Number((value / size).toPrecision(4))}${unit}`;
}

// Points of which no other shown one is better along both axes.
function frontOf(points, xSign, ySign) {
  const sorted = [...points].sort((a, b) => xSign * (a.x - b.x) || ySign * (a.y - b.y));
  const front = [];
  for (const point of sorted) if (!front.length || ySign * point.y < ySign * front.at(-1).y) front.push(point);
  return front;
}

// Fields to choose with: which network, and what lies along both axes.
function explorerFields(place, names, chart) {
  const fields = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = "Show";
  fields.append(legend);
  const select = (text, options, value) => {
    const label = document.createElement("label");
    const one = document.createElement("select");
    one.append(...options.map(([said, key]) => new Option(said, key)));
    one.value = value;
    label.append(`${text} `, one);
    fields.append(label);
    return one;
  };
  const questions = JSON.parse(place.dataset.questions).map((said, number) => [said, String(number)]);
  if (questions.length > 1) questions.push(["all, without a front", "all"]);
  const axes = names.map((name) => [name, name]);
  const [x, y] = ["x", "y"].map((axis) => chart.querySelector(`.${axis}-label`).textContent);
  const found = {
    network: select("Network", questions, "0"),
    x: select("To the right", axes, x),
    y: select("Upwards", axes, y),
  };
  place.append(fields);
  return found;
}

// The points of a list, each with its values and with what makes its accelerator.
function listPoints(list, points, axes, said) {
  list.caption.textContent = said;
  const heads = list.tHead.rows[0].cells;
  [heads[1].textContent, heads[2].textContent] = axes.map((axis) => axis.heading);
  list.tBodies[0].replaceChildren(...points.map((point) => {
    const row = document.createElement("tr");
    const name = rowOf(point).querySelector("th[scope=row]").cloneNode(true);
    const cells = axes.map((axis) => {
      const cell = document.createElement("td");
      cell.className = "n";
      cell.textContent = rowOf(point).cells[axis.column].textContent;
      return cell;
    });
    const command = document.createElement("td");
    const code = document.createElement("code");
    const made = document.getElementById(name.querySelector("a").getAttribute("href").slice(1));
    code.textContent = made.querySelector("pre")?.textContent ?? "see there";
    command.append(code);
    row.append(name, ...cells, command);
    return row;
  }));
}

const MOST_LISTED = 25;

function makeExplorer(place) {
  const chart = document.getElementById(place.dataset.explores);
  const figure = chart.closest("[data-brushes]");
  const table = rowsOf(figure);
  const list = document.getElementById(place.dataset.lists);
  const heads = [...table.tHead.rows[0].cells];
  const names = heads.filter((head) => head.dataset.axis !== undefined).map((head) => head.dataset.axis);
  const selects = explorerFields(place, names, chart);
  const numbers = [...figure.querySelectorAll(".ranges input")];

  const axisNamed = (name) => {
    const column = heads.findIndex((head) => head.dataset.axis === name);
    const { better, heading } = heads[column].dataset;
    return { name, heading, column, sign: better === "" ? 0 : better === "low" ? 1 : -1 };
  };
  const axes = () => [axisNamed(selects.x.value), axisNamed(selects.y.value)];
  const isAsked = (element) => selects.network.value === "all" || element.dataset.q === selects.network.value;

  // A link says what is chosen where it is not what the page begins with.
  const begun = Object.fromEntries(Object.entries(selects).map(([key, select]) => [key, select.value]));
  let isRead = false; // what a link says comes before what is written
  const writeLink = () => {
    if (!isRead) return;
    const said = new URLSearchParams();
    for (const [key, select] of Object.entries(selects)) if (select.value !== begun[key]) said.set(key, select.value);
    for (const input of numbers) if (input.value !== "") said.set(input.dataset.end, input.value);
    if ([...said].length || location.hash.includes("?")) history.replaceState(null, "", `#explore${[...said].length ? `?${said}` : ""}`);
  };
  const readLink = () => {
    const [at, query] = location.hash.slice(1).split("?");
    if (at !== "explore" || query === undefined) return draw();
    const said = new URLSearchParams(query);
    for (const [key, select] of Object.entries(selects)) {
      if ([...select.options].some((option) => option.value === said.get(key))) select.value = said.get(key);
    }
    draw();
    for (const input of numbers) {
      const value = said.get(input.dataset.end) ?? "";
      input.value = /^-?\d+(\.\d+)?(e[-+]?\d{1,2})?$/.test(value) ? value : ""; // links are written by anybody
    }
    figure.brushByNumbers();
  };

  const showFront = () => {
    chart.querySelectorAll(".line").forEach((line) => line.remove());
    const along = axes();
    const shown = [...chart.querySelectorAll(".point")].filter((point) => !point.hasAttribute("display") && !rowOf(point)?.hidden);
    const hasFront = along.every((axis) => axis.sign) && selects.network.value !== "all"; // else nobody can say what is better
    const points = shown.map((point) => {
      const { e, f } = point.transform.baseVal.consolidate().matrix;
      return { x: Number(point.dataset.x), y: Number(point.dataset.y), at: `${e},${f}`, e, f, point };
    });
    const front = hasFront ? frontOf(points, along[0].sign, along[1].sign) : [];
    if (hasFront) {
      const corners = front.flatMap((point, i) => (i ? [`${point.e},${front[i - 1].f}`, point.at] : [point.at]));
      const line = drawn("polyline", { class: "line", points: corners.join(" ") });
      line.append(drawn("title", {}, "front of what is shown"));
      chart.querySelector(".axes").after(line);
    }
    const listed = (hasFront ? front.map((one) => one.point) : shown).slice(0, MOST_LISTED);
    const of = hasFront ? `On the front: ${front.length} of ${shown.length} points shown` : `Points shown: ${shown.length}`;
    listPoints(list, listed, along, listed.length < (hasFront ? front : shown).length ? `${of}; the first ${listed.length}` : of);
    writeLink();
  };
  const draw = () => {
    for (const row of table.tBodies[0].rows) hide(row, "network", !isAsked(row));
    const [xAxis, yAxis] = axes();
    const points = [...chart.querySelectorAll(".point")];
    const values = points.map((point) => [xAxis, yAxis].map((axis) => valueOf(rowOf(point), axis.column)));
    const isKnown = (pair, i) => isAsked(points[i]) && pair.every((value) => typeof value === "number");
    const known = values.filter(isKnown);
    const [, , wide, high] = chart.getAttribute("viewBox").split(" ").map(Number);
    const x = axisOf(known.length ? known.map((pair) => pair[0]) : [0, 1], 86, wide - 14);
    const y = axisOf(known.length ? known.map((pair) => pair[1]) : [0, 1], high - 50, 14);
    points.forEach((point, i) => {
      if (!isKnown(values[i], i)) return point.setAttribute("display", "none");
      point.removeAttribute("display");
      [point.dataset.x, point.dataset.y] = values[i];
      point.setAttribute("transform", `translate(${x.place(values[i][0])} ${y.place(values[i][1])})`);
    });
    const drawing = chart.querySelector(".axes");
    const [xLabel, yLabel] = ["x", "y"].map((axis) => drawing.querySelector(`.${axis}-label`));
    xLabel.textContent = xAxis.name;
    yLabel.textContent = yAxis.name;
    drawing.replaceChildren(
      ...x.ticks.flatMap((tick) => [drawn("path", { class: "grid", d: `M${x.place(tick)} 14V${high - 50}` }), drawn("text", { x: x.place(tick), y: high - 34, "text-anchor": "middle" }, tickText(tick))]),
      ...y.ticks.flatMap((tick) => [drawn("path", { class: "grid", d: `M86 ${y.place(tick)}H${wide - 14}` }), drawn("text", { x: 80, y: y.place(tick) + 4, "text-anchor": "end" }, tickText(tick))]),
      xLabel,
      yLabel,
    );
    figure.querySelectorAll(".ranges label:nth-of-type(odd)").forEach((label, i) => {
      label.firstChild.textContent = `${[xAxis, yAxis][i].name} from `;
    });
    figure.clearBrush(); // shows the front of all that is asked for
  };
  for (const select of Object.values(selects)) select.addEventListener("change", draw);
  table.addEventListener("shown", showFront);
  addEventListener("hashchange", () => {
    if (location.hash.includes("?")) readLink();
  });
  readLink();
  isRead = true;
}
