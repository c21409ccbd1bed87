// One small line chart a part, side by side.
const MINI = { width: 140, height: 48, edge: 5 };
const multiplesState = { name: CONFIG.chartIndicators[0], isCommon: true };

function smallMultiples(month, codes) {
  const body = element("div", {});
  const show = () => body.replaceChildren(...multiplesBody(month, codes));
  const change = (name) => (value) => {
    multiplesState[name] = value;
    show();
  };
  const options = CONFIG.chartIndicators.map((name) => [name, INDICATORS.get(name).title]);
  const controls = [
    choice("小图指标", options, multiplesState.name, change("name")),
    tick("统一纵轴", multiplesState.isCommon, change("isCommon")),
  ];
  show();
  return element("div", {}, element("div", { class: "controls" }, controls), body);
}

function multiplesBody(month, codes) {
  const { name, isCommon } = multiplesState;
  const histories = codes.map((code) => ({ code, history: historyOf(month, code, name) }));
  const numbersOf = ({ history }) => history.map((one) => one.figure).filter(isNumber);
  const common = niceTop(histories.flatMap(numbersOf));
  const items = histories.map((one) => multiple(month, one, name, isCommon ? common : niceTop(numbersOf(one))));
  const title = `各地区各月${INDICATORS.get(name).title}`;
  const heads = ["地区", ...CONFIG.months.filter((one) => one.month <= month).map((one) => one.title)];
  const rows = histories.map(({ code, history }) => [nameOf(code), ...history.map((one) => textOf(one.figure, name))]);
  const note = isCommon
    ? `各图纵轴均为0至${numberText(common, INDICATORS.get(name).kind)}。`
    : "各图纵轴均从0起，高度各不相同。";
  return [
    element("p", { class: "note" }, note),
    element("ul", { class: "multiples" }, items),
    dataTable(title, heads, rows),
  ];
}

function multiple(month, { code, history }, name, top) {
  const x = (place) =>
    MINI.edge +
    ((MINI.width - 2 * MINI.edge) * (place + (history.length === 1 ? 0.5 : 0))) / Math.max(1, history.length - 1);
  const y = (figure) =>
    isNumber(figure) ? MINI.height - MINI.edge - ((MINI.height - 2 * MINI.edge) * figure) / top : null;
  const points = history.map((one, place) => ({
    x: x(place),
    y: y(one.figure),
    text: `${one.title}：${textOf(one.figure, name)}`,
  }));
  const last = textOf(history.at(-1).figure, name);
  const id = freshId();
  const title = drawn("title", { id }, `${nameOf(code)}各月${INDICATORS.get(name).title}，本期${last}`);
  const base = MINI.height - MINI.edge;
  const svg = drawn(
    "svg",
    { viewBox: `0 0 ${MINI.width} ${MINI.height}`, role: "img", "aria-labelledby": id, class: "mini" },
    title,
    drawn("line", { class: "grid", x1: 0, x2: MINI.width, y1: base, y2: base }),
    drawn("path", { class: "line", d: pathOf(points) }),
    dots(points).slice(-1),
  );
  return element(
    "li",
    {},
    element("div", { class: "multiple-head" }, areaLink(month, code), element("span", {}, last)),
    svg,
  );
}
