"""All rules, in the order of the problem lists, and the one query that evaluates the row rules together."""

import re
from collections.abc import Iterable, Mapping

from xueji.checks import (
    code_invalid,
    date_invalid,
    duplicate_id,
    duplicate_name_sex_birth,
    id_birth_conflict,
    id_birth_date,
    id_checksum,
    id_format,
    id_missing,
    id_name_mismatch,
    id_not_found,
    id_region,
    id_sex_conflict,
    name_invalid,
    name_not_comparable,
    name_variant,
    required_missing,
    school_unknown,
    spreadsheet_damage,
    stale_record,
    student_no_check,
    student_no_duplicate,
    suspected_duplicate,
)
from xueji.checks.model import Condition, MatchRule, PairRule, QueryRule, RowRule, Rule
from xueji.checks.sql_text import literal
from xueji.checks.tables import part_columns_sql

RULES: tuple[Rule, ...] = (
    duplicate_id.RULE,
    duplicate_name_sex_birth.RULE,
    id_not_found.RULE,
    id_name_mismatch.RULE,
    id_format.RULE,
    id_checksum.RULE,
    id_region.RULE,
    id_birth_date.RULE,
    id_birth_conflict.RULE,
    id_sex_conflict.RULE,
    id_missing.RULE,
    required_missing.RULE,
    code_invalid.RULE,
    date_invalid.RULE,
    name_invalid.RULE,
    student_no_duplicate.RULE,
    student_no_check.RULE,
    school_unknown.RULE,
    stale_record.RULE,
    suspected_duplicate.RULE,
    spreadsheet_damage.RULE,
    name_variant.RULE,
    name_not_comparable.RULE,
)
ROW_RULES = tuple(rule for rule in RULES if isinstance(rule, RowRule))
QUERY_RULES = tuple(rule for rule in RULES if isinstance(rule, QueryRule))
PAIR_RULES = tuple(rule for rule in RULES if isinstance(rule, PairRule))
MATCH_RULES = tuple(rule for rule in RULES if isinstance(rule, MatchRule))

AS_OF = re.compile(r"\bas_of\b")
_BY_ID = {rule.id: rule for rule in RULES}


def rule(rule_id: str) -> Rule:
    """The rule of that id."""
    return _BY_ID[rule_id]


def sentence(rule_id: str, reason: str | None) -> str:
    """What a school reads for a finding: the sentence of its reason; "" stands for a rule's only, unnamed reason."""
    found = _BY_ID[rule_id]
    return found.reasons.get(reason or "", found.title)


def row_findings_sql(rules: Iterable[RowRule], core: str = "core_students") -> str:
    """A findings query over all row rules: one row per broken condition and record, columns of `PART_COLUMNS`.

    The first step reads the table once and keeps the records that break anything; each condition is then asked again of
    those few. `core` is a table name or a query in brackets.
    """
    conditions = [(rule, condition) for rule in rules for condition in rule.conditions]
    broken = "\n or ".join(f"({condition.is_broken_sql})" for _, condition in conditions)
    branches = "\nunion all\n".join(_branch_sql(rule, condition) for rule, condition in conditions)
    return f"with broken_records as (select * from {core} as core_students where {broken})\n{branches}"


def turned_records_sql(rules: Iterable[RowRule], core: str, then: Mapping[str, str]) -> str:
    """A query for the content_hash of records of which a condition that reads the date holds now and did not then, or the other way.

    `core` is a table name or a query in brackets for the records of the units in `then`: their date, YYYY-MM-DD, of before.
    """
    conditions = [condition for rule in rules for condition in rule.conditions if condition.depends_on_date]
    cases = " ".join(f"when {literal(unit)} then date '{day}'" for unit, day in then.items())
    days = set(then.values())
    as_of_then = f"date '{days.pop()}'" if len(days) == 1 else (f"case unit_code {cases} end" if then else "as_of")
    turned = "\n or ".join(
        f"(coalesce({condition.is_broken_sql}, false) <> coalesce({AS_OF.sub('as_of_then', condition.is_broken_sql)}, false))"
        for condition in conditions
    )
    return f"""
        select content_hash
        from (select *, {as_of_then} as as_of_then from {core} as core_students) as core_students
        where {turned}
    """


def _branch_sql(rule: RowRule, condition: Condition) -> str:
    """The findings of one condition over `broken_records`."""
    values = {
        "problem_type": f"'{rule.problem_type}'",
        "rule_id": f"'{rule.id}'",
        "reason": f"'{condition.reason}'" if condition.reason else "cast(null as varchar)",
        "severity": f"'{condition.severity or rule.severity}'",
        "detail": condition.detail_sql,
    }
    return f"select {part_columns_sql(values)} from broken_records where {condition.is_broken_sql}"
