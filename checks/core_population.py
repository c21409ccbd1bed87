"""The population register and its owner's answers, keyed like the students."""

from xueji.checks.id_number import body_check_character_sql
from xueji.checks.text_folding import distinct_trimmed_sql, name_folded_sql, number_normalised_sql, trimmed_sql


def _keyed_sql(staged: str, more: str = "") -> str:
    """Rows of `staged` whose number is well formed with a right check character: id_key, name, name_folded, then `more`.

    Another number can be no student's `id_key`: the rules name its fault before they look here.
    """
    return f"""
        select id_body as id_key, name, {name_folded_sql("name")} as name_folded{more}
        from (
            select
                *,
                case when regexp_full_match(id_number, '[0-9]{{17}}[0-9X]')
                    then cast(substr(id_number, 1, 17) as bigint) end as id_body
            from (
                select *, {distinct_trimmed_sql("xm")} as name, {number_normalised_sql("sfzjh")} as id_number
                from {staged} as staged
            ) as normalised
        ) as numbered
        where substr(id_number, 18, 1) = {body_check_character_sql("id_body")}
    """


def core_population_sql(staged: str) -> str:
    """A query for `core_population`. `staged` has sfzjh and xm; a number may stand under several names."""
    return _keyed_sql(staged)


def identity_answers_sql(staged: str) -> str:
    """A query for `identity_answers` without its date. `staged` has sfzjh, xm and answer (一致, 不存在, 姓名不匹配)."""
    answer = f", {trimmed_sql('answer')} as answer"
    return f"select distinct id_key, name_folded, answer from ({_keyed_sql(staged, answer)}) as answers"
