"""What makes values of two systems comparable, field by field: label or code, form of dates, width and blanks do not count.

Written in DuckDB's own words, as the core table's typing is; values that have no form of their own are compared as folded text.
"""

import csv
from pathlib import Path

from xueji.checks import code_lists
from xueji.checks.code_lists import CodeList
from xueji.checks.form_fields import FIELDS
from xueji.checks.sql_text import literal, literal_list
from xueji.checks.tables import REQUIRED_FIELDS, STUDENT_FIELDS
from xueji.checks.text_folding import fold_width, folded_name_sql, is_plain_name_sql, number_normalised_sql


def _countries() -> dict[str, tuple[str, ...]]:
    """GB/T 2659: three letters → the names of the sheet's drop-down."""
    names: dict[str, tuple[str, ...]] = {}
    with Path(__file__).with_name("docking_countries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names[row["code"]] = (*names.get(row["code"], ()), row["name"])
    return names


COUNTRY = CodeList("gjdqm", "GB/T 2659", _countries())
# GB/T 4761, and the template's own two codes.
RELATION = CodeList(
    "cy1gxm",
    "GB/T 4761; template: 1 父, 2 母",
    {
        "51": ("父亲", "父", "1"),
        "52": ("母亲", "母", "2"),
        "61": ("祖父", "爷爷"),
        "62": ("祖母", "奶奶"),
        "63": ("外祖父", "外公", "姥爷"),
        "64": ("外祖母", "外婆", "姥姥"),
        "57": ("继父",),
        "58": ("继母",),
        "97": ("其他亲属",),
        "99": ("非亲属",),
    },
)
LEFT_BEHIND = CodeList(
    "sflsetm",
    "template notes",
    {"0": ("非留守儿童", "非留守", "否"), "1": ("单亲留守儿童", "单亲留守"), "2": ("双亲留守儿童", "双亲留守")},
)
YES_NO = CodeList("sfge", "template notes", {"1": ("是", "Y", "TRUE"), "0": ("否", "N", "FALSE")})
YES_NO_FIELDS = (
    "sfdsznm", "sfsgxqjym", "sfsqznm", "sfge", "sflshyfzn", "sbjdm", "sfgmxwm", "sfxsybm", "sfczxcm",
)  # fmt: skip
LISTS = {
    "xbm": code_lists.SEX,
    "sfzjlxm": code_lists.ID_TYPE,
    "cy1sfzjlxm": code_lists.ID_TYPE,
    "cy2sfzjlxm": code_lists.ID_TYPE,
    "nj": code_lists.GRADE,
    "mzm": code_lists.NATION,
    "gjdqm": COUNTRY,
    "gatqwm": code_lists.HMT_OVERSEAS,
    "jkzkm": code_lists.HEALTH,
    "hkxzm": code_lists.HOUSEHOLD_TYPE,
    "rxfsm": code_lists.ADMISSION,
    "jdfsm": code_lists.ATTENDANCE,
    "cy1gxm": RELATION,
    "cy2gxm": RELATION,
    "sflsetm": LEFT_BEHIND,
    "sfzx": code_lists.IN_SCHOOL,
    **dict.fromkeys(YES_NO_FIELDS, YES_NO),
}
# Lists whose every code is known: of these the coverage is checked. Relations are compared, but their list is longer than ours.
CODED = tuple(field for field, codes in LISTS.items() if codes not in (RELATION, YES_NO))
NAMES = ("xm", "cym", "cy1xm", "cy2xm")
DATES = ("csrq", "sfzjyxq")
PHONES = ("lxdh", "cy1lxdh", "cy2lxdh")
DIVISIONS = ("csdm", "hkszdm")
MONTH = "rxny"
SENIOR_GRADES = ("10", "11", "12")
PLAIN = "[!-&(-_{-~一-鿿]+"  # printable, neither lower-case nor an apostrophe, or of the basic block: nothing to fold
SPLIT_DATE = "([0-9]{4})[-/]([0-9]{1,2})([-/]([0-9]{1,2}))?"
STUDENT_NO, LOCAL_NO, SCHOOL = "xjh", "xjfh", "xxbsm"
KEYS = (LOCAL_NO, STUDENT_NO)
# Asked for by the landing contract; what the confirmation form asks for beside.
LANDING_REQUIRED = REQUIRED_FIELDS
FORM_REQUIRED = tuple(field for field, item in FIELDS.items() if item.is_required and field not in REQUIRED_FIELDS)
NO_DOCUMENT = "Z"  # 其他: the number may be blank


def folded_sql(field: str) -> str:
    """Text SQL: the delivered column `field` without what writing adds (width, case, blanks), a label as its code; null when blank.

    Nearly every text is plain or known as it stands, which is found out cheaply.
    """
    column = f'"{field}"'
    if field in NAMES:
        return f"case when {is_plain_name_sql(column)} then {column} else {folded_name_sql(column)} end"
    folded = f"case when regexp_full_match({column}, '{PLAIN}') then {column} else {number_normalised_sql(column)} end"
    return f"coalesce({_codes(LISTS[field])}[{column}], {folded})" if field in LISTS else folded


def normal_sql(field: str) -> str:
    """Text SQL over folded columns: `field` in the form in which both systems' values are compared."""
    text = f'"{field}"'
    code = f"coalesce({_codes(LISTS[field])}[{text}], {text})" if field in LISTS else text
    if field == code_lists.ADMISSION.field:
        # 其他 is 12 of compulsory education and 99 of senior high school.
        senior = f"nj in {literal_list(SENIOR_GRADES)}"
        return f"case when {text} = '其他' then case when {senior} then '99' else '12' end else {code} end"
    if field in DATES:
        return _digits_sql(text)
    if field == MONTH:
        return f"substr({_digits_sql(text)}, 1, 6)"
    if field in PHONES:
        bare = f"coalesce(nullif(regexp_replace({text}, '[^0-9]', '', 'g'), ''), {text})"
        return f"case when regexp_full_match({text}, '[0-9]+') then {text} else {bare} end"
    if field in DIVISIONS:  # 440106 is 440106000000
        return f"case when length({text}) in (6, 9) and regexp_full_match({text}, '[0-9]+') then rpad({text}, 12, '0') else {text} end"
    return code


def _digits_sql(text: str) -> str:
    """Text SQL: a date or month with separators as the digits it would have without. Whether there is such a day is not asked here."""
    year, month, day = (f"regexp_extract({text}, '{SPLIT_DATE}', {group})" for group in (1, 2, 4))
    digits = f"{year} || lpad({month}, 2, '0') || case when {day} = '' then '' else lpad({day}, 2, '0') end"
    return f"case when regexp_full_match({text}, '{SPLIT_DATE}') then {digits} else {text} end"


def _codes(codes: CodeList) -> str:
    """Map SQL: the code that each text of a list means, as printed and folded. A label of several codes means none of them."""
    meanings: dict[str, set[str]] = {}
    for code, labels in codes.labels.items():
        for label in labels:
            meanings.setdefault(label, set()).add(code)
    known = {label: code for label, (code, *others) in meanings.items() if not others}
    known |= {fold_width(label): code for label, code in known.items()} | {code: code for code in codes.labels}
    return f"map([{', '.join(map(literal, known))}], [{', '.join(map(literal, known.values()))}])"


def is_unlisted_sql(field: str, column: str) -> str:
    """Boolean SQL over a value that `normal_sql` gave: it is in no code list. False for fields without one."""
    if field not in CODED:
        return "false"
    codes = LISTS[field]
    known = (*codes.labels, *map(fold_width, codes.labels_without_code))
    return (
        f"({column} is not null and map([{', '.join(map(literal, known))}], {[True] * len(known)})[{column}] is null)"
    )


def is_asked_sql(field: str, alias: str = "") -> str:
    """Boolean SQL over normal values: this record has to have the field filled in."""
    prefix = f"{alias}." if alias else ""
    return f"coalesce({prefix}sfzjlxm, '') <> '{NO_DOCUMENT}'" if field == "sfzjh" else "true"


assert set(LISTS) <= set(STUDENT_FIELDS)
