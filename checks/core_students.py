"""The core table of students: delivered text typed, folded and keyed, once for all rules.

Written in DuckDB's own words, unlike the rules: whatever a rule needs and portable SQL cannot say is prepared here. A value that
has a type is kept in it alone; what could not be read stands beside it as delivered, in a column that is null for nearly everyone.
"""

from xueji.checks import code_lists
from xueji.checks.divisions import names
from xueji.checks.id_number import body_check_character_sql, day_number_sql, digits_sql
from xueji.checks.id_region import FOREIGNER
from xueji.checks.sql_text import literal
from xueji.checks.text_folding import (
    distinct_trimmed_sql,
    folded_name_sql,
    is_plain_name_sql,
    number_normalised_sql,
    sign_in_name_sql,
    trimmed_sql,
)

# Every delivered field that a rule or a list reads.
READ_FIELDS = (
    "xxbsm", "xjh", "xm", "xbm", "csrq", "sfzjlxm", "sfzjh", "nj", "bh", "rxny",
    "mzm", "gjdqm", "gatqwm", "jkzkm", "hkxzm", "rxfsm", "jdfsm", "sfzx", "jdztm",
)  # fmt: skip
# By which a child may be known again that is registered twice; only keys are kept of them.
FAMILY_FIELDS = ("hkszdm", "lxdh", "cy1lxdh", "cy1sfzjh", "cy2sfzjh")
# Texts that only their reading is kept of. Column of a text → delivered field.
TEXTS = {
    "sex_text": "xbm",
    "birth_date_text": "csrq",
    "id_type_text": "sfzjlxm",
    "grade_text": "nj",
    "enrolled_text": "rxny",
    "nationality_text": "gjdqm",
    "nation_text": "mzm",
    "hmt_overseas_text": "gatqwm",
    "health_text": "jkzkm",
    "household_type_text": "hkxzm",
    "admission_text": "rxfsm",
    "attendance_text": "jdfsm",
    "in_school_text": "sfzx",
    "state_text": "jdztm",
}
LISTED = (
    code_lists.SEX, code_lists.ID_TYPE, code_lists.GRADE, code_lists.NATIONALITY, code_lists.NATION, code_lists.HMT_OVERSEAS, code_lists.HEALTH,
    code_lists.HOUSEHOLD_TYPE, code_lists.ADMISSION, code_lists.ATTENDANCE,
)  # fmt: skip
# What tells records apart that have no student number.
PERSON_COLUMNS = ("name", "sex_text", "birth_date_text", "id_type_text", "id_number")
KNOWN_DIVISIONS = f"select unnest([{', '.join(sorted(names()))}]) as code"
NO_FILES = "select cast(null as varchar) as unit_code, cast(null as varchar) as file where false"


# Functions of one column and constants, not CASE: DuckDB then works on each distinct text once.
_DATE = "[0-9]{8}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}"


def date_sql(column: str) -> str:
    """Date SQL: YYYYMMDD, YYYY-MM-DD or YYYY/MM/DD (short month and day with separators); null for anything else."""
    date = f"regexp_extract({column}, '^({_DATE})$')"
    return f"cast(try_strptime({date}, ['%Y%m%d', '%Y-%m-%d', '%Y/%m/%d']) as date)"


def month_sql(column: str) -> str:
    """Integer SQL: the month of `column` as YYYYMM, also of a full date; null when it is no month of 1900 to 2099."""
    padded = f"substr({column}, 1, 4) || lpad(substr({column}, 6), 2, '0')"
    text = f"""case
        when regexp_full_match({column}, '[0-9]{{6}}') then {column}
        when regexp_full_match({column}, '[0-9]{{4}}[-/][0-9]{{1,2}}') then {padded}
        else strftime({date_sql(column)}, '%Y%m')
    end"""
    number = f"try_cast({text} as integer)"
    return f"case when {number} between 190001 and 209912 and {number} % 100 between 1 and 12 then {number} end"


def number_date_sql(key: str, number: str, birth_date: str) -> str:
    """Date SQL: digits 7 to 14 of a number; null when there is no `key` or no such date. Nearly always it is the `birth_date`."""
    digits = digits_sql(key, 7, 14)
    return f"""case
        when {key} is null or {digits} < 10000 then null
        when {digits} = {day_number_sql(birth_date)} then {birth_date}
        else cast(try_strptime(substr({number}, 7, 8), '%Y%m%d') as date) end"""


def unlisted_sql() -> str:
    """Select list: each text that its code list knows neither as code nor as label, else null, under its column of the core table.

    Three capital letters are taken for a country code: which countries exist is not for this list to decide.
    """
    lists = {codes.field: codes for codes in LISTED}
    more = {code_lists.NATIONALITY.field: " and not regexp_full_match(nationality_text, '[A-Z]{3}')"}
    return ",\n".join(
        f"case when {lists[field].is_unknown_sql(text)}{more.get(field, '')} then {text} end as "
        + text.replace("_text", "_unlisted")
        for text, field in TEXTS.items()
        if field in lists
    )


def is_out_of_school_sql() -> str:
    """Boolean SQL: one of the two columns says that the student has left; null when neither says anything."""
    in_school = {text: code == "0" for code, labels in code_lists.IN_SCHOOL.labels.items() for text in (code, *labels)}
    states = dict.fromkeys(code_lists.LEFT_STATES, True) | dict.fromkeys(code_lists.STAYING_STATES, False)
    by_in_school, by_state = (
        f"map([{', '.join(map(literal, said))}], {list(said.values())})[{column}]"
        for column, said in (("in_school_text", in_school), ("state_text", states))
    )
    return f"coalesce({by_in_school} or {by_state}, {by_in_school}, {by_state})"


def content_hash_sql(unit_code: str, damaged_file: str) -> str:
    """Bigint SQL over a delivered row: equal for rows that no rule and no list can tell apart.

    Of the texts as delivered: that costs little, and says whether a record must be looked at again before any of it is typed.
    """
    return f"cast(hash({unit_code}, {damaged_file}, {', '.join((*READ_FIELDS, *FAMILY_FIELDS))}) >> 1 as bigint)"


def student_no_key_sql() -> str:
    """Bigint SQL: what `core_students` keeps to find records by unit and student number."""
    return "case when student_no is not null then cast(hash(unit_code, student_no) >> 1 as bigint) end"


def document_key_sql(column: str) -> str:
    """Bigint SQL: a family member's document number, normalised and hashed; null for what is too short to be one."""
    number = number_normalised_sql(column)
    return f"case when length({column}) >= 8 then cast(hash({number}) >> 1 as bigint) end"


def phone_key_sql(column: str) -> str:
    """Bigint SQL: the digits of a telephone number, hashed; null when they are fewer than seven."""
    digits = f"case when regexp_full_match({column}, '[0-9]+') then {column} else regexp_replace({column}, '[^0-9]', '', 'g') end"
    return f"case when length({column}) >= 7 and length({digits}) >= 7 then cast(hash({digits}) >> 1 as bigint) end"


def core_students_sql(
    raw: str = "raw_students", damaged_files: str = NO_FILES, divisions: str = KNOWN_DIVISIONS
) -> str:
    """A query for the stored columns of `core_students`, one row a delivered row.

    `raw` is a table name or a query in brackets; `damaged_files` a query for unit_code and file of the files whose numbers a
    spreadsheet has flattened; `divisions` one for the six-digit codes that are known: a table of them is read much quicker than
    the text of seven thousand.
    """
    texts = ",\n".join(f"{trimmed_sql(field)} as {column}" for column, field in TEXTS.items())
    return f"""
        with delivered as (
            select
                raw.unit_code,
                damaged_files.file as damaged_file,
                {content_hash_sql("raw.unit_code", "damaged_files.file")} as content_hash,
                {trimmed_sql("xxbsm")} as school_code,
                {distinct_trimmed_sql("xjh")} as student_no,
                {is_plain_name_sql("xm")} as is_plain_name,
                xm,
                {number_normalised_sql("sfzjh")} as id_number,
                {trimmed_sql("bh")} as class_no,
                {document_key_sql("cy1sfzjh")} as guardian_key,
                {document_key_sql("cy2sfzjh")} as second_guardian_key,
                coalesce({phone_key_sql("cy1lxdh")}, {phone_key_sql("lxdh")}) as phone_key,
                try_cast(regexp_extract(hkszdm, '^[0-9]{{6}}') as integer) as household_division,
                {texts}
            from {raw} as raw
            left join ({damaged_files}) as damaged_files
                on damaged_files.unit_code = raw.unit_code and damaged_files.file = raw.file
        ),
        typed as (
            select
                *,
                case when is_plain_name then xm else {trimmed_sql("xm")} end as name,
                {code_lists.SEX.code_sql("sex_text")} as sex_code,
                {code_lists.ID_TYPE.code_sql("id_type_text")} as id_type,
                cast({code_lists.GRADE.code_sql("grade_text")} as integer) as grade,
                {date_sql("birth_date_text")} as birth_date,
                {month_sql("enrolled_text")} as enrolled_month
            from delivered
        ),
        numbered as (
            select
                *,
                case when is_plain_name then cast(null as varchar) else nullif({folded_name_sql("name")}, name) end
                    as folded_name,
                case when id_type = '1' and regexp_full_match(id_number, '[0-9]{{17}}[0-9X]')
                    then cast(substr(id_number, 1, 17) as bigint) end as id_body
            from typed
        ),
        keyed as (
            select
                *,
                case when damaged_file is null and substr(id_number, 18, 1) = {body_check_character_sql("id_body")}
                    then id_body end as id_key
            from numbered
        )
        select
            unit_code,
            content_hash,
            damaged_file,
            school_code,
            student_no,
            case when student_no is null then md5(concat_ws('|', {", ".join(PERSON_COLUMNS)})) end as unnumbered_key,
            {student_no_key_sql()} as student_no_key,
            name,
            folded_name,
            case when is_plain_name then false else {sign_in_name_sql("name")} end as is_sign_in_name,
            sex_code,
            birth_date,
            case when birth_date is null then birth_date_text end as birth_date_unread,
            id_type,
            id_number,
            id_body,
            id_key,
            {number_date_sql("id_key", "id_number", "birth_date")} as id_birth_date,
            id_key >= {FOREIGNER} or {digits_sql("id_key", 1, 6)} in ({divisions}) as is_division_known,
            case when id_key is not null then cast(hash(id_key, name) >> 1 as bigint) end as pair_key,
            case when id_type <> '1' and id_number is not null and damaged_file is null
                then -1 - cast(hash(id_type, id_number) >> 1 as bigint) end as document_key,
            case when id_number is null and name is not null and sex_code is not null and birth_date is not null
                then cast(hash(coalesce(folded_name, name), sex_code, birth_date) >> 1 as bigint) end as person_key,
            grade,
            class_no,
            enrolled_month,
            case when enrolled_month is null then enrolled_text end as enrolled_month_unread,
            {unlisted_sql()},
            {is_out_of_school_sql()} as is_out_of_school,
            guardian_key,
            second_guardian_key,
            phone_key,
            household_division
        from keyed
    """
