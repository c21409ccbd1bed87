"""The workbooks that go out to be filled in and come back: their columns, what may be answered, and how they name themselves.

Writers and the reader of returns share these words. Every row that asks for an answer names its case, and ends in a hidden
cell of turn and seal; a hidden sheet names the file itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

KEY_SHEET = "_keys"
KEY_FIELDS = ("form", "owner", "edition", "key_id", "seal")  # heading row of the key sheet, values below
CASE_COLUMN = "案件编号"
SUGGESTION_COLUMN = "核对建议（仅供参考）"
SEAL_COLUMN = "核验码"  # hidden, last; turn and seal as `3.5f2c…`
# Shown cells that the seal covers, in this order, beside file and case: who touches them is told so.
SEALED_COLUMNS = ("姓名", "学籍号", "身份证件号")
BLANK = "（空）"  # how a missing value is shown
UNKNOWN = "unknown"  # school and county of records whose school is not in the school table; owner of their list


@dataclass(frozen=True)
class AnswerColumn:
    """A column to be filled in. `field` names it in code; with `choices` nothing else may stand there."""

    field: str
    title: str
    width: float
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReturnForm:
    """One kind of workbook. `form` is its code, `sheets` the titles of its sheets that ask for answers."""

    form: str
    title: str
    sheets: tuple[str, ...]
    answers: tuple[AnswerColumn, ...]

    @property
    def answer_titles(self) -> dict[str, str]:
        return {column.field: column.title for column in self.answers}


PASS, SEND_BACK, ASK_POLICE, HOLD, RELEASE, REDO = "通过", "退回", "送公安核实", "挂起", "解除挂起", "重新处理"
PASS_OR_BACK = (PASS, SEND_BACK)
KEEP, GIVE_UP = "坚持佐证", "放弃佐证"
UPHOLD, DISMISS = "保留", "不予保留"
ISSUED, NOT_ISSUED = "已发号", "不予发号"

LIST = ReturnForm(
    "list",
    "问题学籍清单",
    ("问题清单",),
    (
        AnswerColumn("answer", "处理方式", 6.5, ("删除", "佐证", "变更")),  # of a row: what dispositions.csv allows
        AnswerColumn("new_name", "更正后姓名", 9),
        AnswerColumn("new_id_number", "更正后身份证件号", 19),
        AnswerColumn("new_sex", "更正后性别", 5, ("男", "女")),
        AnswerColumn("new_birth_date", "更正后出生日期", 10),
        AnswerColumn("note", "说明", 10),
    ),
)
REVIEW = ReturnForm(
    "review",
    "问题学籍审核表",
    ("待审核", "挂起", "已通过佐证"),
    (
        AnswerColumn("answer", "审核意见", 9),  # choices by sheet: REVIEW_CHOICES
        AnswerColumn("note", "审核理由", 20),
        AnswerColumn("signed_by", "审核人", 9),
    ),
)
REVIEW_CHOICES = {
    "待审核": (PASS, SEND_BACK, ASK_POLICE, HOLD),
    "挂起": (RELEASE,),
    "已通过佐证": (REDO,),
}
SHEET = ReturnForm(
    "sheet",
    "问题学籍核查单",
    ("核查单",),
    (
        AnswerColumn("attends", "在校情况", 8, ("在校", "不在校")),
        AnswerColumn("answer", "核查意见", 9, (KEEP, GIVE_UP)),
        AnswerColumn("note", "核查说明", 20),
        AnswerColumn("signed_by", "核查人", 9),
    ),
)
VERDICT = ReturnForm(
    "verdict",
    "问题学籍仲裁表",
    ("待裁定",),
    (
        AnswerColumn("answer", "仲裁结论", 9, (UPHOLD, DISMISS)),
        AnswerColumn("note", "仲裁理由", 20),
        AnswerColumn("signed_by", "仲裁人", 9),
    ),
)
ISSUE = ReturnForm(
    "issue",
    "待发全国学籍号名单",
    ("待发号",),
    (
        AnswerColumn("answer", "发号结果", 9, (ISSUED, NOT_ISSUED)),
        AnswerColumn("note", "发号说明", 20),
        AnswerColumn("signed_by", "经办人", 9),
    ),
)
FORMS = {form.form: form for form in (LIST, REVIEW, SHEET, VERDICT, ISSUE)}


def shown(value: str | None) -> str:
    """A value as a row shows it."""
    return value or BLANK


def sealed_texts(case_no: str, turn: int, cells: Sequence[str]) -> tuple[str, ...]:
    """What a row's seal covers, from the texts of its shown cells: outer blanks do not count."""
    return (case_no, str(turn), *(cell.strip() for cell in cells))
