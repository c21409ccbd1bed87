"""What an item of the confirmation form says: the registry's cell as it is printed, in words a parent can read.

The same text is printed, asked for as 原值, read from 新值 and found again in the registry, however a unit writes its cells:
codes as labels, dates as YYYY-MM-DD, months as YYYY-MM, numbers without blanks, other texts without outer blanks.
"""

from xueji.checks import code_lists
from xueji.checks.code_lists import CodeList
from xueji.checks.core_students import date_sql, month_sql
from xueji.checks.sql_text import literal
from xueji.checks.text_folding import distinct_trimmed_sql, number_normalised_sql, trimmed_sql

_YES_NO = {"1": ("是",), "0": ("否",)}
_RELATION = {  # the template's 1 and 2; GB/T 4761 for the others
    "51": ("父亲", "父", "1"),
    "52": ("母亲", "母", "2"),
    "61": ("祖父",),
    "62": ("祖母",),
    "63": ("外祖父",),
    "64": ("外祖母",),
}
_MORE_LISTS = (
    *(
        CodeList(field, "template: yes or no", _YES_NO)
        for field in ("sfdsznm", "sfsgxqjym", "sfsqznm", "sfge", "sflshyfzn", "sfgmxwm", "sfxsybm", "sfczxcm")
    ),
    CodeList(
        "sflsetm",
        "template notes",
        {
            "0": ("非留守儿童", "否"),
            "1": ("单亲留守儿童", "单亲留守"),
            "2": ("双亲留守儿童", "双亲留守"),
        },
    ),
    CodeList("xslym", "template notes", {"1": ("正常入学",), "9": ("其他",)}, ("借读",)),
    CodeList(
        "zzmmm",
        "template notes; GB/T 4762",
        {
            "01": ("中共党员",),
            "02": ("中共预备党员", "预备党员"),
            "03": ("共青团员",),
            "13": ("群众",),
        },
    ),
    *(CodeList(field, code_lists.ID_TYPE.source, code_lists.ID_TYPE.labels) for field in ("cy1sfzjlxm", "cy2sfzjlxm")),
    *(CodeList(field, "template notes; GB/T 4761", _RELATION, ("其他",)) for field in ("cy1gxm", "cy2gxm")),
)
LISTS = {
    codes.field: codes
    for codes in (
        code_lists.SEX,
        code_lists.ID_TYPE,
        code_lists.NATION,
        code_lists.NATIONALITY,
        code_lists.HMT_OVERSEAS,
        code_lists.HEALTH,
        code_lists.HOUSEHOLD_TYPE,
        code_lists.ADMISSION,
        code_lists.ATTENDANCE,
        *_MORE_LISTS,
    )
}
DATES = ("csrq", "sfzjyxq")  # the latter may also hold a span, or 长期: printed as it stands
MONTHS = ("rxny",)
NUMBERS = ("sfzjh", "cy1sfzjh", "cy2sfzjh")
NAMES = ("xm", "cym", "cy1xm", "cy2xm")


def printed_sql(field: str, column: str) -> str:
    """Text SQL: the item `field` as the form prints it, from its cell in `column`; null when the cell is blank.

    What is no code, date or month is printed as it stands, without outer blanks. Printing what was printed changes nothing.
    """
    if field in LISTS:
        text = trimmed_sql(column)
        return f"coalesce({_label_sql(LISTS[field], text)}, {text})"
    if field in DATES:
        text = trimmed_sql(column)
        return f"coalesce(cast({date_sql(text)} as varchar), {text})"
    if field in MONTHS:
        text = trimmed_sql(column)
        month = f"cast({month_sql(text)} as varchar)"
        return f"coalesce(substr({month}, 1, 4) || '-' || substr({month}, 5), {text})"
    if field in NUMBERS:
        return number_normalised_sql(column)
    return distinct_trimmed_sql(column)


def _label_sql(codes: CodeList, column: str) -> str:
    """Text SQL: the printed label of what `column` means, null when it is in no list."""
    # As CodeList.code_sql: a code goes before another code's label, and a label before a label of the same text.
    labels = {text: texts[0] for texts in codes.labels.values() for text in texts} | {
        code: texts[0] for code, texts in codes.labels.items()
    }
    texts = ", ".join(literal(text) for text in labels)
    printed = ", ".join(literal(label) for label in labels.values())
    return f"map([{texts}], [{printed}])[{column}]"


def printed_of_sql(field: str, column: str) -> str:
    """The same where the item is itself a column: text SQL of `column` as the item named in `field` is printed."""
    special = (*LISTS, *DATES, *MONTHS, *NUMBERS)
    cases = " ".join(f"when {literal(name)} then {printed_sql(name, column)}" for name in special)
    return f"case {field} {cases} else {distinct_trimmed_sql(column)} end"
