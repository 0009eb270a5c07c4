// Points of a chart stand for rows of a table: what is chosen in one is shown in the other.

function rowsOf(figure) {
  return document.getElementById(figure.dataset.brushes);
}

// The row of a point: its target, or what stands for that in the table of layers.
function rowOfTarget(name) {
  const target = document.getElementById(name);
  return target?.tagName === "TR" ? target : document.getElementById(`row-${name}`);
}

function choose(figure, isChosen) {
  const table = rowsOf(figure);
  const kept = isChosen && new Set(figure.chart.points.filter(isChosen).map((point) => point.row));
  for (const row of table.tBodies[0].rows) hide(row, figure, Boolean(kept) && !kept.has(row));
  count(table);
}

function showFaint(table) {
  for (const figure of document.querySelectorAll("[data-brushes]")) if (rowsOf(figure) === table) figure.chart.refresh();
}

function rangeInputs(figure, apply) {
  const fields = document.createElement("fieldset");
  fields.className = "ranges";
  const legend = document.createElement("legend");
  legend.textContent = "Only points";
  fields.append(legend);
  ["x", "y"].forEach((axis, place) => {
    for (const end of ["from", "to"]) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.type = "number";
      input.step = "any";
      input.dataset.end = `${axis}-${end}`;
      input.addEventListener("input", apply);
      label.append(end === "from" ? `${figure.chart.labels[place]} from ` : "to ", input);
      fields.append(label);
    }
  });
  const clear = document.createElement("button");
  clear.type = "button";
  clear.textContent = "All";
  fields.append(clear);
  figure.append(fields);
  return [fields, clear];
}

function makeBrush(figure) {
  const { chart } = figure;
  const [fields, clear] = rangeInputs(figure, () => {
    removeRectangle();
    byNumbers();
  });
  const numbers = [...fields.querySelectorAll("input")];

  const removeRectangle = () => chart.view?.signal("brush_x", []).signal("brush_y", []).run();
  const all = () => {
    for (const input of numbers) input.value = "";
    removeRectangle();
    choose(figure, null);
  };
  const byNumbers = () => {
    const given = numbers.filter((input) => input.value !== "");
    const keeps = (point) => given.every((input) => {
      const [axis, end] = input.dataset.end.split("-");
      return end === "from" ? point[axis] >= Number(input.value) : point[axis] <= Number(input.value);
    });
    choose(figure, given.length ? keeps : null);
  };
  // What a rectangle chooses stands below as numbers, for others to see, to change, and for links.
  const byRectangle = (edges) => {
    const isWithin = (value, [one, other]) => value >= Math.min(one, other) && value <= Math.max(one, other);
    const chosen = chart.points.filter(({ x, y }) => isWithin(x, edges.right) && isWithin(y, edges.up));
    for (const input of numbers) {
      const [axis, end] = input.dataset.end.split("-");
      const values = chosen.map((point) => point[axis]);
      input.value = values.length ? (end === "from" ? Math.min(...values) : Math.max(...values)) : "";
    }
    if (chosen.length) byNumbers();
    else choose(figure, () => false);
  };

  chart.listeners.push((view) => {
    let waiting = 0;
    view.addSignalListener("brush", (name, edges) => {
      clearTimeout(waiting); // many, while a rectangle is drawn
      if (edges.right) waiting = setTimeout(() => byRectangle(edges), 50);
    });
    view.addEventListener("dblclick", all);
    view.addEventListener("click", (event, item) => {
      if (item?.datum?.target) location.hash = item.datum.target;
    });
  });
  clear.addEventListener("click", all);
  figure.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all();
  });
  figure.clearBrush = all;
  figure.brushByNumbers = byNumbers;
}
