// Figures: a number, a mark in the place of a number that is withheld, or null.
const NO_FIGURE = "—";
const PENDING = "pending_total";
const FORECAST = "forecast_left";
const CLASSES = ["", "优", "良", "中", "待提升"];
const INDICATORS = new Map(CONFIG.indicators.map((one, place) => [one.name, { ...one, place: place + 1 }])); // 0 holds the editions

const isNumber = (figure) => typeof figure === "number";
const figureOf = (row, name) => row?.[INDICATORS.get(name).place] ?? null;

function textOf(figure, name) {
  if (figure === null) return NO_FIGURE;
  return isNumber(figure) ? numberText(figure, INDICATORS.get(name).kind) : figure;
}

function numberText(number, kind) {
  if (kind === "class") return CLASSES[number] ?? NO_FIGURE;
  if (kind === "count" || kind === "days") return grouped(Math.round(number));
  return number.toFixed(2).replace("-", "−") + (kind === "percent" ? "%" : "");
}

const grouped = (number) =>
  String(number)
    .replace(/\B(?=(\d{3})+$)/g, ",")
    .replace("-", "−");

/** For sorting: numbers by the direction (1 rising, -1 falling), withheld and missing figures last either way. */
function compareFigures(a, b, direction) {
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1;
  return isNumber(a) ? direction * (a - b) : 0;
}

/** An area's figure in every month up to the one shown. */
function historyOf(month, code, name) {
  return CONFIG.months
    .filter((one) => one.month <= month)
    .map((one) => ({ ...one, figure: figureOf(findArea(one.month, code)?.row, name) }));
}

const monthOf = (month) => CONFIG.months[MONTHS.indexOf(month)];
const previousMonth = (month) => MONTHS[MONTHS.indexOf(month) - 1] ?? null;
const dateText = (iso) => iso.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日");
