"use strict";
// Sorts, filters and opens what is on the page already; the page is whole without it.

// ---------------------------------------------------------------- sorting
function valueOf(row, column) {
  const cell = row.cells[column];
  if (cell.dataset.v === undefined) return cell.textContent.trim();
  return cell.dataset.v === "" ? null : Number(cell.dataset.v);
}

function compared(one, other) {
  if (one === null || other === null) return (one === null) - (other === null); // unknown ones last
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other), "en", { numeric: true });
}

function sortBy(table, column, falling) {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [valueOf(row, column), row]);
  rows.sort(([one], [other]) => {
    const order = compared(one, other);
    return one === null || other === null || !falling ? order : -order;
  });
  body.append(...rows.map(([, row]) => row));
  for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort");
  table.tHead.rows[0].cells[column].setAttribute("aria-sort", falling ? "descending" : "ascending");
}

function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const was = head.getAttribute("aria-sort");
      const numbers = head.classList.contains("n"); // the largest first
      sortBy(table, column, was === null ? numbers : was === "ascending");
    });
  });
}

// ---------------------------------------------------------------- filtering
// A row is shown where no filter and no brush hides it.
const hiddenBy = new WeakMap();

function hide(row, reason, isHidden) {
  const reasons = hiddenBy.get(row) ?? new Set();
  hiddenBy.set(row, reasons);
  if (isHidden) reasons.add(reason);
  else reasons.delete(reason);
  row.hidden = reasons.size > 0;
}

function count(table) {
  const rows = [...table.tBodies[0].rows];
  const shown = rows.filter((row) => !row.hidden).length;
  for (const place of document.querySelectorAll(`[data-counts="${table.id}"]`)) {
    place.textContent = `${shown} of ${rows.length} shown`;
  }
  showFaint();
  table.dispatchEvent(new Event("shown"));
}

function makeFilter(input) {
  const table = document.getElementById(input.dataset.filters);
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      hide(row, "filter", !words.every((word) => text.includes(word)));
    }
    count(table);
  };
  input.addEventListener("input", apply);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    input.value = "";
    apply();
  });
  apply();
}

// ---------------------------------------------------------------- brushing
// Points of a chart stand for rows of a table: what is chosen in one is shown in the other.
const SVG = "http://www.w3.org/2000/svg";

function rowsOf(figure) {
  return document.getElementById(figure.dataset.brushes);
}

// The row of a point: its target, or what stands for that in the table of layers.
function rowOf(point) {
  const target = document.getElementById(point.dataset.row);
  return target?.tagName === "TR" ? target : document.getElementById(`row-${point.dataset.row}`);
}

function choose(figure, isChosen) {
  const table = rowsOf(figure);
  const points = [...figure.querySelectorAll(".chart .point")];
  const kept = isChosen && new Set(points.filter(isChosen).map(rowOf));
  for (const row of table.tBodies[0].rows) hide(row, figure, Boolean(kept) && !kept.has(row));
  count(table);
}

// Points of hidden rows are faint, whatever hides them.
function showFaint() {
  for (const figure of document.querySelectorAll("[data-brushes]")) {
    for (const point of figure.querySelectorAll(".chart .point")) {
      point.classList.toggle("faint", Boolean(rowOf(point)?.hidden));
    }
  }
}

function rangeInputs(figure, apply) {
  const fields = document.createElement("fieldset");
  fields.className = "ranges";
  const legend = document.createElement("legend");
  legend.textContent = "Only points";
  fields.append(legend);
  for (const axis of ["x", "y"]) {
    const name = figure.querySelector(`.${axis}-label`).textContent;
    for (const end of ["from", "to"]) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.type = "number";
      input.step = "any";
      input.dataset.end = `${axis}-${end}`;
      input.addEventListener("input", apply);
      label.append(end === "from" ? `${name} ${end} ` : `${end} `, input);
      fields.append(label);
    }
  }
  const clear = document.createElement("button");
  clear.type = "button";
  clear.textContent = "All";
  fields.append(clear);
  figure.append(fields);
  return [fields, clear];
}

function makeBrush(figure) {
  const chart = figure.querySelector(".chart");
  const [fields, clear] = rangeInputs(figure, () => byNumbers());
  const numbers = [...fields.querySelectorAll("input")];
  let rectangle = null;
  let start = null;

  const removeRectangle = () => {
    rectangle?.remove();
    rectangle = null;
  };
  const all = () => {
    for (const input of numbers) input.value = "";
    removeRectangle();
    choose(figure, null);
  };
  const byNumbers = () => {
    removeRectangle();
    const given = numbers.filter((input) => input.value !== "");
    const keeps = (point) => given.every((input) => {
      const [axis, end] = input.dataset.end.split("-");
      const value = Number(point.dataset[axis]);
      return end === "from" ? value >= Number(input.value) : value <= Number(input.value);
    });
    choose(figure, given.length ? keeps : null);
  };
  const place = (event) => {
    const box = chart.getBoundingClientRect();
    const [, , wide, high] = chart.getAttribute("viewBox").split(" ").map(Number);
    return [((event.clientX - box.left) * wide) / box.width, ((event.clientY - box.top) * high) / box.height];
  };
  const within = (event) => {
    const [x, y] = place(event);
    const edges = { x: Math.min(x, start[0]), y: Math.min(y, start[1]), width: Math.abs(x - start[0]), height: Math.abs(y - start[1]) };
    return edges;
  };

  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    start = place(event);
  });
  chart.addEventListener("pointermove", (event) => {
    if (!start) return;
    const edges = within(event);
    if (!rectangle && edges.width + edges.height < 6) return; // a click, so far
    if (!rectangle) {
      rectangle = document.createElementNS(SVG, "rect");
      rectangle.setAttribute("class", "brush");
      chart.prepend(rectangle);
      chart.setPointerCapture(event.pointerId);
    }
    for (const [name, value] of Object.entries(edges)) rectangle.setAttribute(name, value);
  });
  chart.addEventListener("pointerup", (event) => {
    if (start && rectangle) {
      const edges = within(event);
      for (const input of numbers) input.value = "";
      choose(figure, (point) => {
        const { e: x, f: y } = point.transform.baseVal.consolidate().matrix;
        return x >= edges.x && x <= edges.x + edges.width && y >= edges.y && y <= edges.y + edges.height;
      });
    }
    start = null;
  });
  chart.addEventListener("dragstart", (event) => event.preventDefault()); // links are no things to drag
  clear.addEventListener("click", all);
  figure.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all();
  });
  figure.clearBrush = all;
}

// ---------------------------------------------------------------- axes to choose
// The chart of a sweep drawn anew along other columns of its table.
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

// Points of which no other shown one is better along both axes.
function frontOf(points, xSign, ySign) {
  const sorted = [...points].sort((a, b) => xSign * (a.x - b.x) || ySign * (a.y - b.y));
  const front = [];
  for (const point of sorted) if (!front.length || ySign * point.y < ySign * front.at(-1).y) front.push(point);
  return front;
}

function makeExplorer(place) {
  const chart = document.getElementById(place.dataset.explores);
  const figure = chart.closest("[data-brushes]");
  const table = rowsOf(figure);
  const heads = [...table.tHead.rows[0].cells];
  const names = heads.filter((head) => head.dataset.axis !== undefined).map((head) => head.dataset.axis);
  const fields = document.createElement("fieldset");
  const selects = ["x", "y"].map((axis) => {
    const label = document.createElement("label");
    const select = document.createElement("select");
    select.append(...names.map((name) => new Option(name, name)));
    select.value = chart.querySelector(`.${axis}-label`).textContent;
    select.addEventListener("change", () => draw());
    label.append(axis === "x" ? "To the right " : "Upwards ", select);
    fields.append(label);
    return select;
  });
  const legend = document.createElement("legend");
  legend.textContent = "Axes";
  fields.prepend(legend);
  place.append(fields);

  const signOf = (name) => {
    const better = heads.find((head) => head.dataset.axis === name).dataset.better;
    return better === "" ? 0 : better === "low" ? 1 : -1;
  };
  const showFront = () => {
    chart.querySelectorAll(".line").forEach((line) => line.remove());
    const [xSign, ySign] = selects.map((select) => signOf(select.value));
    if (!xSign || !ySign) return; // nobody can say what is better
    const shown = [...chart.querySelectorAll(".point")].filter((point) => !point.hasAttribute("display") && !rowOf(point)?.hidden);
    const points = shown.map((point) => {
      const { e, f } = point.transform.baseVal.consolidate().matrix;
      return { x: Number(point.dataset.x), y: Number(point.dataset.y), at: `${e},${f}`, e, f };
    });
    const front = frontOf(points, xSign, ySign);
    const corners = front.flatMap((point, i) => (i ? [`${point.e},${front[i - 1].f}`, point.at] : [point.at]));
    const line = drawn("polyline", { class: "line", points: corners.join(" ") });
    line.append(drawn("title", {}, "front of what is shown"));
    chart.querySelector(".axes").after(line);
  };
  const draw = () => {
    figure.clearBrush();
    const columns = selects.map((select) => heads.findIndex((head) => head.dataset.axis === select.value));
    const points = [...chart.querySelectorAll(".point")];
    const values = points.map((point) => columns.map((column) => valueOf(rowOf(point), column)));
    const known = values.filter((pair) => pair.every((value) => typeof value === "number"));
    const [, , wide, high] = chart.getAttribute("viewBox").split(" ").map(Number);
    const x = axisOf(known.map((pair) => pair[0]), 86, wide - 14);
    const y = axisOf(known.map((pair) => pair[1]), high - 50, 14);
    points.forEach((point, i) => {
      const isKnown = values[i].every((value) => typeof value === "number");
      if (!isKnown) return point.setAttribute("display", "none");
      point.removeAttribute("display");
      [point.dataset.x, point.dataset.y] = values[i];
      point.setAttribute("transform", `translate(${x.place(values[i][0])} ${y.place(values[i][1])})`);
    });
    const axes = chart.querySelector(".axes");
    const [xLabel, yLabel] = ["x", "y"].map((axis) => axes.querySelector(`.${axis}-label`));
    xLabel.textContent = selects[0].value;
    yLabel.textContent = selects[1].value;
    const written = (tick) => String(Number(tick.toPrecision(4)));
    axes.replaceChildren(
      ...x.ticks.flatMap((tick) => [drawn("path", { class: "grid", d: `M${x.place(tick)} 14V${high - 50}` }), drawn("text", { x: x.place(tick), y: high - 34, "text-anchor": "middle" }, written(tick))]),
      ...y.ticks.flatMap((tick) => [drawn("path", { class: "grid", d: `M86 ${y.place(tick)}H${wide - 14}` }), drawn("text", { x: 80, y: y.place(tick) + 4, "text-anchor": "end" }, written(tick))]),
      xLabel,
      yLabel,
    );
    figure.querySelectorAll(".ranges label:nth-of-type(odd)").forEach((label, i) => {
      label.firstChild.textContent = `${selects[i].value} from `;
    });
    showFront();
  };
  table.addEventListener("shown", showFront);
  showFront();
}

// ---------------------------------------------------------------- deep links
// A link to a layer opens it, and whatever it lies in.
function openTarget() {
  let place = null;
  try {
    place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return; // a link that is no text
  }
  for (let one = place; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  if (place) place.scrollIntoView();
}

// ---------------------------------------------------------------- light and dark, print
function makeTheme(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const isDark = getComputedStyle(root).colorScheme === "dark" ||
      (root.dataset.theme === undefined && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = isDark ? "light" : "dark";
  });
}

let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const one of closed) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of closed) one.open = false;
});

document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
document.querySelectorAll("[data-brushes]").forEach(makeBrush);
document.querySelectorAll("[data-explores]").forEach(makeExplorer);
document.querySelectorAll("input[data-filters]").forEach(makeFilter);
makeTheme(document.getElementById("theme"));
addEventListener("hashchange", openTarget);
openTarget();
