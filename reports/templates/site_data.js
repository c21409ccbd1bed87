// What the page was written with, and the data files, each read when an area in it is first opened.
// A page opened from a file share may not fetch, but it may load scripts: a data file is a call of xuejiData.
const CONFIG = JSON.parse(document.getElementById("config").textContent);
const MONTHS = CONFIG.months.map((one) => one.month); // oldest first
const NATION = "00";
const received = new Map();
const requests = new Map();

window.xuejiData = (name, content) => received.set(name, content);

function load(name) {
  if (!requests.has(name)) requests.set(name, request(name));
  return requests.get(name);
}

function request(name) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const fail = () => {
      requests.delete(name); // the share may be back at the next try
      reject(new Error(`数据文件 data/${name}.js 未能读取，请确认 site 文件夹完整后重试。`));
    };
    script.src = `data/${name}.js`;
    script.onload = () => (received.has(name) ? resolve(received.get(name)) : fail());
    script.onerror = fail;
    document.head.append(script);
  });
}

/** Loads what the view of an area needs. */
async function loadArea(code) {
  await load(NATION);
  if (code !== NATION && received.get(NATION).areas[unitOf(code)]) await load(unitOf(code));
}

// Divisions 6590xx are those of 兵团.
const unitOf = (code) => (code.startsWith("6590") ? "66" : code.slice(0, 2));
const fileOf = (code) => received.get(code.length === 2 ? NATION : unitOf(code));
const levelOf = (code) => CONFIG.levels[fileOf(code)?.areas[code]?.[0]];
const nameOf = (code) => fileOf(code)?.areas[code]?.[1] ?? code;

/** The row of an area in a month and the code of its parent then; null without figures. */
function findArea(month, code) {
  for (const [parent, rows] of Object.entries(fileOf(code)?.figures[month] ?? {})) {
    if (rows[code]) return { parent, row: rows[code] };
  }
  return null;
}

/** Administrative order; the records whose school is in no county last. */
function inOrder(codes) {
  const key = (code) => (code.endsWith("0000") ? `${code.slice(0, 2)}~` : code);
  return codes.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Codes of an area's parts in a month. */
function partsOf(month, code) {
  const file = code === NATION ? received.get(NATION) : received.get(unitOf(code));
  return inOrder(Object.keys(file?.figures[month]?.[code] ?? {}));
}

/** Codes of all county-level areas of a unit in a month. */
function countiesOf(month, unit) {
  const groups = Object.values(received.get(unit)?.figures[month] ?? {});
  return inOrder(groups.flatMap(Object.keys).filter((code) => levelOf(code) === "county"));
}

/** Codes from the nation down to the area itself. */
function pathTo(month, code) {
  const path = [];
  for (let at = code; at; at = findArea(month, at)?.parent) path.unshift(at);
  return path;
}

/** Names and addresses of an area's bulletin in each format there is. */
function editionsOf(month, code, row) {
  return CONFIG.formats
    .filter((_, place) => row[0] & (1 << place))
    .map(([kind, title]) => [title, `../bulletins/${month}/${levelOf(code)}-${code}.${kind}`]);
}
