// The table of an area's parts: columns by group, sorted by any of them, filtered by words or by the forecast.
const tableState = { group: 0, sortedBy: null, direction: -1, words: "", onlyLate: false };

/** `codes` in administrative order, in which the table stands until a column's head is pressed. */
function partsTable(month, title, codes, controls) {
  const rows = codes.map((code) => ({ code, name: nameOf(code), row: findArea(month, code).row }));
  const region = scrollRegion(`${title}表`);
  const status = element("p", { role: "status", class: "note" });
  const show = () => {
    const listed = sorted(rows.filter(isListed));
    const focused = region.contains(document.activeElement) ? document.activeElement.dataset.column : null;
    region.replaceChildren(areaTable(month, title, listed, show));
    status.textContent = `共${rows.length}个地区，列出${listed.length}个。${orderText()}`;
    if (focused) region.querySelector(`[data-column="${focused}"]`)?.focus(); // the button pressed was replaced
  };
  show();
  return element("div", {}, tableControls(show, controls), status, region);
}

function tableControls(show, others) {
  const change = (name) => (value) => {
    tableState[name] = value;
    show();
  };
  const groups = CONFIG.columns.map((group, place) => [String(place), group.title]);
  const words = element("input", {
    type: "search",
    value: tableState.words,
    input: (event) => change("words")(event.target.value),
  });
  return element(
    "div",
    { class: "controls" },
    others,
    choice("指标", groups, String(tableState.group), (value) => {
      tableState.sortedBy = null; // its column may be gone
      change("group")(Number(value));
    }),
    element("label", { class: "choice" }, "筛选地区", words),
    tick("只看预计6月30日有剩余的", tableState.onlyLate, change("onlyLate")),
  );
}

/** A withheld forecast may be one: it stays listed, so that the filter gives nothing away. */
function isListed({ code, name, row }) {
  const words = tableState.words.trim().split(/\s+/);
  if (!words.every((word) => name.includes(word) || code.startsWith(word))) return false;
  const left = figureOf(row, FORECAST);
  return !tableState.onlyLate || (left !== null && left !== 0);
}

function sorted(rows) {
  const { sortedBy, direction } = tableState;
  if (sortedBy === null) return rows;
  return [...rows].sort((a, b) => compareFigures(figureOf(a.row, sortedBy), figureOf(b.row, sortedBy), direction));
}

function orderText() {
  if (tableState.sortedBy === null) return "按行政区划顺序排列。";
  return `按“${INDICATORS.get(tableState.sortedBy).title}”${tableState.direction < 0 ? "从高到低" : "从低到高"}排列。`;
}

function areaTable(month, title, rows, show) {
  const names = CONFIG.columns[tableState.group].names;
  const heads = [null, ...names].map((name) => sortHead(name, show));
  const lines = rows.map(({ code, row }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, areaLink(month, code)),
      names.map((name) => element("td", {}, textOf(figureOf(row, name), name))),
    ),
  );
  return element(
    "table",
    { class: "areas" },
    element("caption", {}, title),
    element("thead", {}, element("tr", {}, heads)),
    element("tbody", {}, lines),
  );
}

/** `null`: the head of the areas themselves, which puts them back in administrative order. */
function sortHead(name, show) {
  const order = tableState.sortedBy !== name ? null : isRising(name) ? "ascending" : "descending";
  const title = name === null ? "地区" : INDICATORS.get(name).short;
  const sign = { ascending: "▲", descending: "▼" }[order] ?? "↕";
  const arrow = element("span", { "aria-hidden": "true", class: "arrow" }, sign);
  const button = element(
    "button",
    { type: "button", "data-column": name ?? "order", click: () => sortBy(name, show) },
    title,
    arrow,
  );
  return element("th", { scope: "col", "aria-sort": order }, button, element("span", { class: "paper" }, title));
}

const isRising = (name) => name === null || tableState.direction > 0;

/** First press falling, second rising; `null`: administrative order. */
function sortBy(name, show) {
  const again = name !== null && tableState.sortedBy === name;
  Object.assign(tableState, { sortedBy: name, direction: again ? -tableState.direction : -1 });
  show();
}
