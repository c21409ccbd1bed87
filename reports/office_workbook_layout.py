"""How an authority's workbook is laid out: the columns and notes of each form, and its template."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO

from xlsxwriter import Workbook

from xueji.reports.list_layout import (
    ANSWER,
    HEAD_LINES,
    STYLES,
    Column,
    ListSheet,
    answer_columns,
    lay_out_keys,
    lay_out_list,
)
from xueji.reports.return_forms import (
    CASE_COLUMN,
    FORMS,
    ISSUE,
    KEY_SHEET,
    REVIEW,
    SHEET,
    SUGGESTION_COLUMN,
    VERDICT,
)
from xueji.reports.workbook_template import Template

_WHO = (
    Column("年级", 6.5),
    Column("班级", 8),
    Column("姓名", 8),
    Column("学籍号", 20),
    Column("身份证件号", 19),
)
_NUMBERS = (Column("序号", 4.5), Column(CASE_COLUMN, 12.5))
_MATTER = (Column("事项", 4.5), Column(CASE_COLUMN, 12.5))
_SUGGESTION = Column(SUGGESTION_COLUMN, 22, "left")
_EVIDENCE = Column("证明材料", 15, "left")
_DUE = Column("办理期限", 6)  # a day in two lines
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    REVIEW.form: (
        *_NUMBERS,
        Column("学校", 12, "left"),
        *_WHO,
        Column("问题类型", 9),
        Column("问题说明", 20, "left"),
        _SUGGESTION,
        Column("办理状态", 7),
        Column("处理方式", 5),
        Column("更正后姓名", 8),
        Column("更正后身份证件号", 19),
        Column("更正后性别", 5),
        Column("更正后出生日期", 6),
        Column("学校说明", 12, "left"),
        _EVIDENCE,
        Column("疑点提示", 18, "left"),
        Column("提交日期", 6),
        _DUE,
        *answer_columns(REVIEW),
    ),
    SHEET.form: (
        *_MATTER,
        Column("县（市、区）", 9),
        Column("学校", 13, "left"),
        *_WHO,
        Column("问题说明", 20, "left"),
        _SUGGESTION,
        Column("涉及范围", 5),
        Column("对方信息", 30, "left"),
        Column("学校说明", 12, "left"),
        _EVIDENCE,
        _DUE,
        *answer_columns(SHEET),
    ),
    VERDICT.form: (
        *_MATTER,
        Column("省份", 6.5),
        Column("县（市、区）", 9),
        Column("学校", 13, "left"),
        *_WHO,
        Column("办理状态", 10),
        Column("处理方式", 5),
        Column("学校说明", 12, "left"),
        _EVIDENCE,
        Column("核查答复", 18, "left"),
        _SUGGESTION,
        Column("疑点提示", 18, "left"),
        _DUE,
        *answer_columns(VERDICT),
    ),
    ISSUE.form: (
        *_NUMBERS,
        Column("省份", 6.5),
        Column("县（市、区）", 9),
        Column("学校", 15, "left"),
        *_WHO,
        Column("问题类型", 10),
        Column("问题说明", 26, "left"),
        Column("学校说明", 14, "left"),
        _EVIDENCE,
        Column("审核通过日期", 10.5),
        Column("办理期限", 10.5),
        *answer_columns(ISSUE),
    ),
}
MATTER_FORMS = frozenset({SHEET.form, VERDICT.form})  # rows of one matter stand together
ANSWERS_HEADINGS = {
    REVIEW.form: "审核填写",
    SHEET.form: "核查填写",
    VERDICT.form: "仲裁填写",
    ISSUE.form: "发号填写",
}
_SCANS = "证明材料在同一文件夹的 evidence 内，文件名为“案件编号_材料名称”。"
_BACK = "下拉列表之外的内容、改动过下发内容的行不予接收。填写后以原文件名交回，收在 {} 目录；没有填写的行以后可以再交。"
_AUDITS, _ARBITRATION = _BACK.format("audits"), _BACK.format("arbitration")
# What is to be done with each sheet, below its counts.
NOTES: Mapping[tuple[str, str], str] = {
    (REVIEW.form, "待审核"): "核对学生在校情况和证明材料是否真实、系统内信息与材料是否一致；有疑点的选择“送公安核实”，向公安机关户籍部门核实后再审核；"
    f"涉及高中阶段违规招生的选择“挂起”。退回、挂起须写明理由，学校可以看到。{_SCANS}{_AUDITS}",
    (REVIEW.form, "挂起"): f"招生问题处理完毕的，选择“解除挂起”，案件回到学校继续办理；尚未处理完的留空。{_AUDITS}",
    (REVIEW.form, "已通过佐证"): "佐证已通过审核、问题记录仍在的案件。发现佐证有误的，选择“重新处理”并写明理由，案件退回学校；没有问题的留空。"
    f"{_SCANS}{_AUDITS}",
    (SHEET.form, "核查单"): "同一证件号有两方以上佐证成立，逐方核实，“在校情况”“核查意见”都要填写：学生不在校的，应放弃佐证；坚持佐证的，补充家长签字的"
    f"身份证件或户口簿复印件备查；放弃佐证的，说明原佐证情况。外省学生的信息只用于联系核实。{_SCANS}{_ARBITRATION}",
    (VERDICT.form, "待裁定"): "粗线以内为同一事项的各方，每个事项最多保留一方；灰色文字的行供对照，不需填写。不予保留的须写明理由，案件退回其学校。"
    f"{_SCANS}{_ARBITRATION}",
    (ISSUE.form, "待发号"): "与国家人口基础信息数据库比对不一致、佐证已经学籍主管部门审核通过的学生。已下发全国学籍号的选择“已发号”；"
    f"不予发号的须写明理由，案件退回学校。{_ARBITRATION}",
}  # fmt: skip
DELETION_NOTE = f"正式学籍号原则上不予删除。核对学校的情况说明，确需删除的选择“通过”，不同意的选择“退回”并写明理由。{_SCANS}{_AUDITS}"
NOTES_HEIGHT = 46
FROZEN_UP_TO = "姓名"
# The sample rows of a form in matters: row of a matter, its first row; then the same of parties that are not to be answered.
OTHER_LOOK = 2
_FIRST_LOOK = {"centre": "centre_first", "left": "left_first", ANSWER: "answer_first"}
_OTHER = {"centre": "centre_other", "left": "left_other", ANSWER: "left_other"}
_OTHER_FIRST = {"centre": "centre_other_first", "left": "left_other_first", ANSWER: "left_other_first"}
MATTER_LOOKS: tuple[dict[str, str], ...] = ({}, _FIRST_LOOK, _OTHER, _OTHER_FIRST)


@lru_cache(maxsize=32)
def office_template(form_code: str, titles: tuple[str, ...], as_of: date) -> Template:
    """The laid-out workbook of a form with the sheets of `titles`.

    Its tokens: office, issuer, foot, counts_N for the form's sheet N, and the key sheet's.
    """
    form = FORMS[form_code]
    columns = COLUMNS[form_code]
    frozen = [column.title for column in columns].index(FROZEN_UP_TO) + 1
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    styles = {name: book.add_format(properties) for name, properties in STYLES.items()}
    for title in titles:
        content = ListSheet(
            title=form.title if title == form.sheets[0] else f"{form.title}（{title}）",
            info="{{office}}",
            counts=f"{{{{counts_{form.sheets.index(title)}}}}}",
            columns=columns,
            answers_heading=ANSWERS_HEADINGS[form_code],
            frozen_columns=frozen,
            counts_height=NOTES_HEIGHT,
            looks=MATTER_LOOKS if form_code in MATTER_FORMS else ({},),
        )
        lay_out_list(book.add_worksheet(title), content, styles)
    lay_out_keys(book.add_worksheet(KEY_SHEET), form)
    created = datetime(as_of.year, as_of.month, as_of.day)
    book.set_properties({"title": form.title, "author": "{{issuer}}", "created": created})
    book.close()
    return Template.from_workbook(buffer.getvalue(), {**dict.fromkeys(titles, HEAD_LINES + 1), KEY_SHEET: None})
