"""Names compared with the population register's under the same number.

SQL proposes the few pairs whose texts differ; Python says how they differ, each distinct pair of names once.
"""

import polars as pl

from xueji.checks import id_name_mismatch, name_not_comparable, name_variant
from xueji.checks.id_not_found import ANSWER_OTHER_NAME, LATEST_ANSWERS_SQL
from xueji.checks.name_difference import NAME_COLUMNS, name_differences
from xueji.checks.name_invalid import IS_NAME_INVALID
from xueji.checks.sound_number import IS_NUMBER_SOUND
from xueji.checks.tables import RECORD_COLUMNS, part_columns_sql

_NAMES = ("name", "name_folded", "register_name", "register_name_folded")  # what `NAME_COLUMNS` are here
# Of several register names under one number the kindest verdict counts.
_KINDEST_FIRST = {None: 0, name_variant.RULE.id: 1, name_not_comparable.RULE.id: 2, id_name_mismatch.RULE.id: 3}


def candidate_pairs_sql(students: str) -> str:
    """One row a student and register name whose texts differ, or a student whose name the register's owner denied.

    Students: a sound number, a name that `name_invalid` does not find, and no answer yet or the answer 姓名不匹配. No pair is
    proposed when the register holds the student's very name under the number, beside others. `record_no` numbers the
    students (records alike in all that a finding says count once); `answer` is null for a pair to be compared.
    """
    columns = ", ".join((*RECORD_COLUMNS, "name_folded", "answer"))
    return f"""
        with latest_answers as ({LATEST_ANSWERS_SQL}),
        judged as (
            select *
            from {students} as students
            where {IS_NUMBER_SOUND} and name_folded is not null and not ({IS_NAME_INVALID})
        ),
        answered as (
            select judged.*, latest_answers.answer
            from judged
            left join latest_answers on latest_answers.id_key = judged.id_key
                and latest_answers.name_folded = judged.name_folded
        ),
        entries as (
            select distinct id_key, name as register_name, name_folded as register_name_folded
            from core_population
            where id_key in (select id_key from answered where answer is null)
        ),
        proposed as (
            select answered.*, entries.register_name, entries.register_name_folded
            from answered
            join entries on entries.id_key = answered.id_key and entries.register_name <> answered.name
            left join entries as equal_names
                on equal_names.id_key = answered.id_key and equal_names.register_name = answered.name
            where answered.answer is null and equal_names.id_key is null
            union all
            select *, cast(null as varchar) as register_name, cast(null as varchar) as register_name_folded
            from answered
            where answer = '{ANSWER_OTHER_NAME}'
        )
        select
            dense_rank() over (order by unit_code, record_key, name, id_number) as record_no,
            {columns},
            register_name,
            register_name_folded
        from proposed
    """


def compare_names(pairs: pl.DataFrame) -> pl.DataFrame:
    """One row a student of `pairs`, with `rule_id`, `reason` and `name_similarity` added, in the order of `record_no`.

    `rule_id` is null for equal names. A name denied by the register's owner has the reason `answered` and no similarity. A
    student with several register names gets the kindest verdict, and of those the nearest name.
    """
    distinct = pairs.filter(pl.col("answer").is_null()).select(_NAMES).unique(maintain_order=True)
    renamed = dict(zip(_NAMES, NAME_COLUMNS, strict=True))
    judged = name_differences(distinct.rename(renamed)).rename({column: name for name, column in renamed.items()})
    answered = pl.col("answer").is_not_null()
    return (
        pairs.join(judged, on=_NAMES, how="left")
        .with_columns(
            rule_id=pl.when(answered).then(pl.lit(id_name_mismatch.RULE.id)).otherwise(pl.col("rule_id")),
            reason=pl.when(answered).then(pl.lit("answered")).otherwise(pl.col("reason")),
        )
        .with_columns(rank=pl.col("rule_id").replace_strict(_KINDEST_FIRST, return_dtype=pl.Int64))
        .sort("record_no", "rank", -pl.col("name_similarity"), "register_name", maintain_order=True)
        .unique("record_no", keep="first", maintain_order=True)
        .drop("rank")
    )


def pair_findings_sql(compared: str) -> str:
    """A findings query over the table `compared`, the outcome of `compare_names`: columns of a finding but `as_of`."""
    notes = ", ".join(f"'{rule.id}'" for rule in (name_variant.RULE, name_not_comparable.RULE))
    mismatch = id_name_mismatch.RULE
    values = {
        "problem_type": f"'{mismatch.problem_type}'",
        "rule_id": "rule_id",
        "reason": "reason",
        "severity": f"case when rule_id in ({notes}) then 'note' else '{mismatch.severity}' end",
    }
    return f"select {part_columns_sql(values)} from {compared} as compared where rule_id is not null"
