"""Sound numbers that the population register does not hold. Names are the pair rules' business.

The answer of the register's owner for this number and name goes first, the latest one. Without an answer a loaded register
decides; without either nothing is judged.
"""

from xueji.checks.model import QueryRule
from xueji.checks.sound_number import IS_NUMBER_SOUND

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


def findings_sql() -> str:
    """One row a student whose number is denied by an answer, or by the register where there is no answer."""
    return f"""
        with latest_answers as ({LATEST_ANSWERS_SQL}),
        sound as (select * from core_students where {IS_NUMBER_SOUND}),
        judged as (
            select sound.*, latest_answers.answer
            from sound
            left join latest_answers on latest_answers.id_key = sound.id_key
                and latest_answers.name_folded = coalesce(sound.name_folded, '')
        )
        select
            cast(null as varchar) as reason,
            '{RULE.severity}' as severity,
            unit_code,
            school_code,
            student_no,
            name,
            id_number,
            cast(null as varchar) as group_key,
            cast(null as varchar) as scope,
            cast(null as varchar) as detail,
            record_key,
            grade,
            class_no,
            cast(null as varchar) as file
        from judged
        where answer = '{ANSWER_NOT_FOUND}'
            or (
                answer is null
                and exists (select 1 from core_population)
                and not exists (select 1 from core_population where core_population.id_key = judged.id_key)
            )
    """


RULE = QueryRule(
    id="id_not_found",
    problem_type="ERR_NOTFOUND",
    title="公安部校验不通过:身份证号不存在",
    source="教基一厅〔2015〕2号:与国家人口基础信息库比对",
    reasons={"": "人口基础信息库中没有该身份证号,请对照户口簿核对"},
    findings_sql=findings_sql,
)
