"""Acceptance of provinces with their own system (对接验收检查): what is held against what, and when it passes.

No acceptance rules were published (domain.md 7): the checks are ours. 教基一厅〔2015〕2号, 三: 「对于对接验收检查中发现的问题，对接省份要
逐一分析，查找原因，抓紧整改落实」. One cause is one deviation: every check says what it leaves to another.
"""

from dataclasses import dataclass
from typing import Literal

LOAD_LINE, FORM_FILL_LINE, LANDING_FILL_LINE, CODE_LINE = 90.0, 90.0, 99.0, 99.0  # per cent
GROUP_LIMIT = 1_000  # deviations of one check and field in a unit: more are told of together
WHOLE_SCHOOL = 5  # records: a code that the other system lacks, and that so many bear, is a school and no slip
EXAMPLES = 5

Measure = Literal["zero", "all", "percent", "note"]


@dataclass(frozen=True)
class DockingCheck:
    """One check. `measure`: zero wants `observed` to be 0, all to reach `expected`, percent to reach `expected` per cent; a note has no verdict."""

    id: str
    title: str  # Chinese, as printed
    requirement: str  # Chinese
    clause: str
    measure: Measure
    grouped_by: Literal["field", "school", "none"] = "none"  # how many alike are told of together


_NOTICE = "教基一厅〔2015〕2号，三（对接验收检查）"
_FORM = "教基一厅〔2015〕2号，三（按照《确认表》核实）"
_NUMBER = "教基一厅〔2015〕2号，三（发放正式学籍号）"
_LOAD = "入库率，2013年通报口径"

CHECKS = {
    check.id: check
    for check in (
        DockingCheck("docking_compared", "参加比对的项目", "双方均提供的项目全部比对", _NOTICE, "note"),
        DockingCheck("docking_school_students", "各校学生数", "两套数据中各校学生数相等", _NOTICE, "all"),
        DockingCheck("docking_school_local_only", "仅自建系统有的学校", "应为0所", _NOTICE, "zero"),
        DockingCheck("docking_school_central_only", "仅全国系统有的学校", "应为0所", _NOTICE, "zero"),
        DockingCheck("docking_key_local", "自建系统主键唯一性", "学籍辅号、学籍号均不重复", _NOTICE, "zero", "field"),
        DockingCheck("docking_key_central", "全国系统主键唯一性", "学籍辅号、学籍号均不重复", _NOTICE, "zero", "field"),
        DockingCheck("docking_required_local", "自建系统必填项完整率", "入库必填项不低于99%，确认表必填项不低于90%", _FORM, "percent"),
        DockingCheck("docking_required_central", "全国系统必填项完整率", "入库必填项不低于99%，确认表必填项不低于90%", _FORM, "percent"),
        DockingCheck("docking_codes_local", "自建系统代码符合率", "各代码项不低于99%", _FORM, "percent"),
        DockingCheck("docking_codes_central", "全国系统代码符合率", "各代码项不低于99%", _FORM, "percent"),
        DockingCheck("docking_missing_central", "自建系统有而全国系统无的学生", "应为0人", _NOTICE, "zero", "school"),
        DockingCheck("docking_missing_local", "全国系统有而自建系统无的学生", "应为0人", _NOTICE, "zero", "school"),
        DockingCheck("docking_value_differs", "同一学生的项目内容一致性", "逐项一致（书写形式不同不计）", _FORM, "all", "field"),
        DockingCheck("docking_number_arrived", "学籍号下发：写入自建系统", "下发的学籍号全部写入", _NUMBER, "all", "field"),
        DockingCheck("docking_number_same", "学籍号下发：号码一致", "写入的与下发的一致", _NUMBER, "all", "field"),
        DockingCheck("docking_number_own_record", "学籍号下发：写入本人记录", "未写入他人记录", _NUMBER, "all", "field"),
        DockingCheck("docking_number_central", "学籍号下发：全国系统可查", "全国系统有该学籍号", _NUMBER, "all", "field"),
        DockingCheck("docking_load_rate", "入库率", "不低于90%", _LOAD, "percent"),
    )
}  # fmt: skip
NUMBER_CHECKS = ("docking_number_arrived", "docking_number_same", "docking_number_own_record", "docking_number_central")
SIDES = {"local": "自建系统", "central": "全国系统"}


def other_side(side: str) -> str:
    return "central" if side == "local" else "local"
