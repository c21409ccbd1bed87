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
        -- Numbers alone go through the large join; only the few records that it leaves are fetched and asked the rest.
        keys_not_held as (
            select core_students.id_key
            from core_students
            left join core_population on core_population.id_key = core_students.id_key
            where core_students.id_key is not null
                and core_population.id_key is null
                and exists (select 1 from core_population)
        ),
        unanswered as (
            select core_students.*
            from core_students
            left join latest_answers on latest_answers.id_key = core_students.id_key
                and latest_answers.name_folded = coalesce(core_students.name_folded, '')
            where core_students.id_key in (select id_key from keys_not_held) and latest_answers.answer is null
        ),
        denied as (
            select core_students.*
            from core_students
            join latest_answers on latest_answers.id_key = core_students.id_key
                and latest_answers.name_folded = coalesce(core_students.name_folded, '')
            where latest_answers.answer = '{ANSWER_NOT_FOUND}'
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
        from (select * from unanswered union all select * from denied) as judged
        where {IS_NUMBER_SOUND}
    """


RULE = QueryRule(
    id="id_not_found",
    problem_type="ERR_NOTFOUND",
    title="公安部校验不通过：身份证号不存在",
    source="教基一厅〔2015〕2号：与国家人口基础信息库比对",
    reasons={"": "人口基础信息库中没有该身份证号，请对照户口簿核对"},
    findings_sql=findings_sql,
)
