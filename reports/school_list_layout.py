"""How a school list is laid out: its columns, and the template of every list of a night."""

from datetime import date, datetime
from functools import lru_cache
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from xueji.reports.list_layout import (
    ANSWER,
    HEAD_LINES,
    LINE_HEIGHT,
    ROW_PADDING,
    STYLES,
    Column,
    ListSheet,
    Styles,
    answer_columns,
    lay_out_keys,
    lay_out_list,
    line_count,
    set_up_page,
)
from xueji.reports.return_forms import CASE_COLUMN, KEY_SHEET, LIST, SUGGESTION_COLUMN
from xueji.reports.school_list_guide import GUIDE, GUIDE_TITLE, TYPES_HEADING
from xueji.reports.workbook_template import Template

(PROBLEM_SHEET,) = LIST.sheets
QUALITY_SHEET = "数据质量待改"
GUIDE_SHEET = "填写说明"
PROBLEM_COLUMNS = (
    Column("序号", 4.5),
    Column(CASE_COLUMN, 12.5),  # in two lines
    Column("年级", 6.5),
    Column("班级", 8),
    Column("姓名", 8),
    Column("学籍号", 20),
    Column("身份证件号", 19),
    Column("问题类型", 10),
    Column("问题说明", 25, "left"),
    Column(SUGGESTION_COLUMN, 27, "left"),
    Column("涉及范围", 4.5),
    Column("对方信息", 23, "left"),
    Column("可选处理方式", 5),
    Column("需提供的材料", 20, "left"),
    Column("处理期限", 10.5),
    *answer_columns(LIST),
)
QUALITY_COLUMNS = (
    Column("序号", 5),
    Column("年级", 8),
    Column("班级", 9),
    Column("姓名", 12),
    Column("学籍号", 21),
    Column("问题类型", 10),
    Column("有误项目", 14),
    Column("问题说明", 40, "left"),
    Column("现有内容", 22, "left"),
    Column("更正后内容", 26, ANSWER),
)
ANSWERS_HEADING = "学校填写"
FROZEN_PROBLEM_COLUMNS, FROZEN_QUALITY_COLUMNS = 5, 4  # up to the name
GUIDE_WIDTHS = (22, 100, 16)


@lru_cache(maxsize=8)
def list_template(has_quality: bool, as_of: date) -> Template:
    """The laid-out workbook of every list of a night.

    Its tokens: school, issuer, foot, problem_counts, quality_counts, and the key sheet's.
    """
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    styles = {name: book.add_format(properties) for name, properties in STYLES.items()}
    sheets = {
        PROBLEM_SHEET: ListSheet(
            LIST.title, "{{school}}", "{{problem_counts}}", PROBLEM_COLUMNS, ANSWERS_HEADING, FROZEN_PROBLEM_COLUMNS
        ),
        QUALITY_SHEET: ListSheet(
            "数据质量待改清单", "{{school}}", "{{quality_counts}}", QUALITY_COLUMNS, ANSWERS_HEADING, FROZEN_QUALITY_COLUMNS
        ),
    }  # fmt: skip
    sample_lines: dict[str, int | None] = {}
    for name, content in sheets.items():
        if name != QUALITY_SHEET or has_quality:
            sample_lines[name] = HEAD_LINES + 1
            lay_out_list(book.add_worksheet(name), content, styles)
    sample_lines |= {GUIDE_SHEET: None, KEY_SHEET: None}
    _lay_out_guide(book.add_worksheet(GUIDE_SHEET), styles)
    lay_out_keys(book.add_worksheet(KEY_SHEET), LIST)
    created = datetime(as_of.year, as_of.month, as_of.day)
    book.set_properties({"title": LIST.title, "author": "{{issuer}}", "created": created})
    book.close()
    return Template.from_workbook(buffer.getvalue(), sample_lines)


def _lay_out_guide(sheet: Worksheet, styles: Styles) -> None:
    for column, width in enumerate(GUIDE_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 30)
    sheet.merge_range(0, 0, 0, len(GUIDE_WIDTHS) - 1, GUIDE_TITLE, styles["title"])
    for line, guide in enumerate(GUIDE, start=1):
        is_head = guide is TYPES_HEADING
        sheet.set_row(line, line_count(guide.text, GUIDE_WIDTHS[1]) * LINE_HEIGHT + ROW_PADDING)
        if guide.place:
            sheet.write_string(line, 0, guide.heading, styles["head" if is_head else "centre"])
            sheet.write_string(line, 1, guide.text, styles["head" if is_head else "left"])
            sheet.write_string(line, 2, guide.place, styles["head" if is_head else "centre"])
        else:
            sheet.write_string(line, 0, guide.heading, styles["guide_heading"])
            sheet.write_string(line, 1, guide.text, styles["guide"])
    set_up_page(sheet)
