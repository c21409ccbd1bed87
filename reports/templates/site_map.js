// The nation as tiles, each a link with its name and figure; the colour says which fifth of the units it is in.
const STEPS = 5;
const mapState = { name: CONFIG.mapIndicators[0] };

function tileMap(month) {
  const body = element("div", {});
  const show = () => body.replaceChildren(...mapBody(month, mapState.name));
  const options = CONFIG.mapIndicators.map((name) => [name, INDICATORS.get(name).title]);
  const choose = choice("地图指标", options, mapState.name, (name) => {
    mapState.name = name;
    show();
  });
  show();
  return element("div", {}, element("div", { class: "controls" }, choose), body);
}

function mapBody(month, name) {
  const figures = new Map(partsOf(month, NATION).map((code) => [code, figureOf(findArea(month, code).row, name)]));
  const bounds = stepBounds([...figures.values()].filter(isNumber));
  const items = CONFIG.tiles.map((tile) => mapTile(month, tile, figures, bounds, name));
  const note = "方格图只示意各省份相邻关系，不表示实际位置、面积和边界；统计范围不含香港、澳门特别行政区和台湾省。";
  const map = element("div", { class: "map" }, element("ol", { class: "tiles" }, items), mapLegend(bounds, name));
  return [map, element("p", { class: "note" }, note)];
}

/** Least figure of each step; equal figures are in one step, so that there may be fewer than five. */
function stepBounds(numbers) {
  const ordered = [...numbers].sort((a, b) => a - b);
  const bounds = Array.from({ length: STEPS }, (_, step) => ordered[Math.floor((step * ordered.length) / STEPS)]);
  return [...new Set(bounds)].filter((bound) => bound !== undefined);
}

const stepOf = (figure, bounds) => bounds.filter((bound) => bound <= figure).length;

function mapTile(month, { code, name, row, column, has_figures: hasFigures }, figures, bounds, indicator) {
  const place = `grid-row:${row};grid-column:${column}`;
  if (!hasFigures) return element("li", { class: "tile outside", style: place }, name);
  if (!figures.has(code))
    return element("li", { class: "tile missing", style: place }, name, element("span", {}, NO_FIGURE));
  const figure = figures.get(code);
  const shade = isNumber(figure) ? `step${stepOf(figure, bounds)}` : "missing";
  const link = element(
    "a",
    { class: `tile ${shade}`, href: addressOf(month, code) },
    name,
    element("span", {}, tileText(figure, indicator)),
  );
  return element("li", { style: place }, link);
}

/** Short enough for a tile on a phone: 12.3万. */
function tileText(figure, name) {
  const isCount = ["count", "days"].includes(INDICATORS.get(name).kind);
  if (!isNumber(figure) || !isCount || Math.abs(figure) < 100000) return textOf(figure, name);
  return `${(figure / 10000).toFixed(1)}万`;
}

function mapLegend(bounds, name) {
  const items = bounds.map((bound, place) => {
    const next = bounds[place + 1];
    const range =
      next === undefined ? `${textOf(bound, name)}及以上` : `${textOf(bound, name)}至不足${textOf(next, name)}`;
    return element("li", {}, element("span", { class: `swatch step${place + 1}`, "aria-hidden": "true" }), range);
  });
  const missing = element(
    "li",
    {},
    element("span", { class: "swatch missing", "aria-hidden": "true" }),
    "不予列出或无数据",
  );
  return element("ul", { class: "legend", "aria-label": `图例：${INDICATORS.get(name).title}` }, items, missing);
}
