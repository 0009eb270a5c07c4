// The chart of a sweep: another network, other axes; its front, and what is on it.

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
  const [x, y] = chart.labels;
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
    const name = point.row.querySelector("th[scope=row]").cloneNode(true);
    const cells = axes.map((axis) => {
      const cell = document.createElement("td");
      cell.className = "n";
      cell.textContent = point.row.cells[axis.column].textContent;
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
  const figure = document.getElementById(place.dataset.explores).closest(".charted");
  const { chart } = figure;
  const points = chart.points; // of all networks
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
  const isAsked = (row) => selects.network.value === "all" || row.dataset.q === selects.network.value;

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
    const along = axes();
    const shown = chart.points.filter((point) => !point.row.hidden);
    const hasFront = along.every((axis) => axis.sign) && selects.network.value !== "all"; // else nobody can say what is better
    const front = hasFront ? frontOf(shown, along[0].sign, along[1].sign) : [];
    const corners = front.flatMap(({ x, y }, place) => (place ? [[x, front[place - 1].y], [x, y]] : [[x, y]]));
    chart.lines = corners.length > 1 ? [{ label: "front of what is shown", corners, isDashed: false }] : [];
    chart.refresh();
    const listed = (hasFront ? front : shown).slice(0, MOST_LISTED);
    const of = hasFront ? `On the front: ${front.length} of ${shown.length} points shown` : `Points shown: ${shown.length}`;
    listPoints(list, listed, along, listed.length < (hasFront ? front : shown).length ? `${of}; the first ${listed.length}` : of);
    writeLink();
  };
  const draw = () => {
    for (const row of table.tBodies[0].rows) hide(row, "network", !isAsked(row));
    const [xAxis, yAxis] = axes();
    chart.undraw();
    chart.labels = [xAxis.name, yAxis.name];
    chart.points = points
      .filter((point) => isAsked(point.row))
      .map((point) => ({ ...point, x: valueOf(point.row, xAxis.column), y: valueOf(point.row, yAxis.column) }))
      .filter((point) => typeof point.x === "number" && typeof point.y === "number");
    figure.querySelectorAll(".ranges label:nth-of-type(odd)").forEach((label, axis) => {
      label.firstChild.textContent = `${chart.labels[axis]} from `;
    });
    figure.clearBrush(); // finds the front of all that is asked for
    chart.draw();
  };
  for (const select of Object.values(selects)) select.addEventListener("change", draw);
  table.addEventListener("shown", showFront);
  addEventListener("hashchange", () => {
    if (location.hash.includes("?")) readLink();
  });
  readLink();
  isRead = true;
}
