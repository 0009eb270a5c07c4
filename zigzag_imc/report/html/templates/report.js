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
  const [fields, clear] = rangeInputs(figure, () => {
    removeRectangle();
    byNumbers();
  });
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
  const points = () => [...chart.querySelectorAll(".point")].filter((point) => !point.hasAttribute("display"));
  const byNumbers = () => {
    const given = numbers.filter((input) => input.value !== "");
    const keeps = (point) => given.every((input) => {
      const [axis, end] = input.dataset.end.split("-");
      const value = Number(point.dataset[axis]);
      return end === "from" ? value >= Number(input.value) : value <= Number(input.value);
    });
    choose(figure, given.length ? keeps : null);
  };
  // What a rectangle chooses stands below as numbers, for others to see, to change, and for links.
  const byValues = (chosen) => {
    for (const input of numbers) {
      const [axis, end] = input.dataset.end.split("-");
      const values = chosen.map((point) => Number(point.dataset[axis]));
      input.value = values.length ? (end === "from" ? Math.min(...values) : Math.max(...values)) : "";
    }
    if (chosen.length) byNumbers();
    else choose(figure, () => false);
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
      byValues(points().filter((point) => {
        const { e: x, f: y } = point.transform.baseVal.consolidate().matrix;
        return x >= edges.x && x <= edges.x + edges.width && y >= edges.y && y <= edges.y + edges.height;
      }));
    }
    start = null;
  });
  chart.addEventListener("dragstart", (event) => event.preventDefault()); // links are no things to drag
  clear.addEventListener("click", all);
  figure.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all();
  });
  figure.clearBrush = all;
  figure.brushByNumbers = byNumbers;
}

// ---------------------------------------------------------------- deep links
// A link to a layer opens it, and whatever it lies in.
// What comes behind a question mark says what to show there.
function openTarget() {
  let place = null;
  try {
    place = document.getElementById(decodeURIComponent(location.hash.slice(1).split("?")[0]));
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

document.documentElement.classList.add("with-script");
document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
document.querySelectorAll("[data-brushes]").forEach(makeBrush);
document.querySelectorAll("[data-explores]").forEach(makeExplorer);
document.querySelectorAll("input[data-filters]").forEach(makeFilter);
makeTheme(document.getElementById("theme"));
addEventListener("hashchange", openTarget);
openTarget();
