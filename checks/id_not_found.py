"""Sound numbers that the population register does not hold. Names are the pair rules' business.

The answer of the register's owner for this number and name goes first, the latest one. Without an answer a loaded register
decides; without either nothing is judged.
"""

from xueji.checks.model import QueryRule
from xueji.checks.sound_number import IS_NUMBER_SOUND
from xueji.checks.tables import part_columns_sql

ANSWER_SAME = "一致"
ANSWER_NOT_FOUND = "不存在"
ANSWER_OTHER_NAME = "姓名不匹配"

# One row a number and name: the latest answer.
LATEST_ANSWERS_SQL = """
    select id_key, name_folded, answer
    from (
        select
            id_key,
            coalesce(name_folded, '') as name_folded,
            answer,
            row_number() over (partition by id_key, coalesce(name_folded, '') order by answered_on desc, answer) as place
        from identity_answers
    ) as answers
    where place = 1
"""


def findings_sql(students: str) -> str:
    """One row a student whose number is denied by an answer, or by the register where there is no answer."""
    return f"""
        with latest_answers as ({LATEST_ANSWERS_SQL}),
        held_keys as (
            select distinct core_population.id_key
            from core_population
            where core_population.id_key in (select id_key from {students} as students)
        ),
        judged as (
            select students.*, latest_answers.answer, held_keys.id_key is not null as is_held
            from {students} as students
            left join latest_answers on latest_answers.id_key = students.id_key
                and latest_answers.name_folded = coalesce(students.name_folded, '')
            left join held_keys on held_keys.id_key = students.id_key
            where students.id_key is not null
        )
        select {part_columns_sql({})}
        from judged
        where {IS_NUMBER_SOUND}
            and (answer = '{ANSWER_NOT_FOUND}' or (answer is null and not is_held and exists (select 1 from core_population)))
    """


RULE = QueryRule(
    id="id_not_found",
    problem_type="ERR_NOTFOUND",
    title="公安部校验不通过：身份证号不存在",
    source="教基一厅〔2015〕2号：与国家人口基础信息库比对",
    reasons={"": "人口基础信息库中没有该身份证号，请对照户口簿核对"},
    findings_sql=findings_sql,
    looks_at="register_candidates",
)
