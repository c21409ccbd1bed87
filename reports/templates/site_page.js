// The page: from the address (#/month/area) to the view, and the controls in its head.
const main = document.getElementById("main");
const trail = document.getElementById("trail");
const monthSelect = document.getElementById("month");
const viewStatus = document.getElementById("view-status");
const siteTitle = document.title;
const shownView = { month: null, code: null };

/** Month and area of the address; the newest month and the nation where it names none. */
function addressed() {
  const [, month, code] = location.hash.match(/^#\/(\d{4}-\d{2})(?:\/(\d+))?$/) ?? [];
  return { month: MONTHS.includes(month) ? month : MONTHS.at(-1), code: code ?? NATION };
}

function goTo(code) {
  const address = addressOf(addressed().month, code);
  if (location.hash === address) main.querySelector("h1")?.focus();
  else location.hash = address;
}

function showError(error) {
  main.replaceChildren(
    element("h1", { tabindex: "-1" }, "页面未能显示"),
    element("p", { role: "alert" }, error.message),
  );
}

async function showView() {
  const { month, code } = addressed();
  const isStart = shownView.code === null;
  const isOtherArea = shownView.code !== code;
  await loadArea(code);
  if (addressed().month !== month || addressed().code !== code) return; // the reader has moved on meanwhile
  Object.assign(shownView, { month, code });
  if (isOtherArea) Object.assign(tableState, { words: "", sortedBy: null });
  monthSelect.value = month;
  const found = findArea(month, code);
  const title = `${nameOf(code)} ${monthOf(month).title}`;
  document.title = `${title}－${siteTitle}`;
  trail.replaceChildren(...crumbs(month, code, found));
  main.replaceChildren(...(found ? view(month, code, found.row, title) : [heading(title), nothing(month)]));
  if (isStart) return;
  if (isOtherArea) scrollTo(0, 0);
  if (document.activeElement === monthSelect) viewStatus.textContent = `已显示${title}`;
  else main.querySelector("h1").focus({ preventScroll: true });
}

const heading = (title) => element("h1", { tabindex: "-1" }, title);
const nothing = (month) =>
  element(
    "p",
    {},
    "本期没有此地区的数据，可选其他月份，或",
    element("a", { href: addressOf(month, NATION) }, "返回全国"),
    "。",
  );

function view(month, code, row, title) {
  const { asOf } = monthOf(month);
  return [
    heading(title),
    element("p", { class: "as-of" }, `统计截止日期：${dateText(asOf)}`),
    keyFigures(month, code, row),
    files(month, code, row),
    ...(code === NATION ? [section("各省份分布", tileMap(month))] : []),
    charts(month, code),
    ...verification(month, code, row),
    ...parts(month, code),
    composition(month, code, row),
  ];
}

function crumbs(month, code, found) {
  const path = found ? pathTo(month, code) : [NATION, code];
  return path.map((at) =>
    element("li", {}, at === code ? element("span", { "aria-current": "page" }, nameOf(at)) : areaLink(month, at)),
  );
}

/** Paper shows the tables behind the charts, the screen what the reader opened. */
function printWhole(isPrinting) {
  for (const details of document.querySelectorAll("details")) {
    if (isPrinting) {
      details.dataset.wasOpen = String(details.open);
      details.open = true;
    } else if (details.dataset.wasOpen) details.open = details.dataset.wasOpen === "true";
  }
}

function start() {
  monthSelect.append(
    ...[...CONFIG.months].reverse().map(({ month, title }) => element("option", { value: month }, title)),
  );
  monthSelect.addEventListener("change", () => (location.hash = addressOf(monthSelect.value, addressed().code)));
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address belongs to the view
    main.querySelector("h1")?.focus();
  });
  matchMedia("print").addEventListener("change", (event) => printWhole(event.matches));
  addEventListener("hashchange", () => showView().catch(showError));
  startSearch();
  showView().catch(showError);
}

if (MONTHS.length) start();
