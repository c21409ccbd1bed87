"""What may be entered as a new value from a confirmation form, item by item; the form of a value, not its truth."""

from xueji.checks.code_lists import ID_TYPE
from xueji.checks.core_students import date_sql, month_sql
from xueji.checks.corrections import LONGEST_NUMBER, SHORTEST_NUMBER, STAND_INS
from xueji.checks.date_invalid import EARLIEST
from xueji.checks.form_fields import FIELDS
from xueji.checks.form_values import DATES, LISTS, MONTHS, NAMES, NUMBERS
from xueji.checks.id_checksum import RULE as ID_CHECKSUM
from xueji.checks.id_format import RULE as ID_FORMAT
from xueji.checks.id_number import check_character_sql, is_digits_sql, is_well_formed_sql
from xueji.checks.name_invalid import MOST_CHARACTERS, PLACEHOLDERS
from xueji.checks.name_invalid import RULE as NAME_INVALID
from xueji.checks.sql_text import literal, literal_list
from xueji.checks.text_folding import folded_name_sql, sign_in_name_sql, translate_sql

STUDENT_NUMBER = "sfzjh"
RESIDENT = ID_TYPE.labels["1"][0]


def value_fault_sql(field: str, value: str, id_type: str, day: str) -> str:
    """Text SQL, Chinese: why `value`, written as it would be printed, cannot be the item named in `field`; null when it can.

    `id_type` is the student's document type as printed, `day` the day on which the value came. A blank value clears an item, which
    a required one does not bear.
    """
    required = literal_list(item.field for item in FIELDS.values() if item.is_required)
    lists = " ".join(f"when {literal(name)} then {_list_fault_sql(name, value)}" for name in LISTS)
    return f"""case
        when {value} is null then case when {field} in {required} then '不能为空' end
        when {field} in {literal_list(NAMES)} then {name_fault_sql(value)}
        when {field} = '{STUDENT_NUMBER}' then case
            when {id_type} = {literal(RESIDENT)} then {resident_number_fault_sql(value)} else {other_number_fault_sql(value)} end
        when {field} in {literal_list(NUMBERS)} then {other_number_fault_sql(value)}
        when {field} = '{DATES[0]}' then case
            when {date_sql(value)} is null then '不是日期'
            when not {date_sql(value)} between date '{EARLIEST}' and {day} then '日期早于1990年或晚于文件送达日期' end
        when {field} in {literal_list(MONTHS)} then case when {month_sql(value)} is null then '不是年月' end
        else case {field} {lists} end
    end"""


def name_fault_sql(name: str) -> str:
    """Text SQL: why a text is no name, as `name_invalid` has it and with its words; stand-ins for a character are none either."""
    reasons = {code: literal(text) for code, text in NAME_INVALID.reasons.items()}
    folded = folded_name_sql(name)
    bare = translate_sql(name, "".join(sorted(STAND_INS)), "")
    return f"""case
        when {folded} in {literal_list(PLACEHOLDERS)} then {reasons["placeholder"]}
        when length({name}) > {MOST_CHARACTERS} then {reasons["length"]}
        when {bare} <> {name} then '姓名中有替代符号（?或□）'
        when {sign_in_name_sql(name)} then {reasons["characters"]}
        when coalesce(length({folded}), 0) <= 1 then {reasons["one_character"]}
    end"""


def resident_number_fault_sql(number: str) -> str:
    """Text SQL: why a normalised number is none of an identity card, in the words of `id_format` and `id_checksum`."""
    reasons = {code: literal(text) for code, text in ID_FORMAT.reasons.items()}
    return f"""case
        when {is_well_formed_sql(number)} then case
            when substr({number}, 18, 1) <> {check_character_sql(number)} then {literal(ID_CHECKSUM.reasons[""])} end
        when length({number}) = 18 then {reasons["characters"]}
        when length({number}) = 15 and {is_digits_sql(number)} then {reasons["fifteen_digits"]}
        else {reasons["length"]}
    end"""


def other_number_fault_sql(number: str) -> str:
    """Text SQL: why a normalised number is none of any document."""
    return f"""case
        when length({number}) not between {SHORTEST_NUMBER} and {LONGEST_NUMBER}
            then '证件号应为{SHORTEST_NUMBER}至{LONGEST_NUMBER}位'
        when translate({number}, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ()-', '') <> '' then '证件号中有不应出现的字符'
    end"""


def _list_fault_sql(field: str, value: str) -> str:
    # Three capital letters are a country's code, listed here or not (checks/core_students.py).
    country = f" and not regexp_full_match({value}, '[A-Z]{{3}}')" if field == "gjdqm" else ""
    return f"case when {LISTS[field].is_unknown_sql(value)}{country} then '不在可选范围内' end"
