"""The core table of students: delivered text typed, folded and keyed, once for all rules.

Written in DuckDB's own words, unlike the rules: whatever a rule needs and portable SQL cannot say is prepared here.
"""

from xueji.checks import code_lists
from xueji.checks.id_number import body_check_character_sql
from xueji.checks.spreadsheet_damage import damaged_files_sql
from xueji.checks.text_folding import (
    distinct_trimmed_sql,
    name_folded_sql,
    number_normalised_sql,
    sign_in_name_sql,
    trimmed_sql,
)

# core column → raw field, for the columns kept as text with their outer blanks removed
TEXT_FIELDS = {
    "school_code": "xxbsm",
    "student_no": "xjh",
    "name": "xm",
    "sex_text": "xbm",
    "birth_date_text": "csrq",
    "id_type_text": "sfzjlxm",
    "id_number_text": "sfzjh",
    "grade_text": "nj",
    "class_no": "bh",
    "enrolled_text": "rxny",
    "nation_text": "mzm",
    "nationality_text": "gjdqm",
    "hmt_overseas_text": "gatqwm",
    "health_text": "jkzkm",
    "household_type_text": "hkxzm",
    "admission_text": "rxfsm",
    "attendance_text": "jdfsm",
}
DISTINCT_FIELDS = ("xxbsm", "xjh", "xm", "sfzjh")  # nearly every record has its own text
KEY_FIELDS = ("name", "sex_text", "birth_date_text", "id_type_text", "id_number_text")


def date_sql(column: str) -> str:
    """Date SQL: YYYYMMDD, YYYY-MM-DD or YYYY/MM/DD (short month and day with separators); null for anything else."""
    return f"""case
        when regexp_full_match({column}, '[0-9]{{8}}') then cast(try_strptime({column}, '%Y%m%d') as date)
        when regexp_full_match({column}, '[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}') then try_cast({column} as date)
        when regexp_full_match({column}, '[0-9]{{4}}/[0-9]{{1,2}}/[0-9]{{1,2}}')
            then try_cast(replace({column}, '/', '-') as date)
    end"""


def month_sql(column: str) -> str:
    """Text SQL: the month of `column` as YYYYMM when it is one, also of a full date; else the text as it is."""
    padded = f"substr({column}, 1, 4) || lpad(substr({column}, 6), 2, '0')"
    month = f"""case
        when regexp_full_match({column}, '[0-9]{{6}}') then {column}
        when regexp_full_match({column}, '[0-9]{{4}}[-/][0-9]{{1,2}}') then {padded}
        else strftime({date_sql(column)}, '%Y%m')
    end"""
    return f"coalesce({month}, {column})"


def core_students_sql(raw: str = "raw_students") -> str:
    """A query for `core_students`, column by column in the table's order. `raw` is a table name or a query in brackets."""
    texts = ",\n".join(
        f"{distinct_trimmed_sql(field) if field in DISTINCT_FIELDS else trimmed_sql(field)} as {column}"
        for column, field in TEXT_FIELDS.items()
    )
    hashed = ", ".join((*TEXT_FIELDS, "unit_code", "is_damaged_file"))
    return f"""
        with damaged_files as ({damaged_files_sql(_numbers_sql(raw))}),
        delivered as (
            select
                unit_code,
                delivery_date as as_of,
                file,
                {texts},
                {number_normalised_sql("sfzjh")} as id_number
            from {raw} as raw
        ),
        coded as (
            select
                delivered.*,
                damaged_files.file is not null as is_damaged_file,
                {code_lists.SEX.code_sql("sex_text")} as sex_code,
                {code_lists.ID_TYPE.code_sql("id_type_text")} as id_type,
                cast({code_lists.GRADE.code_sql("grade_text")} as integer) as grade
            from delivered
            left join damaged_files on damaged_files.unit_code = delivered.unit_code and damaged_files.file = delivered.file
        ),
        numbered as (
            select
                *,
                case when id_type = '1' and regexp_full_match(id_number, '[0-9]{{17}}[0-9X]')
                    then cast(substr(id_number, 1, 17) as bigint) end as id_body
            from coded
        )
        select
            unit_code,
            as_of,
            file,
            coalesce(school_code, '') || '/' || coalesce(student_no, md5(concat_ws('|', {", ".join(KEY_FIELDS)})))
                as record_key,
            cast(hash({hashed}) >> 1 as bigint) as content_hash,
            school_code,
            student_no,
            name,
            {name_folded_sql("name")} as name_folded,
            sex_code,
            sex_text,
            {date_sql("birth_date_text")} as birth_date,
            birth_date_text,
            id_type,
            id_type_text,
            id_number,
            id_number_text,
            id_body,
            case when not is_damaged_file and substr(id_number, 18, 1) = {body_check_character_sql("id_body")}
                then id_body end as id_key,
            grade,
            grade_text,
            class_no,
            {month_sql("enrolled_text")} as enrolled_month,
            nation_text,
            nationality_text,
            hmt_overseas_text,
            health_text,
            household_type_text,
            admission_text,
            attendance_text,
            is_damaged_file,
            {sign_in_name_sql("name")} as is_sign_in_name
        from numbered
    """


def _numbers_sql(raw: str) -> str:
    """One row a type-1 number that is not blank: unit_code, file, id_number (normalised)."""
    id_type = code_lists.ID_TYPE.code_sql(trimmed_sql("sfzjlxm"))
    return f"""
        select unit_code, file, id_number
        from (
            select unit_code, file, {id_type} as id_type, {number_normalised_sql("sfzjh")} as id_number
            from {raw} as raw
        ) as numbers
        where id_type = '1' and id_number is not null
    """
