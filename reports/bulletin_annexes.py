"""The annexes (附件) of a bulletin: tables of counts by unit, or of one unit's own figures."""

from collections.abc import Mapping
from dataclasses import dataclass

from xueji.checks.model import PROBLEM_TYPES, UNITS, unit_short_name
from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import NO_FIGURE, Cell, Facts, number_cell
from xueji.reports.bulletin_sections import DeliverySection

SCOPE_TITLES = {"school": "同校", "county": "同县跨校", "city": "同市跨县", "province": "同省跨市", "national": "跨省"}
RATE_TITLE = "每万名学生"
CHANGE_TITLE = "较上期增减(%)"
MARKS_NOTE = "“<5”表示1至4；“*”表示为防止推算出小于5的数而不列出；“—”表示无此项数据。"


@dataclass(frozen=True)
class Column:
    title: str
    group: str = ""  # columns of one group stand under a common head


@dataclass(frozen=True)
class Row:
    title: str
    cells: tuple[Cell, ...]
    is_total: bool = False


@dataclass(frozen=True)
class Annex:
    """`corner` heads the first column, the row titles."""

    title: str
    corner: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def has_groups(self) -> bool:
        return any(column.group for column in self.columns)

    @property
    def head(self) -> list[tuple[str, int]]:
        """Runs of the upper head line: title and number of columns; an ungrouped column is a run of its own."""
        runs: list[tuple[str, int]] = []
        for column in self.columns:
            if column.group and runs and runs[-1][0] == column.group:
                runs[-1] = (column.group, runs[-1][1] + 1)
            else:
                runs.append((column.group or column.title, 1))
        return runs


def national_annexes(facts: Facts, deliveries: DeliverySection) -> tuple[Annex, ...]:
    return (
        pending_annex(facts),
        duplicates_annex(facts),
        quality_annex(facts),
        delivery_annex(deliveries),
        rules_annex(facts, ind.NATIONAL_CODE),
    )


def province_annexes(facts: Facts, code: str) -> tuple[Annex, ...]:
    return (comparison_annex(facts, code), scope_annex(facts, code), rules_annex(facts, code))


def _unit_rows(facts: Facts, cells_of: Mapping[str, tuple[Cell, ...]], total: str = "全国") -> tuple[Row, ...]:
    rows = tuple(Row(unit_short_name(code), cells_of[code]) for code in UNITS)
    return (*rows, Row(total, cells_of[ind.NATIONAL_CODE], is_total=True))


def pending_annex(facts: Facts) -> Annex:
    types = ind.PENDING_TYPES
    columns = (
        Column("学生数"),
        *(Column(PROBLEM_TYPES[kind].title) for kind in types),
        Column("合计"),
        Column(RATE_TITLE),
        Column(CHANGE_TITLE),
    )
    cells = {
        code: (
            number_cell(facts.number(code, ind.STUDENTS)) if facts.has_records(code) else Cell(NO_FIGURE),
            *(facts.count(code, ind.pending(kind)) for kind in types),
            facts.count(code, ind.PENDING_TOTAL),
            facts.rate(code, ind.PENDING_TOTAL),
            facts.change(code, ind.PENDING_TOTAL).cell,
        )
        for code in (*UNITS, ind.NATIONAL_CODE)
    }
    notes = (
        "问题学籍按例统计：同一学籍有两类问题的，各计1例；同一类问题有多项原因的，计1例。",
        MARKS_NOTE,
    )
    return Annex("全国待处理问题学籍情况统计表", "省份", columns, _unit_rows(facts, cells), notes)


def duplicates_annex(facts: Facts) -> Annex:
    scopes = {
        kind: [scope for scope in ind.SCOPES if kind == "DUP_ID" or scope != "national"] for kind in ind.DUPLICATE_TYPES
    }
    columns = tuple(
        Column(title, PROBLEM_TYPES[kind].title)
        for kind in ind.DUPLICATE_TYPES
        for title in (*(SCOPE_TITLES[scope] for scope in scopes[kind]), "合计")
    )
    cells = {
        code: tuple(
            facts.count(code, name)
            for kind in ind.DUPLICATE_TYPES
            for name in (*(ind.duplicates_in(kind, scope) for scope in scopes[kind]), ind.pending(kind))
        )
        for code in (*UNITS, ind.NATIONAL_CODE)
    }
    notes = (
        "重复范围为包含全部重复学籍的最低一级；无市级建制的，由县直接归入省。",
        "姓名性别出生日期重复仅统计一省之内无身份证件号的学籍，跨省相同的仅供参考，不计入。",
        MARKS_NOTE,
    )
    return Annex("全国重复问题学籍范围统计表", "省份", columns, _unit_rows(facts, cells), notes)


def quality_annex(facts: Facts) -> Annex:
    columns = tuple(
        Column(title, PROBLEM_TYPES[kind].title)
        for kind in ind.QUALITY_TYPES
        for title in ("学籍数", RATE_TITLE, CHANGE_TITLE)
    )
    cells = {
        code: tuple(
            cell
            for kind in ind.QUALITY_TYPES
            for cell in (
                facts.count(code, ind.quality(kind)),
                facts.rate(code, ind.quality(kind)),
                facts.change(code, ind.quality(kind)).cell,
            )
        )
        for code in (*UNITS, ind.NATIONAL_CODE)
    }
    notes = ("同一学籍缺项、有误或未更新不止一处的，在该类中计1条。", MARKS_NOTE)
    return Annex("全国学籍数据质量情况统计表", "省份", columns, _unit_rows(facts, cells), notes)


def delivery_annex(section: DeliverySection) -> Annex:
    titles = ("报送结果", "文件数", "送达行数", "接收行数", "隔离行数", "在用数据日期", "滞后天数")
    rows = [
        Row(
            item.name,
            (
                Cell(item.verdict),
                number_cell(item.files),
                number_cell(item.rows_delivered),
                number_cell(item.rows_accepted),
                number_cell(item.rows_quarantined),
                Cell(item.snapshot or NO_FIGURE),
                number_cell(item.stale_days),
            ),
        )
        for item in section.deliveries
    ]
    sums = (section.files, section.rows_delivered, section.rows_accepted, section.rows_quarantined)
    verdict = Cell(f"接收{len(section.of_verdict('接收'))}个")
    total = Row("全国", (verdict, *map(number_cell, sums), Cell(NO_FIGURE), Cell(NO_FIGURE)), is_total=True)
    notes = (
        "送达行数等于接收行数与隔离行数之和；整批退回的，其各行均计入隔离行数。",
        "行数是报送文件的处理情况，不反映学生情况，如数列出。",
    )
    return Annex("各省份数据报送情况统计表", "省份", tuple(map(Column, titles)), (*rows, total), notes)


def rules_annex(facts: Facts, code: str) -> Annex:
    """What the problems consist of. A record that breaks two rules of one type counts under each rule."""
    rows = tuple(
        Row(
            rule.title,
            (
                Cell(PROBLEM_TYPES[kind].title),
                facts.count(code, ind.rule_count(rule.id)),
                facts.previous_count(code, ind.rule_count(rule.id)),
            ),
        )
        for kind in (*ind.PENDING_TYPES, *ind.QUALITY_TYPES)
        for rule in facts.rules_of(kind)
    )
    notes = ("同一学籍不符合同一类别中几项规则的，各项规则均计1条，各项之和可大于该类合计。", MARKS_NOTE)
    columns = (Column("类别"), Column("本期"), Column("上期"))
    return Annex(f"{_place(code)}问题学籍和数据质量问题按核查规则统计表", "核查规则", columns, rows, notes)


def comparison_annex(facts: Facts, code: str) -> Annex:
    """One unit's problems beside the nation's rates, without any rank."""
    names = (
        *((ind.pending(kind), PROBLEM_TYPES[kind].title) for kind in ind.PENDING_TYPES),
        (ind.PENDING_TOTAL, "问题学籍合计"),
        *((ind.quality(kind), PROBLEM_TYPES[kind].title) for kind in ind.QUALITY_TYPES),
    )
    rows = tuple(
        Row(
            title,
            (
                facts.count(code, name),
                facts.previous_count(code, name),
                facts.change(code, name).cell,
                facts.rate(code, name),
                facts.rate(ind.NATIONAL_CODE, name),
            ),
            is_total=name == ind.PENDING_TOTAL,
        )
        for name, title in names
    )
    columns = (
        Column("本期"),
        Column("上期"),
        Column(CHANGE_TITLE),
        Column("本省份", RATE_TITLE),
        Column("全国", RATE_TITLE),
    )
    return Annex(f"{_place(code)}待处理问题学籍和数据质量情况统计表", "类别", columns, rows, (MARKS_NOTE,))


def scope_annex(facts: Facts, code: str) -> Annex:
    columns = (*(Column(SCOPE_TITLES[scope]) for scope in ind.SCOPES), Column("合计"))
    rows = tuple(
        Row(
            PROBLEM_TYPES[kind].title,
            (
                *(facts.count(code, ind.duplicates_in(kind, scope)) for scope in ind.SCOPES),
                facts.count(code, ind.pending(kind)),
            ),
        )
        for kind in ind.DUPLICATE_TYPES
    )
    return Annex(f"{_place(code)}重复问题学籍范围统计表", "类别", columns, rows, (MARKS_NOTE,))


def _place(code: str) -> str:
    return "全国" if code == ind.NATIONAL_CODE else unit_short_name(code)
