// Line charts as SVG. Drawn from printed figures only: a withheld or missing one leaves a gap.
const CHART = { width: 420, height: 250, left: 58, right: 16, top: 18, bottom: 28 };
const DAY = 86400000;

const pathOf = (points) =>
  points
    .map(({ x, y }, place) =>
      y === null ? "" : `${place && points[place - 1].y !== null ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`,
    )
    .join("");

/** The least round number that is not below the greatest figure. */
function niceTop(numbers) {
  const greatest = Math.max(0, ...numbers);
  if (greatest === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(greatest));
  return [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((top) => top >= greatest);
}

function scaled(top) {
  const room = CHART.height - CHART.top - CHART.bottom;
  return (figure) => (isNumber(figure) ? CHART.height - CHART.bottom - (room * figure) / top : null);
}

/** The frame of a chart: horizontal lines with their numbers and labels below. */
function frame(title, top, kind, labels, ...marks) {
  const id = freshId();
  const y = scaled(top);
  const lines = [0, top / 2, top].flatMap((value) => [
    drawn("line", { class: "grid", x1: CHART.left, x2: CHART.width - CHART.right, y1: y(value), y2: y(value) }),
    drawn("text", { x: CHART.left - 6, y: y(value) + 4, "text-anchor": "end" }, axisText(value, kind)),
  ]);
  const names = labels.map(({ x, text, anchor }) =>
    drawn("text", { x, y: CHART.height - 8, "text-anchor": anchor ?? "middle" }, text),
  );
  const attributes = {
    viewBox: `0 0 ${CHART.width} ${CHART.height}`,
    role: "img",
    "aria-labelledby": id,
    class: "chart",
  };
  return drawn("svg", attributes, drawn("title", { id }, title), lines, names, ...marks);
}

const axisText = (value, kind) =>
  Number.isInteger(value) || kind === "count" ? grouped(Math.round(value * 10) / 10) : value.toFixed(1);

function dots(points) {
  return points
    .filter(({ y }) => y !== null)
    .map(({ x, y, text }) => drawn("circle", { cx: x, cy: y, r: 3.5 }, drawn("title", {}, text)));
}

/** One area's figure month by month, with the table behind it. */
function trendChart(month, code, name) {
  const { title, kind } = INDICATORS.get(name);
  const history = historyOf(month, code, name);
  const room = CHART.width - CHART.left - CHART.right - 40;
  const xAt = (place) => CHART.left + 20 + (history.length > 1 ? (room * place) / (history.length - 1) : room / 2);
  const top = niceTop(history.map((one) => one.figure).filter(isNumber));
  const points = history.map((one, place) => ({
    x: xAt(place),
    y: scaled(top)(one.figure),
    text: `${one.title}：${textOf(one.figure, name)}`,
  }));
  const step = Math.ceil(history.length / 6);
  const labels = history
    .map((one, place) => ({ x: xAt(place), text: one.month }))
    .filter((_, place) => (history.length - 1 - place) % step === 0);
  const caption = `${nameOf(code)}各月${title}`;
  const marks = [drawn("path", { class: "line", d: pathOf(points) }), dots(points), lastLabel(points, history, name)];
  const drawing = points.some(({ y }) => y !== null)
    ? frame(caption, top, kind, labels, marks)
    : element("p", { class: "note" }, "各月的数均不予列出或无数据，不绘图。");
  const rows = history.map((one) => [one.title, dateText(one.asOf), textOf(one.figure, name)]);
  return element(
    "figure",
    {},
    element("figcaption", {}, caption),
    drawing,
    dataTable(caption, ["月份", "统计截止日期", title], rows),
  );
}

function lastLabel(points, history, name) {
  const point = points.at(-1);
  if (point.y === null) return null;
  const text = textOf(history.at(-1).figure, name);
  return drawn(
    "text",
    {
      class: "value",
      x: Math.min(point.x, CHART.width - 8 - 4 * text.length),
      y: Math.max(point.y - 9, 11),
      "text-anchor": "middle",
    },
    text,
  );
}

/** What is pending, the straight line to none on 30 June, and where the present pace leads. */
function burnDown(month, code) {
  const { asOf, deadline } = monthOf(month);
  const { row } = findArea(month, code);
  const pending = figureOf(row, PENDING);
  const history = historyOf(month, code, PENDING).filter((one) => one.deadline === deadline);
  const ends = forecastEnd(month, row, asOf, deadline);
  const caption = `${nameOf(code)}待处理问题学籍距${dateText(deadline)}的进度`;
  const svg = isNumber(pending) ? burnDownSvg(caption, history, { asOf, pending, deadline, ends }) : null;
  const rows = history.map((one) => [dateText(one.asOf), textOf(one.figure, PENDING), NO_FIGURE, NO_FIGURE]);
  rows.push([
    dateText(deadline),
    NO_FIGURE,
    isNumber(pending) ? "0" : NO_FIGURE,
    textOf(figureOf(row, FORECAST), FORECAST),
  ]);
  return element(
    "figure",
    {},
    element("figcaption", {}, caption),
    svg,
    element("p", { class: "note" }, forecastText(row, deadline)),
    dataTable(caption, ["日期", "待处理（例）", "按期办结所需（例）", "按目前进度预计（例）"], rows),
  );
}

/** Day and height where the forecast line ends: at 30 June, or on the earlier day on which nothing is left. */
function forecastEnd(month, row, asOf, deadline) {
  const left = figureOf(row, FORECAST);
  if (!isNumber(left)) return null;
  const days = figureOf(row, "forecast_working_days");
  const available = figureOf(findArea(month, NATION)?.row, "working_days_left");
  const whole = Date.parse(deadline) - Date.parse(asOf);
  const share = left === 0 && isNumber(days) && available > 0 ? Math.min(1, days / available) : 1;
  return { at: Date.parse(asOf) + share * whole, left };
}

function burnDownSvg(caption, history, { asOf, pending, deadline, ends }) {
  const top = niceTop([...history.map((one) => one.figure), ends?.left].filter(isNumber));
  const [from, to] = [Date.parse(history[0].asOf), Date.parse(deadline)];
  const xAt = (time) =>
    CHART.left + ((CHART.width - CHART.left - CHART.right - 20) * (time - from)) / Math.max(DAY, to - from) + 10;
  const at = (time, figure) => ({ x: xAt(time), y: scaled(top)(figure) });
  const now = at(Date.parse(asOf), pending);
  const actual = history.map((one) => ({
    ...at(Date.parse(one.asOf), one.figure),
    text: `${dateText(one.asOf)}：${textOf(one.figure, PENDING)}`,
  }));
  const labels = [
    { x: xAt(from), text: history[0].asOf, anchor: "start" },
    { x: CHART.width - 4, text: deadline, anchor: "end" },
  ];
  const marks = [
    drawn("path", { class: "line", d: pathOf(actual) }),
    drawn("path", { class: "needed", d: pathOf([now, at(to, 0)]) }),
    ends && drawn("path", { class: "forecast", d: pathOf([now, at(ends.at, ends.left)]) }),
    dots(actual),
  ];
  return element("div", {}, frame(caption, top, "count", labels, marks), legend(ends !== null));
}

function legend(hasForecast) {
  const sign = (kind) =>
    drawn(
      "svg",
      { class: "sign", viewBox: "0 0 36 8", "aria-hidden": "true" },
      drawn("path", { class: kind, d: "M0,4L36,4" }),
    );
  const items = [["line", "实际"], ["needed", "按期办结所需"], ...(hasForecast ? [["forecast", "按目前进度"]] : [])];
  return element(
    "ul",
    { class: "legend" },
    items.map(([kind, title]) => element("li", {}, sign(kind), title)),
  );
}

function forecastText(row, deadline) {
  const left = figureOf(row, FORECAST);
  const day = dateText(deadline);
  if (left === null) return "尚无上期数据或学生数不足，不作预测。";
  if (!isNumber(left)) return "预测涉及小于5的数，不予列出。";
  return left === 0
    ? `按目前进度，预计${day}前可全部办结。`
    : `按目前进度，预计至${day}尚余${textOf(left, FORECAST)}例。`;
}
