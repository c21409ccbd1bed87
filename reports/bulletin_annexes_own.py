"""Annexes about one area's own figures: a row a problem type, quality class, rule or measure."""

from collections.abc import Sequence

from xueji.checks.model import PROBLEM_TYPES, Rule
from xueji.reports import indicators as ind
from xueji.reports.bulletin_annexes_cases import ALL_TYPES_NOTE, SCOPE_NOTE, SCOPES_TITLE
from xueji.reports.bulletin_annexes_quality import CLASS_NOTE, INDEX_NOTE, QUALITY_NOTE, class_cell
from xueji.reports.bulletin_annexes_tables import (
    CHANGE_TITLE,
    MARKS_NOTE,
    RATE_TITLE,
    Annex,
    Column,
    Row,
    own_word,
    place,
    types_of,
)
from xueji.reports.bulletin_facts import NO_FIGURE, Cell, Facts, number_cell
from xueji.reports.bulletin_wording import TYPE_TITLES
from xueji.reports.indicator_definitions import SCOPE_TITLES
from xueji.reports.indicator_register import describe
from xueji.reports.suppression import WITHHELD_MARK

_FLOW_NOTE = f"{TYPE_TITLES['DUP_NSB']}的，只统计待处理数，不分列新下发和办结数。"
_PREVIOUS_NOTE = "期初为上期通报截止日的待处理数，按现有台账统计；与上期通报数不同的，见更正说明。"


def types_annex(facts: Facts, code: str) -> Annex:
    """What is pending by problem type beside the previous bulletin, with rates beside the nation's.

    Of the nation and its units also what came and went. The nation's own has the type left out as its last row.
    """
    is_national = code == ind.NATIONAL_CODE
    has_flow = facts.area(code).level in ind.UNIT_LEVELS
    kinds = (*types_of(facts, code), *(("DUP_NSB",) if is_national else ()))
    rows = (
        *(
            Row(TYPE_TITLES[kind], _type_cells(facts, code, kind, has_flow), indicator=ind.pending(kind))
            for kind in kinds
        ),
        Row("合计", _total_cells(facts, code, has_flow), is_total=True, indicator=ind.PENDING_TOTAL),
    )
    titles = ("上期通报数", *(("期初", "新下发和再次出现", "办结") if has_flow else ()), "期末", CHANGE_TITLE)
    columns = (*map(Column, titles), *_rate_columns(facts, code))
    title = f"{place(facts, code)}问题学籍分类增减情况统计表"
    flow_notes = (_PREVIOUS_NOTE, _FLOW_NOTE) if has_flow else ()
    notes = (*flow_notes, *((ALL_TYPES_NOTE,) if is_national else ()), MARKS_NOTE)
    return Annex(title, "类别", columns, rows, notes, "types")


def _type_cells(facts: Facts, code: str, kind: str, has_flow: bool) -> tuple[Cell, ...]:
    name = ind.pending(kind)
    return (
        facts.previous_count(code, name),
        *(facts.count(code, of(kind)) for of in (ind.opening, ind.entered, ind.closed) if has_flow),
        facts.count(code, name),
        facts.change(code, name).cell,
        *_rates(facts, code, name),
    )


def _total_cells(facts: Facts, code: str, has_flow: bool) -> tuple[Cell, ...]:
    flow = (facts.count(code, ind.CASES_OPENING), _entered(facts, code), facts.count(code, ind.CASES_CLOSED))
    return (
        facts.previous_count(code, ind.PENDING_TOTAL),
        *(flow if has_flow else ()),
        facts.count(code, ind.PENDING_TOTAL),
        facts.change(code, ind.PENDING_TOTAL).cell,
        *_rates(facts, code, ind.PENDING_TOTAL),
    )


def own_flow_annex(facts: Facts, code: str) -> Annex:
    """What came and went, who is late and for how long, of an area that is not divided further."""
    names = (*ind.FLOW, ind.PENDING_TOTAL, *ind.WAITING, *ind.AUDITS)
    rows = tuple(
        Row(item.title, (facts.count(code, item.name),), item.name == ind.PENDING_TOTAL, item.name)
        for item in map(describe, names)
    )
    title = f"{place(facts, code)}问题学籍增减和办理情况统计表"
    return Annex(title, "项目", (Column("数量"),), rows, (MARKS_NOTE,), "flow")


def _entered(facts: Facts, code: str) -> Cell:
    """New and reopened cases of all types: printed only where both are."""
    new, reopened = facts.count(code, ind.CASES_NEW), facts.count(code, ind.CASES_REOPENED)
    if new.value is not None and reopened.value is not None:
        return number_cell(new.value + reopened.value)
    return Cell(WITHHELD_MARK if new.is_mark or reopened.is_mark else NO_FIGURE)


def _rates(facts: Facts, code: str, name: str) -> tuple[Cell, ...]:
    own = facts.rate(code, name)
    return (own,) if code == ind.NATIONAL_CODE else (own, facts.rate(ind.NATIONAL_CODE, name))


def _rate_columns(facts: Facts, code: str) -> tuple[Column, ...]:
    if code == ind.NATIONAL_CODE:
        return (Column(RATE_TITLE),)
    return Column(own_word(facts, code), RATE_TITLE), Column("全国", RATE_TITLE)


def own_scopes_annex(facts: Facts, code: str) -> Annex:
    """One unit's duplicates of numbers by the level that holds all parties."""
    names = (*(ind.duplicates_in("DUP_ID", scope) for scope in ind.SCOPES), ind.pending("DUP_ID"))
    row = Row(TYPE_TITLES["DUP_ID"], tuple(facts.count(code, name) for name in names), indicator=ind.pending("DUP_ID"))
    columns = (*(Column(SCOPE_TITLES[scope]) for scope in ind.SCOPES), Column("合计"))
    return Annex(f"{place(facts, code)}{SCOPES_TITLE}", "类别", columns, (row,), (SCOPE_NOTE, MARKS_NOTE), "scopes")


def rules_annex(facts: Facts, code: str) -> Annex:
    """What the problems consist of. A record that breaks two rules of one type counts under each rule."""
    rules = tuple(rule for kind in (*ind.PENDING_TYPES, *ind.QUALITY_TYPES) for rule in facts.rules_of(kind))
    rows = tuple(Row(rule.title, _rule_cells(facts, code, rule), indicator=ind.rule_count(rule.id)) for rule in rules)
    note = "同一学籍不符合同一类别中几项规则的，各项规则均计1条，各项之和可大于该类合计。"
    columns = (Column("类别"), Column("本期"), Column("上期"))
    title = f"{place(facts, code)}问题学籍和数据质量问题按核查规则统计表"
    return Annex(title, "核查规则", columns, rows, (note, MARKS_NOTE), "rules", rules)


def _rule_cells(facts: Facts, code: str, rule: Rule) -> tuple[Cell, ...]:
    kind, name = rule.problem_type, ind.rule_count(rule.id)
    title = TYPE_TITLES.get(kind, PROBLEM_TYPES[kind].title)
    return Cell(title), facts.count(code, name), facts.previous_count(code, name)


def own_quality_annex(facts: Facts, code: str) -> Annex:
    """The quality classes of an area that is not divided further."""
    rows = tuple(
        Row(
            PROBLEM_TYPES[kind].title,
            (
                facts.count(code, name),
                facts.previous_count(code, name),
                facts.change(code, name).cell,
                *_rates(facts, code, name),
            ),
            indicator=name,
        )
        for kind, name in ((kind, ind.quality(kind)) for kind in ind.QUALITY_TYPES)
    )
    columns = (*map(Column, ("本期", "上期", CHANGE_TITLE)), *_rate_columns(facts, code))
    title = f"{place(facts, code)}学籍数据质量情况统计表"
    return Annex(title, "类别", columns, rows, (QUALITY_NOTE, MARKS_NOTE), "quality")


def own_index_annex(facts: Facts, code: str) -> Annex:
    """The index and what it is made of, beside the nation's."""
    names: Sequence[str] = (ind.COVERAGE_PERCENT, *ind.QUALITY_PARTS, ind.QUALITY_INDEX)
    codes = (code, ind.NATIONAL_CODE)
    rows = (
        *(
            Row(
                f"{item.title}（{item.measure}）",
                tuple(facts.figure(of, item.name) for of in codes),
                indicator=item.name,
            )
            for item in map(describe, names)
        ),
        Row(
            describe(ind.QUALITY_CLASS).title,
            tuple(class_cell(facts, of) for of in codes),
            indicator=ind.QUALITY_CLASS,
        ),
    )
    columns = (Column(own_word(facts, code)), Column("全国"))
    title = f"{place(facts, code)}学籍数据质量综合指数情况统计表"
    return Annex(title, "项目", columns, rows, (INDEX_NOTE, CLASS_NOTE, MARKS_NOTE), "index")
