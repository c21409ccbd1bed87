"""Which party of a duplicate group is probably right: points for what its own record and the register say, never a decision.

A suggestion needs a clear lead. What all parties share tells nothing and is left out of the evidence; the other parties' records are
never described. Who reads it decides by the documents: the ledger of cases does not look at it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xueji.checks.id_not_found import ANSWER_SAME
from xueji.checks.id_number import digits_sql
from xueji.checks.sql_text import literal, literal_list
from xueji.checks.stale_record import STAGE_STARTS

PROBLEM_TYPES = ("DUP_ID", "DUP_NSB", "SUSPECT")
NUMBER, RECORD = "number", "record"  # what is asked: whose number it is, or which record of one child is to stay
LEAST_LEAD = 2  # points before the next party
KEPT_DAYS = 180  # what is known of a party that is none any more is kept so long
LEAST_POINTS = 1  # a party that little speaks for is not suggested for want of a better one


@dataclass(frozen=True)
class Evidence:
    """Something that speaks for a party, or against it: boolean SQL over a row of `parties_sql`."""

    code: str
    points: int
    holds: str
    text: str  # Chinese; of one that speaks against, said in the party's own list alone


_IS_NUMBER_ASKED = "(problem_type = 'DUP_ID' and reason = 'different_person')"
_SCHOOL_YEAR = "(extract(year from as_of) - case when extract(month from as_of) >= 9 then 0 else 1 end)"
_BIRTH_YEAR = "(extract(year from birth_date) - case when extract(month from birth_date) >= 9 then 0 else 1 end)"
# School years that the grade is ahead (below 0) or behind of a child who began in the September after turning six.
_BEHIND = f"({_SCHOOL_YEAR} - {_BIRTH_YEAR} - 6 - grade)"
# School years since the child entered the school, and its grade then: a stage's first when it came with all the others.
_YEARS_HERE = f"({_SCHOOL_YEAR} - cast(floor((enrolled_month - 7) / 100) as integer))"
_ENTRY_GRADE = f"(grade - {_YEARS_HERE})"
_CARRIES_NUMBER = "student_no = 'G' || id_number"
_IS_SETTLED = f"({_IS_NUMBER_ASKED} or coalesce({_YEARS_HERE}, 0) >= 1)"
_SEX_OF_NUMBER = f"case when {digits_sql('id_key', 17, 17)} % 2 = 1 then '1' else '2' end"
_ID_DIVISION = digits_sql("id_key", 1, 6)

# Points grow with how seldom the thing is so for the wrong party. The register's word outweighs all that one record says of itself.
EVIDENCE = (
    Evidence("register_agrees", 4, "is_in_register", "与人口信息一致"),
    Evidence("register_differs", -2, "is_denied", "与人口信息不一致"),
    # Name, birth date and sex are typed by the school: a stranger's number seldom fits both of the last two.
    Evidence("number_fits", 2, f"id_birth_date = birth_date and sex_code = {_SEX_OF_NUMBER}", "出生日期、性别与证件号相符"),
    Evidence("number_conflicts", -2, f"id_birth_date <> birth_date or sex_code <> {_SEX_OF_NUMBER}", "出生日期或性别与证件号不符"),
    # A G number repeats the ID number it was given for: whoever carries it had this number when first registered.
    # Of a child that entered this school year it only tells which of two schools was quicker.
    Evidence("student_no_carries", 2, f"{_CARRIES_NUMBER} and {_IS_SETTLED}", "学籍号由本证件号生成"),
    Evidence("student_no_given", 1, f"{_CARRIES_NUMBER} and not {_IS_SETTLED}", "本学年入学时以本证件号取得学籍号"),
    # What a child who has left leaves behind: nobody moves the record on.
    Evidence("out_of_school", -4, "coalesce(is_out_of_school, false)", "已不在校"),
    # It entered in the middle of a stage, after the other school had taken it in: it has come from there.
    Evidence("transferred_in", 4, f"enrolled_month > others_enrolled_month and {_ENTRY_GRADE} not in {STAGE_STARTS}", "中途转入，入学在后"),
    Evidence("not_left", 1, "not coalesce(is_out_of_school, false)", "未登记离校"),
    Evidence("grade_stale", -3, "is_stale", "年级未按学年更新"),
    Evidence("grade_continuous", 1, "not is_stale and enrolled_month is not null and grade is not null", "入学年月与年级连续"),
    # A year early or late is common, two are not.
    Evidence("age_fits", 1, f"{_BEHIND} between -1 and 1", "年级与年龄相符"),
    Evidence("age_off", -1, f"abs({_BEHIND}) > 2", "年级与年龄相差较大"),
    # Children mostly go to school where the household is registered.
    Evidence("household_county", 2, "cast(household_division as varchar) = county_code", "户籍在本县"),
    Evidence("household_city", 1, "cast(household_division as varchar) <> county_code and substr(cast(household_division as varchar), 1, 4) || '00' = city_code", "户籍在本市"),
    Evidence("number_county", 1, f"{_ID_DIVISION} = try_cast(county_code as integer)", "证件号地址码属本县"),
    # A second registration is the later one, unless the first was left over, which other evidence then says.
    Evidence("stood_longer", 1, "came_on is null and others_came", "建籍在先"),
    Evidence("kept_up", 1, "changed_on > others_changed_on or (changed_on is not null and others_changed_on is null)", "近期仍在更新"),
)  # fmt: skip
TEXTS: Mapping[str, str] = {one.code: one.text for one in EVIDENCE}
_FOUND = ("group_key", "problem_type", "reason", "severity", "unit_code", "record_key", "content_hash")
_RULES_OF = {
    "is_stale": ("stale_record",),
    "is_denied": ("id_not_found", "id_name_mismatch"),
    "is_uncomparable": ("name_not_comparable", "id_region", "id_birth_date"),
}
SPEAKS_FOR = tuple(one.code for one in EVIDENCE if one.points > 0)


def parties_sql(parts: Iterable[str]) -> str:
    """A query over tables of findings for the parties of duplicate groups: group_key, problem_type, reason, unit_code, record_key,
    content_hash. One row a group and record; what is only noted is no group.
    """
    types = literal_list(PROBLEM_TYPES)
    found = " union all ".join(
        f"select {', '.join(_FOUND)} from {part} where problem_type in {types}" for part in parts
    )
    return f"""
        select group_key, unit_code, record_key, min(problem_type) as problem_type, min(reason) as reason,
            max(content_hash) as content_hash
        from ({found}) as found
        where group_key is not null and record_key is not null and severity <> 'note'
        group by group_key, unit_code, record_key
    """


def sights_sql(night: str, before: str, has_past: bool) -> str:
    """A query for `party_sights` after the night: over `parties`, `party_records`, the sights `before`, and with `has_past` over
    `past_records`, those records which the core table of the night before shares content or student number with.
    """
    is_added = "p.content_hash not in (select content_hash from past_records)" if has_past else "false"
    was_there = "p.student_no_key in (select student_no_key from past_records where student_no_key is not null)"
    is_new = f"{is_added} and p.student_no_key is not null and not {was_there}" if has_past else "false"
    is_changed = f"{is_added} and {was_there}" if has_past else "false"
    return f"""
        with before as ({before}),
        tonight as (
            select unit_code, record_key, max(content_hash) as content_hash, max(student_no_key) as student_no_key
            from party_records group by unit_code, record_key
        )
        select p.unit_code, p.record_key, p.content_hash,
            coalesce(b.first_seen, date '{night}') as first_seen,
            date '{night}' as last_seen,
            case when b.first_seen is not null then b.came_on when {is_new} then date '{night}' end as came_on,
            case when b.first_seen is null then case when {is_changed} then date '{night}' end
                when b.content_hash <> p.content_hash then date '{night}' else b.changed_on end as changed_on
        from tonight as p
        left join before as b on b.unit_code = p.unit_code and b.record_key = p.record_key
        union all
        select unit_code, record_key, content_hash, first_seen, last_seen, came_on, changed_on
        from before as b
        where last_seen >= date '{night}' - interval '{KEPT_DAYS} days' and not exists (
            select 1 from tonight as p where p.unit_code = b.unit_code and p.record_key = b.record_key
        )
    """


def said_sql() -> str:
    """A query over `parties` and `findings`: what the rules have found of each party's record."""
    facts = ", ".join(
        f"coalesce(bool_or(f.rule_id in {literal_list(rules)}), false) as {column}"
        for column, rules in _RULES_OF.items()
    )
    return f"""
        select p.unit_code, p.record_key, {facts}
        from (select distinct unit_code, record_key from parties) as p
        left join findings as f on f.unit_code = p.unit_code and f.record_key = p.record_key
        group by p.unit_code, p.record_key
    """


def confirmed_sql() -> str:
    """A query over `party_records` for the numbers and names of which the register's owner said last that they are the same."""
    return f"""
        select distinct id_key, name_folded from (
            select *, row_number() over (partition by id_key, name_folded order by answered_on desc, answer) as place
            from identity_answers where id_key in (select id_key from party_records)
        ) as answers where place = 1 and answer = {literal(ANSWER_SAME)}
    """


def described_sql() -> str:
    """A query over `parties`, `party_records` and `sights` for the parties with all that the evidence reads.

    A number is in the register when none of the rules that compare it has found it, or when the register's owner has said so. A
    number with a fault of its own was compared with nothing.
    """
    return f"""
        with said as ({said_sql()}),
        confirmed as ({confirmed_sql()}),
        records as (select distinct on (content_hash) * from party_records)
        select
            p.group_key, p.unit_code, p.record_key, p.problem_type, p.reason,
            r.* exclude (unit_code, record_key),
            s.county_code, s.city_code, said.is_stale, said.is_denied,
            r.id_key is not null and not said.is_uncomparable and not said.is_denied
                and (exists (select 1 from core_population) or c.id_key is not null) as is_in_register,
            seen.came_on,
            seen.changed_on,
            count(seen.came_on) over of_group > 0 as others_came,
            greatest(max(seen.changed_on) over those_before, max(seen.changed_on) over those_after) as others_changed_on,
            greatest(max(r.enrolled_month) over those_before, max(r.enrolled_month) over those_after) as others_enrolled_month
        from parties as p
        join records as r on r.content_hash = p.content_hash
        join said on said.unit_code = p.unit_code and said.record_key = p.record_key
        left join core_schools as s on s.school_code = r.school_code
        left join confirmed as c on c.id_key = r.id_key and c.name_folded = r.name_folded
        left join sights as seen on seen.unit_code = p.unit_code and seen.record_key = p.record_key
        window of_group as (partition by p.group_key),
            those_before as (partition by p.group_key order by p.unit_code, p.record_key
                rows between unbounded preceding and 1 preceding),
            -- Backwards: an engine that looks ahead to the end of a group looks at all of it again for each row.
            those_after as (partition by p.group_key order by p.unit_code desc, p.record_key desc
                rows between unbounded preceding and 1 preceding)
    """


def pointed_sql() -> str:
    """A query over `described_parties`: points and evidence of each party, by what tells it from others of its group."""
    party = "group_key, unit_code, record_key, question, name_folded"
    flags = ", ".join(f"coalesce({one.holds}, false) as {one.code}" for one in EVIDENCE)
    telling = ", ".join(
        f"{one.code} and not bool_and({one.code}) over (partition by group_key) as {one.code}" for one in EVIDENCE
    )
    points = " + ".join(f"case when {one.code} then {one.points} else 0 end" for one in EVIDENCE)
    codes = ", ".join(f"case when {one.code} then '{one.code}' end" for one in EVIDENCE)
    return f"""
        select {party}, {points} as points, nullif(concat_ws(',', {codes}), '') as evidence
        from (
            select {party}, {telling}
            from (
                select group_key, unit_code, record_key, name_folded,
                    case when {_IS_NUMBER_ASKED} then '{NUMBER}' else '{RECORD}' end as question, {flags}
                from described_parties
            ) as weighed
        ) as told_apart
    """


def holders_sql() -> str:
    """A query over `described_parties` for the rows of `suggested_holders`.

    Where names differ it is asked whose number it is; but of a party that bears the suggested one's name, which record is to stay.
    """
    return f"""
        with placed as (
            select *, row_number() over (partition by group_key order by points desc, unit_code, record_key) as place
            from ({pointed_sql()}) as pointed
        ),
        led as (
            select *,
                coalesce(place = 1 and points >= {LEAST_POINTS}
                    and points - max(points) filter (place = 2) over (partition by group_key) >= {LEAST_LEAD}, false) as is_leading
            from placed
        )
        select unit_code, group_key, record_key, points, evidence,
            is_leading as is_suggested,
            bool_or(is_leading) over (partition by group_key) as has_suggestion,
            case when not is_leading and name_folded = max(name_folded) filter (is_leading) over (partition by group_key)
                then '{RECORD}' else question end as question
        from led
    """


def holder_sentence(question: str, is_suggested: bool, has_suggestion: bool, evidence: str | None) -> str:
    """What a party's list says. Of a party that is not suggested only what speaks against its own record is named."""
    if not has_suggestion:
        return "系统无法判断应以哪一方为准，请对照户口簿等材料核对"
    codes = (evidence or "").split(",")
    texts = "；".join(TEXTS[code] for code in codes if code in TEXTS and (code in SPEAKS_FOR) == is_suggested)
    if is_suggested:
        about = "该证件号应属本条学籍" if question == NUMBER else "如为同一学生，本条学籍为应保留的一方"
        return f"系统建议：{about}（依据：{texts}）。仅供参考"
    about = "该证件号应属他方，请核对本条学籍的证件号" if question == NUMBER else "如为同一学生，由他方保留学籍"
    return f"系统建议：{about}" + (f"（本条{texts}）" if texts else "") + "。仅供参考"
