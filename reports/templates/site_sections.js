// The sections of an area's view.
function keyFigures(month, code, row) {
  const before = findArea(previousMonth(month), code)?.row;
  const cards = CONFIG.keyFigures.map(([name, change]) => keyFigure(name, change, row, before));
  return section("主要指标", element("dl", { class: "cards" }, cards));
}

function keyFigure(name, change, row, before) {
  const notes = [];
  if (name === "pending_total_per_10000" && isNumber(figureOf(row, name))) notes.push(intervalText(row));
  if (name === "quality_index" && figureOf(row, "quality_class") !== null)
    notes.push(`等级：${textOf(figureOf(row, "quality_class"), "quality_class")}`);
  if (name === FORECAST && figureOf(row, "counties_missing") !== null) notes.push(countiesText(row));
  if (before) notes.push(`上期：${textOf(figureOf(before, name), name)}`);
  if (change && figureOf(row, change) !== null)
    notes.push(`${INDICATORS.get(change).short}：${textOf(figureOf(row, change), change)}`);
  return element(
    "div",
    {},
    element("dt", {}, INDICATORS.get(name).title),
    element("dd", { class: "figure" }, textOf(figureOf(row, name), name)),
    notes.map((note) => element("dd", { class: "note" }, note)),
  );
}

function intervalText(row) {
  const [low, high] = ["low", "high"]
    .map((end) => `pending_total_per_10000_${end}`)
    .map((name) => textOf(figureOf(row, name), name));
  return `95%区间：${low}至${high}`;
}

function countiesText(row) {
  const [missing, all] = ["counties_missing", "counties"].map((name) => textOf(figureOf(row, name), name));
  return `预计不能如期完成的县：${missing}个（共${all}个）`;
}

function files(month, code, row) {
  const { title, facts } = monthOf(month);
  const subject = `${nameOf(code)}${title}通报`;
  const own = editionsOf(month, code, row).map(([kind, address]) => fileLink(`${subject}（${kind}）`, address));
  const common = facts.map(([name, file]) => fileLink(`${title}${name}`, `../bulletins/${month}/${file}`));
  const links = [...own, ...common];
  return section(
    "通报文件",
    links.length ? element("ul", { class: "files" }, links) : element("p", {}, "本期本地区未印发通报。"),
  );
}

const fileLink = (title, href) => element("li", {}, element("a", { href }, title));

/** Pending by type, what moved since the previous bulletin, and for how long it has been pending. */
function composition(month, code, row) {
  const before = findArea(previousMonth(month), code)?.row;
  const cell = (name) => textOf(figureOf(row, name), name);
  const types = [...CONFIG.typeRows, [PENDING, "pending_total_change_percent"]].map(([name, change]) => [
    name === PENDING ? "合计" : INDICATORS.get(name).short,
    cell(name),
    textOf(figureOf(before, name), name),
    cell(change),
  ]);
  const line = (sign, name) => [`${sign}${INDICATORS.get(name).title}`, cell(name)];
  const flow = [
    line("", "cases_opening"),
    line("加：", "cases_new"),
    line("加：", "cases_reopened"),
    line("减：", "cases_closed"),
    ...["delete", "attest", "change", "cleared"].map((name) => [
      INDICATORS.get(`closed_by_${name}`).short,
      cell(`closed_by_${name}`),
    ]),
    ["期末待处理问题学籍", cell(PENDING)],
  ];
  const ages = ["10", "30", "60", "older"].map((age) => [
    INDICATORS.get(`pending_age_${age}`).short,
    cell(`pending_age_${age}`),
  ]);
  const rest = ["returned_total", "overdue_total", "audit_completion_percent"].map((name) => line("", name));
  return section(
    "构成与办理",
    element(
      "div",
      { class: "tables" },
      tableRegion("待处理问题学籍按类型（例）", ["类型", "本期", "上期", "较上期增减"], types),
      tableRegion("本期办理情况（例）", ["项目", "例数"], flow),
      tableRegion("积压时长与超期", ["项目", "数量"], [...ages, ...rest]),
    ),
  );
}

const charts = (month, code) =>
  section("趋势与进度", element("div", { class: "charts" }, trendChart(month, code, PENDING), burnDown(month, code)));

/** Forms of a campaign by step, and photos uploaded month by month; nothing where there is no campaign. */
function verification(month, code, row) {
  if (!CONFIG.formRows || figureOf(row, "forms_due") === null) return [];
  const cell = (name) => textOf(figureOf(row, name), name);
  const line = (name) => [INDICATORS.get(name).title, cell(name), NO_FIGURE];
  const steps = CONFIG.formRows.map(([name, percent]) => [INDICATORS.get(name).title, cell(name), cell(percent)]);
  const rows = [line("forms_due"), line("forms_excluded"), ...steps];
  const days = figureOf(row, "forms_working_days_left");
  const end = "录入修改窗口";
  const foreseen = figureOf(row, "forms_uploaded_forecast_percent");
  const note =
    days === null
      ? null
      : days === 0
        ? `${end}已关闭或当日关闭。`
        : `距${end}关闭还有${days}个工作日${foreseen === null ? "" : `，按近期进度，届时拍照上传率预计为${textOf(foreseen, "forms_uploaded_forecast_percent")}`}。`;
  return [
    section(
      "数据质量核查",
      element(
        "div",
        { class: "charts forms" },
        element(
          "div",
          {},
          tableRegion("《确认表》进展情况", ["项目", "数量", "占应核查学生"], rows),
          note && element("p", { class: "note" }, note),
        ),
        trendChart(month, code, "forms_uploaded_percent"),
      ),
    ),
  ];
}

/** Parts of the area; a unit's may be listed down to the counties at once. */
function parts(month, code) {
  const codes = partsOf(month, code);
  if (!codes.length) return [];
  const title = `${nameOf(code)}${code === NATION ? "各省份" : "各地区"}情况`;
  return [section(title, partsBody(month, code, title, codes)), section("各地区变化", smallMultiples(month, codes))];
}

const levelState = { isDeep: false };

function partsBody(month, code, title, codes) {
  const counties = code.length === 2 && code !== NATION ? countiesOf(month, code) : [];
  const body = element("div", {});
  const show = () =>
    body.replaceChildren(partsTable(month, title, levelState.isDeep && hasTwo ? counties : codes, control()));
  const hasTwo = codes.some((one) => levelOf(one) === "city");
  const control = () =>
    hasTwo
      ? choice(
          "列到",
          [
            ["city", "市级"],
            ["county", "县级"],
          ],
          levelState.isDeep ? "county" : "city",
          (value) => {
            levelState.isDeep = value === "county";
            show();
            body.querySelector("select").focus(); // it was replaced
          },
        )
      : null;
  show();
  return body;
}
