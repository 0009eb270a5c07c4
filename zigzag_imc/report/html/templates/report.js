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
  showFaint(table);
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
  drawCharts();
});
addEventListener("afterprint", () => {
  for (const one of closed) one.open = false;
});

document.documentElement.classList.add("with-script");
document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
makeCharts();
document.querySelectorAll("[data-brushes]").forEach(makeBrush);
document.querySelectorAll("[data-explores]").forEach(makeExplorer);
document.querySelectorAll("input[data-filters]").forEach(makeFilter);
makeTheme(document.getElementById("theme"));
addEventListener("hashchange", openTarget);
openTarget();
