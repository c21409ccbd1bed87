"""The population register and its owner's answers, keyed like the students."""

from xueji.checks.id_number import body_check_character_sql
from xueji.checks.text_folding import (
    folded_name_sql,
    is_plain_name_sql,
    number_normalised_sql,
    trimmed_sql,
)


def _keyed_sql(staged: str, more: str) -> str:
    """Rows of `staged` whose number is well formed with a right check character: id_key, name, folded_name, then `more`.

    Another number can be no student's `id_key`: the rules name its fault before they look here.
    """
    return f"""
        with normalised as (
            select *, {is_plain_name_sql("xm")} as is_plain_name, {number_normalised_sql("sfzjh")} as id_number
            from {staged} as staged
        ),
        numbered as (
            select
                *,
                case when is_plain_name then xm else {trimmed_sql("xm")} end as name,
                case when regexp_full_match(id_number, '[0-9]{{17}}[0-9X]')
                    then cast(substr(id_number, 1, 17) as bigint) end as id_body
            from normalised
        ),
        keyed as (
            -- The key is worked out here, not in a condition: there it would be worked out anew for every digit.
            select
                *,
                case when substr(id_number, 18, 1) = {body_check_character_sql("id_body")} then id_body end as id_key,
                case when is_plain_name then cast(null as varchar) else nullif({folded_name_sql("name")}, name) end
                    as folded_name
            from numbered
        )
        select id_key, name, folded_name, {more}
        from keyed
        where id_key is not null
    """


def core_population_sql(staged: str) -> str:
    """A query for `core_population` without its file. `staged` has sfzjh and xm; a number may stand under several names."""
    return _keyed_sql(staged, "cast(hash(id_key, name) >> 1 as bigint) as pair_key")


def identity_answers_sql(staged: str) -> str:
    """A query for `identity_answers` without its date. `staged` has sfzjh, xm and answer (一致, 不存在, 姓名不匹配)."""
    answers = _keyed_sql(staged, f"{trimmed_sql('answer')} as answer")
    return f"select distinct id_key, coalesce(folded_name, name) as name_folded, answer from ({answers}) as answers"
