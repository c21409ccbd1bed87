"""Registrations that are likely of one child though neither number nor name, sex and birth date say so. One finding a party.

SQL proposes the pairs (`checks/suspect_blocks.py`), Python compares them field by field (`checks/suspect_levels.py`) and weighs
what it found (`checks/suspect_model.py`). A finding is a reason to look, never an error by itself.
"""

import polars as pl

from xueji.checks.duplicate_groups import party_findings_sql
from xueji.checks.model import MatchRule
from xueji.checks.suspect_levels import LEVELS

RULE = MatchRule(
    id="suspected_duplicate",
    problem_type="SUSPECT",
    title="疑似重复学籍",
    source="教基一厅〔2015〕2号：查重；domain.md 1.5",
    reasons={
        "two_numbers": "与另一条学籍可能是同一名学生，两条学籍所填证件号不同，请核对是否重复建籍",
        "one_number": "与另一条学籍可能是同一名学生，其中有的学籍没有证件号，请核对是否重复建籍",
        "broken_number": "与另一条学籍可能是同一名学生，其中有的学籍证件号填写有误，请核对是否重复建籍",
        "no_number": "与另一条学籍可能是同一名学生，各条学籍均无证件号，请核对是否重复建籍",
    },
)
# What a reader is told of a level; of the levels left out there is nothing to say for it.
TEXTS = {
    ("name", "same"): "姓名相同",
    ("name", "sound"): "姓名读音相同",
    ("name", "slip"): "姓名相近",
    ("name", "surname"): "名相同、姓不同",
    ("birth", "equal"): "出生日期相同",
    ("birth", "slip"): "出生日期仅一处不同",
    ("birth", "near"): "出生日期相近",
    ("sex", "equal"): "性别相同",
    ("place", "school"): "同一学校",
    ("place", "county"): "同一县（市、区）",
    ("place", "unit"): "同一省份",
    ("household", "equal"): "户口所在地相同",
    ("family", "guardian"): "家庭成员证件号相同",
    ("family", "phone"): "联系电话相同",
    ("number", "linked"): "学籍号或更正后的号码与对方一致",
    ("number", "near"): "证件号仅一处不同",
}


def evidence_text() -> pl.Expr:
    """What a pair's registrations agree in, over a frame with the levels of `suspect_levels.LEVELS`."""
    parts = []
    for column, levels in LEVELS.items():
        field = column.removesuffix("_level")
        texts = [TEXTS.get((field, level)) for level in levels]
        found = {place: text for place, text in enumerate(texts) if text}
        parts.append(pl.col(column).replace_strict(found, default=None, return_dtype=pl.String))
    return pl.concat_str(parts, separator="、", ignore_nulls=True)


def findings_sql(parties: str) -> str:
    """A findings query over `parties`: core rows with `group_key` and `detail` of their group."""
    number_count = "count(id_number) over (partition by group_text)"
    all_count = "count(*) over (partition by group_text)"
    broken_count = "count(*) filter (id_number is not null and number_key is null) over (partition by group_text)"
    reason = f"""case
        when {number_count} = 0 then 'no_number'
        when {number_count} < {all_count} then 'one_number'
        when {broken_count} > 0 then 'broken_number'
        else 'two_numbers' end"""
    own = {
        "problem_type": f"'{RULE.problem_type}'",
        "rule_id": f"'{RULE.id}'",
        "group_key": "group_text",
        "detail": "detail",
    }
    return party_findings_sql(
        f"select parties.*, parties.group_key as group_text from {parties} as parties",
        "SUS",
        reason,
        RULE.severity,
        **own,
    )
