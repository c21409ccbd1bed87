"""The workbook of an acceptance check: every deviation with room for its explanation, and the tables of the page.

It goes to the province alone and comes back as docking_answers*: 偏差编号 and what is filled in are read again.
"""

from collections.abc import Iterator

from xueji.reports.bulletin_wording import full_date
from xueji.reports.docking_report import DockingReport, SchoolTally, percent
from xueji.reports.table_workbook import Cell, Column, Sheet, render_workbook

VERDICTS = {True: "符合", False: "不符合", None: "—"}
HOW_TO = (
    "请逐条分析原因，填写“原因说明”“整改措施”“说明人”“说明日期”（如2026-09-01）四栏，其余各栏请勿改动；"
    "以docking_answers开头命名后放入本单位报送目录。没有填写原因说明的行不予接收。"
)
PRIVATE = (
    "个人信息已作遮蔽，可按学籍号或学籍辅号在自建系统和全国学籍系统中查看。内含个人信息，仅限本单位内部使用，不得外传。"
)
COLUMNS = (
    Column("偏差编号", 14), Column("检查项目", 30), Column("学校标识码", 13), Column("学校名称", 22), Column("项目", 18),
    Column("记录（学籍号或学籍辅号）", 26), Column("自建系统", 18), Column("全国系统", 18), Column("涉及记录数", 9),
    Column("首次发现", 12), Column("原因说明", 34), Column("整改措施", 30), Column("说明人", 10), Column("说明日期", 12),
)  # fmt: skip
SIGN_OFF = ("省级负责人（签字）：", "检查人（签字）：", "日期：      年   月   日")


def docking_workbook(values: DockingReport) -> bytes:
    """The workbook's bytes. The same values give the same bytes."""
    sheets = [_deviations(values), _checks(values), _fields(values), _schools(values)]
    if values.mended:
        sheets.append(_mended(values))
    return render_workbook(sheets, values.title, values.night)


def _deviations(values: DockingReport) -> Sheet:
    rows = tuple(
        (
            deviation.number, deviation.check, deviation.school_code, deviation.school_name, deviation.field,
            deviation.about, deviation.shown(deviation.local_value), deviation.shown(deviation.central_value),
            deviation.records, str(deviation.first_seen), deviation.explanation, deviation.remedy, deviation.explained_by,
            str(deviation.explained_on) if deviation.explained_on else None,
        )
        for deviation in values.deviations
    )  # fmt: skip
    title = f"{values.unit_name}对接验收检查偏差清单（检查日期：{full_date(values.checked_on)}）"
    return Sheet("偏差清单", title, COLUMNS, rows, notes=(HOW_TO, PRIVATE))


def _checks(values: DockingReport) -> Sheet:
    columns = (
        Column("检查项目", 30), Column("要求", 36), Column("检查情况", 44), Column("结论", 9), Column("偏差数", 9),
        Column("涉及记录数", 11), Column("依据", 38),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            line.title,
            line.requirement,
            line.observed,
            VERDICTS[line.verdict],
            line.deviations,
            line.records,
            line.clause,
        )
        for line in values.lines
    ]
    rows.append((*SIGN_OFF, None, None, None, None))
    notes = (recheck_words(values),) if values.recheck else ()
    return Sheet("检查结果", values.title, columns, rows, notes=notes, total_rows=frozenset({len(rows) - 1}))


def recheck_words(values: DockingReport) -> str:
    """How the deviations of the check before came out; empty at a first check."""
    if values.recheck is None:
        return ""
    recheck = values.recheck
    return (
        f"复查：上次检查（{full_date(recheck.previous)}）偏差{recheck.before:,}条；本次检查（{full_date(values.checked_on)}）"
        f"已整改{recheck.mended:,}条，未整改{recheck.standing:,}条，新增{recheck.new:,}条。"
    )


def _fields(values: DockingReport) -> Sheet:
    columns = (
        Column("项目", 26),
        Column("字段代码", 14),
        Column("偏差数", 12),
        Column("涉及记录数", 14),
        Column("未达标情况", 60),
    )
    below: dict[str, list[str]] = {}
    for line in values.below:
        below.setdefault(line.field, []).append(
            f"{line.check}{percent(line.percent)}（要求{percent(line.least_percent)}）"
        )
    rows = tuple(
        (tally.field, tally.code, tally.deviations, tally.records, "；".join(below.get(tally.field, [])))
        for tally in values.fields
    )
    return Sheet("分项目", "偏差分项目统计", columns, rows)


def _schools(values: DockingReport) -> Sheet:
    columns = (
        Column("学校标识码", 14), Column("学校名称", 30), Column("自建系统学生数", 12), Column("全国系统学生数", 12),
        Column("全国系统无", 11), Column("自建系统无", 11), Column("内容不一致", 11), Column("其他", 9), Column("合计", 9),
    )  # fmt: skip
    notes = ("除学生数外均为涉及的记录数；两套数据学生数相等的学校不列学生数。",)
    return Sheet("分学校", "偏差分学校统计", columns, tuple(map(_school_cells, values.schools)), notes=notes)


def _school_cells(tally: SchoolTally) -> tuple[Cell, ...]:
    return (
        tally.code, tally.name, tally.local_students, tally.central_students, tally.missing_central, tally.missing_local,
        tally.differing, tally.other, tally.records,
    )  # fmt: skip


def _mended(values: DockingReport) -> Sheet:
    def rows() -> Iterator[tuple[Cell, ...]]:
        for deviation in values.mended:
            yield (
                deviation.number, deviation.check, deviation.school_code, deviation.school_name, deviation.field,
                deviation.about, deviation.records, str(deviation.first_seen), deviation.explanation, deviation.remedy,
            )  # fmt: skip

    columns = (*COLUMNS[:6], *COLUMNS[8:12])
    title = f"本次检查确认已整改的偏差（{full_date(values.checked_on)}）"
    # Headed otherwise than the list above, so that it is not read as answers when the workbook comes back.
    renamed = {"偏差编号": "编号", "原因说明": "所作说明"}
    heads = tuple(Column(renamed.get(column.title, column.title), column.width) for column in columns)
    return Sheet("已整改", title, heads, tuple(rows()))
