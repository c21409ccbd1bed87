// Elements by code: text is always text, never markup.
function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null));
  return node;
}

let idCount = 0;
const freshId = () => `n${++idCount}`;

const addressOf = (month, code) => `#/${month}/${code}`;
const areaLink = (month, code) => element("a", { href: addressOf(month, code) }, nameOf(code));

function section(title, ...children) {
  const id = freshId();
  return element("section", { "aria-labelledby": id }, element("h2", { id }, title), ...children);
}

/** A table that scrolls inside its region, never the page. `rows`: cells, each text or a node; the first heads its row. */
function tableRegion(caption, heads, rows, { scrolls = true } = {}) {
  const head = heads.map((cell) => element("th", { scope: "col" }, cell));
  const body = rows.map(([first, ...rest]) =>
    element("tr", {}, element("th", { scope: "row" }, first), ...rest.map((cell) => element("td", {}, cell))),
  );
  const table = element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, head)),
    element("tbody", {}, body),
  );
  return scrolls ? scrollRegion(caption, table) : table;
}

function scrollRegion(label, ...children) {
  return element("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, ...children);
}

/** The table behind a chart. */
function dataTable(caption, heads, rows) {
  return element("details", {}, element("summary", {}, `数据表：${caption}`), tableRegion(caption, heads, rows));
}

function choice(label, options, selected, onChange) {
  const id = freshId();
  const items = options.map(([value, title]) => element("option", { value, selected: value === selected }, title));
  const select = element("select", { id, change: (event) => onChange(event.target.value) }, items);
  return element("span", { class: "choice" }, element("label", { for: id }, label), select);
}

function tick(label, checked, onChange) {
  const box = element("input", { type: "checkbox", checked, change: (event) => onChange(event.target.checked) });
  return element("label", { class: "choice" }, box, label);
}
