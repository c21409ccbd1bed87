"""Honest deliveries: every encoding, format and header dialect comes out as the same rows."""

import gzip
import hashlib
import io
import zipfile

import duckdb
import polars as pl
import pytest
import xlsxwriter

from xueji.assets.columns import Columns, answer_columns, population_columns, school_columns, student_columns
from xueji.assets.delivery_reader import StagedDelivery, read_delivery, reads_in_place
from xueji.assets.engine import Engine
from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.tables import REQUIRED_FIELDS, STUDENT_FIELDS

HEADER = "姓名,身份证件号,性别"
ROWS = "测试甲,11010519491231002X,1\n测试乙·丙,,2\n"
TEXT = f"{HEADER}\n{ROWS}"
EXPECTED = [("测试乙·丙", None, "2"), ("测试甲", "11010519491231002X", "1")]


@pytest.fixture
def read(tmp_path):
    """Reads files given as name → bytes as a register extract; returns the delivery and its (name, number, sex) rows."""
    engine = Engine(home=str(tmp_path / "home"), threads=2)

    def read(
        files: dict[str, bytes], columns: Columns | None = None, select: str = "xm, sfzjh, xbm", pattern: str = ""
    ):
        folder = tmp_path / "landing"
        folder.mkdir(exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        delivery = read_delivery(
            engine, folder, pattern or list(files), columns or population_columns(), tmp_path / "staging"
        )
        return delivery, staged_rows(delivery, select)

    return read


def staged_rows(delivery: StagedDelivery, select: str) -> list[tuple]:
    if not delivery.rows:
        return []
    with duckdb.connect() as connection:
        return connection.execute(f"select {select} from ({delivery.rows}) order by all").fetchall()


def workbook(sheets: dict[str, list[list[object]]], hidden: str | None = None) -> bytes:
    """A workbook; a cell that starts with = is a formula."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name == hidden:
                sheet.hide()
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return data.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


ENCODINGS = [
    # python codec, line end, shown as
    ("utf-8", "\n", "UTF-8"),
    ("utf-8-sig", "\r\n", "UTF-8 BOM"),
    ("gb18030", "\r\n", "GB18030"),
    ("utf-16", "\n", "UTF-16"),
    ("utf-8", "\r", "UTF-8"),
    ("gb18030", "\r", "GB18030"),
]


@pytest.mark.parametrize(("codec", "line_end", "shown"), ENCODINGS, ids=[f"{c}-{e!r}" for c, e, _ in ENCODINGS])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"], ids=["comma", "tab", "semicolon"])
def test_text_in_every_encoding(read, codec, line_end, shown, delimiter):
    text = TEXT.replace(",", delimiter).replace("\n", line_end)
    delivery, rows = read({"p.csv": text.encode(codec)})
    facts = delivery.files[0]
    assert rows == EXPECTED
    assert (facts.encoding, facts.format, facts.dialect, facts.verdict) == (shown, "csv", "labels", "accepted")
    assert (facts.rows_delivered, facts.rows_accepted, facts.rows_quarantined) == (2, 2, 0)
    assert not delivery.quarantine


def test_big_endian_utf_16(read):
    assert read({"p.csv": b"\xfe\xff" + TEXT.encode("utf-16-be")})[1] == EXPECTED


def test_gb18030_after_a_long_plain_beginning(read):
    header = "xm,sfzjh,xbm\n"
    data = header.encode() + b"A,1,1\n" * 200_000 + "测试,1,1\n".encode("gb18030")
    delivery, rows = read({"p.csv": data})
    assert delivery.files[0].encoding == "GB18030"
    assert ("测试", "1", "1") in rows
    assert delivery.files[0].rows_accepted == 200_001


def test_one_bad_byte_does_not_make_utf_8_gb18030(read):
    delivery, rows = read({"p.csv": TEXT.encode() + b"\xff,1,1\n" + ROWS.encode()})
    assert delivery.files[0].encoding == "UTF-8"
    assert rows == sorted(EXPECTED * 2)
    assert [(row.row, row.column) for row in delivery.quarantine] == [(4, "姓名")]


FORMATS = {
    "p.csv": TEXT.encode(),
    "p.csv.gz": gzip.compress(TEXT.encode("gb18030")),
    "p.zip": zipped({"下级/甲.csv": TEXT.encode()}),
    "p.xlsx": workbook({"Sheet1": [line.split(",") for line in TEXT.splitlines()]}),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format(read, name):
    delivery, rows = read({name: FORMATS[name]})
    assert rows == EXPECTED
    assert [facts.verdict for facts in delivery.files] == ["accepted"]


def test_parquet_types_become_text(read, tmp_path):
    path = tmp_path / "typed.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select '测试' as xm, 110105194912310021 as sfzjh, 1.0::double as xbm, date '2010-09-01' as csrq "
            f"union all select null, null, null, null) to '{path}'"
        )
    delivery, rows = read({"p.parquet": path.read_bytes()}, select="xm, sfzjh, xbm, csrq")
    assert rows == [("测试", "110105194912310021", "1", "2010-09-01")]
    assert [(row.row, row.reason) for row in delivery.quarantine] == [(3, "空行：各列均为空")]


def parquet_of(tmp_path, **columns):
    path = tmp_path / "made.parquet"
    pl.DataFrame(columns).write_parquet(path)
    return path.read_bytes()


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u200b", "\u00a0\ufeff", "\t\r\n"])
@pytest.mark.parametrize("others", [["A", "z"], ["王", "李"], ["A", "王"]])
def test_blank_cells_of_a_parquet_file_are_null(read, tmp_path, blank, others):
    data = parquet_of(tmp_path, xm=[*others, blank], sfzjh=["1", "2", "3"])
    delivery, rows = read({"p.parquet": data}, select="sfzjh, xm")
    assert rows == [("1", others[0]), ("2", others[1]), ("3", None)]
    assert delivery.readings[0].parquet.name == "staged.parquet"


@pytest.mark.parametrize("header", [("xm", "sfzjh"), ("姓名", "身份证件号")])
def test_a_parquet_file_that_needs_no_change_is_read_where_it_lies(read, tmp_path, header):
    data = parquet_of(tmp_path, **{header[0]: ["王", "O'Neil", None], header[1]: ["1", "2", "3"]})
    delivery, rows = read({"p.parquet": data}, select="sfzjh, xm")
    assert rows == [("1", "王"), ("2", "O'Neil"), ("3", None)]
    (reading,) = delivery.readings
    assert reads_in_place(reading)
    assert (reading.parquet is None) == (header[0] == "姓名")


def test_a_parquet_file_with_an_empty_row_or_a_long_cell_is_staged(read, tmp_path):
    for columns in ({"xm": ["王", None], "sfzjh": ["1", None]}, {"xm": ["王", "长" * 40_000], "sfzjh": ["1", "2"]}):
        delivery, rows = read({"p.parquet": parquet_of(tmp_path, **columns)}, select="sfzjh, xm")
        assert rows == [("1", "王")]
        assert [row.row for row in delivery.quarantine] == [3]


def test_zip_members_and_sheets_are_named(read):
    book = workbook({"一班": [HEADER.split(","), ["测试甲", "1", "1"]], "填写说明": [["请逐项填写"]], "二班": [["姓名", "身份证件号"], ["测试乙", "2"]]}, hidden="二班")  # fmt: skip
    delivery, rows = read({"p.zip": zipped({"b.xlsx": book, "a.csv": TEXT.encode()})}, select="xm")
    assert [(facts.file, facts.verdict) for facts in delivery.files] == [
        ("p.zip/a.csv", "accepted"),
        ("p.zip/b.xlsx#一班", "accepted"),
        ("p.zip/b.xlsx#填写说明", "skipped"),
        ("p.zip/b.xlsx#二班", "accepted"),
    ]
    assert ("测试乙",) in rows
    assert len({facts.sha256 for facts in delivery.files}) == 1


def test_files_come_in_order_and_union(read):
    delivery, rows = read({"b.csv": "姓名,身份证件号,备注\n测试乙,2,x\n".encode(), "a.csv": TEXT.encode()}, select="xm, xbm, other_columns")  # fmt: skip
    assert [facts.file for facts in delivery.files] == ["a.csv", "b.csv"]
    assert delivery.files[1].unknown_columns == ("备注",)
    assert ("测试乙", None, '{"备注":"x"}') in rows


DIALECTS = [
    # header, dialect
    ([FIELD_LABELS[name] for name in REQUIRED_FIELDS], "labels"),
    ([f"★ {FIELD_LABELS[name]}　" for name in REQUIRED_FIELDS], "labels"),
    (list(REQUIRED_FIELDS), "codes"),
    ([name.upper() for name in REQUIRED_FIELDS], "codes"),
    ([*REQUIRED_FIELDS[:4], *(FIELD_LABELS[name] for name in REQUIRED_FIELDS[4:])], "mixed"),
]


@pytest.mark.parametrize(("cells", "dialect"), DIALECTS, ids=["labels", "marked", "codes", "capitals", "mixed"])
@pytest.mark.parametrize("step", [1, -1], ids=["in order", "reversed"])
def test_header_dialects(cells, dialect, step):
    header = student_columns("44").match(cells[::step])
    assert header.fields == REQUIRED_FIELDS[::step]
    assert (header.dialect, header.missing, header.repeated, header.unknown) == (dialect, (), (), ())


def test_every_template_label_is_known_with_either_kind_of_bracket():
    labels = [FIELD_LABELS[name] for name in STUDENT_FIELDS]
    columns = student_columns("44")
    assert columns.match(labels).fields == STUDENT_FIELDS
    assert columns.match([label.replace("(", "（").replace(")", "）") for label in labels]).fields == STUDENT_FIELDS
    assert columns.match(["出生地"]).fields == ("csdm",)


def test_a_units_own_column_names():
    columns = Columns(("xm", "sfzjh"), ("xm", "sfzjh"), {"姓名": "xm"}, {"学生姓名": "xm", "证件号码": "sfzjh"})
    header = columns.match(["学生姓名", "证件号码", "校区"])
    assert (header.fields, header.dialect, header.unknown) == (("xm", "sfzjh", None), "unit mapping", ("校区",))


def test_other_kinds_of_table():
    assert not school_columns().match(["学校标识码", "学校名称", "办学类型", "行政区划代码", "主管部门区划代码", "直属级别"]).unknown  # fmt: skip
    assert answer_columns().match(["身份证件号", "姓名", "比对结果"]).fields == ("sfzjh", "xm", "answer")


ODD_ROWS = [
    # line, reason, column
    ("测试丙,1", "缺列：应有3列，实有2列", None),
    ("测试丙,1,1,1", "多列：应有3列，实有4列", None),
    (",,", "空行：各列均为空", None),
    (" ,　,\t", "空行：各列均为空", None),
    ('测试丙,"1,1', "引号不成对或位置不对", "身份证件号"),
    ('测试丙,1"2,1', "引号不成对或位置不对", "身份证件号"),
    ('"测试丙"x,1,1', "引号不成对或位置不对", "姓名"),
    ("测试丙,1\0,1", "含有空字符(NUL)", None),
    ("测试丙,1\r2,1", "含有孤立的回车符", "身份证件号"),
    (f"测试丙,{'1' * 32_768},1", "单元格超过32767个字符", "身份证件号"),
    (f"测试丙,{'1' * (1 << 20)},1", "一行超过1048576字节", None),
]


@pytest.mark.parametrize(("line", "reason", "column"), ODD_ROWS, ids=range(len(ODD_ROWS)))
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_bad_row_costs_no_good_one(read, line, reason, column, line_end):
    text = line_end.join([HEADER, *ROWS.splitlines(), line, *ROWS.splitlines(), ""])
    delivery, rows = read({"p.csv": text.encode()})
    assert rows == sorted(EXPECTED * 2, key=str)
    assert [(row.file, row.row, row.reason, row.column) for row in delivery.quarantine] == [
        ("p.csv", 4, reason, column)
    ]
    assert delivery.files[0].rows_delivered == 5
    assert len(delivery.quarantine[0].raw) <= 1_000


def test_torn_end_of_file(read):
    delivery, rows = read({"p.csv": (TEXT + "测试丙,1").encode()})
    assert rows == EXPECTED
    assert delivery.quarantine[0].reason == "文件末尾不完整，此行中断（缺列：应有3列，实有2列）"


def test_empty_lines_are_no_rows_and_rows_keep_their_physical_numbers(read):
    delivery, rows = read({"p.csv": f"\n{HEADER}\n\n{ROWS}\n\n坏行\n".encode()})
    assert rows == EXPECTED
    assert (delivery.files[0].rows_delivered, delivery.quarantine[0].row) == (3, 8)


def test_quoted_cells_keep_line_breaks_quotes_and_delimiters(read):
    text = f'{HEADER}\n"测试,甲","1""2\n3","1"\n"坏行"\n'
    delivery, rows = read({"p.csv": text.encode()})
    assert rows == [("测试,甲", '1"2\n3', "1")]
    assert [row.row for row in delivery.quarantine] == [4]


def test_an_unclosed_quote_costs_its_line_only(read):
    delivery, rows = read({"p.csv": f'{HEADER}\n"测试丙,1,1\n{ROWS * 3}'.encode()})
    assert rows == sorted(EXPECTED * 3, key=str)
    assert [row.row for row in delivery.quarantine] == [2]


def test_a_file_may_have_a_header_and_no_row(read):
    delivery, rows = read({"p.csv": HEADER.encode()})
    assert (rows, delivery.files[0].verdict, delivery.files[0].rows_delivered) == ([], "accepted", 0)
    assert delivery.has_rows_taken


def test_numbers_and_dates_of_a_sheet_become_text(read, tmp_path):
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["姓名", "身份证件号", "性别", "出生日期"])
        sheet.write_row(1, 0, ["测试", 110105199001011234, 1.0])
        sheet.write_number(1, 3, 40422, day)
    _, rows = read({"p.xlsx": data.getvalue()}, select="xm, sfzjh, xbm, csrq")
    assert rows == [("测试", "110105199001011200", "1", "2010-09-01")]


def test_sheet_rows_that_cannot_be_taken(read):
    sheet = [
        ["学生名册"],
        HEADER.split(","),
        ["测试甲", "11010519491231002X", "1"],
        [],
        ["测试丙", "=1+1", "1"],
        ["测试丙", "1", "1", "表外"],
        [" "],
        ["测试丙", "=NA()", "1"],
    ]
    delivery, rows = read({"p.xlsx": workbook({"Sheet1": sheet})})
    assert rows == [("测试甲", "11010519491231002X", "1")]
    assert [(row.row, row.reason) for row in delivery.quarantine] == [
        (5, "单元格B5是公式，请粘贴为值"),
        (6, "多列：表头共3列，此行在表头之外还有内容"),
        (7, "空行：各列均为空"),
        (8, "单元格B8是公式，请粘贴为值"),
    ]
    assert delivery.files[0].rows_delivered == 5


def test_names_that_look_like_patterns(read):
    files = {"p[1].csv": TEXT.encode(), "p1.csv": f"{HEADER}\n".encode(), "名单 (2)'.csv": f"{HEADER}\n".encode()}
    delivery, rows = read(files, pattern="*")
    assert {facts.file: facts.rows_accepted for facts in delivery.files} == {name: 2 * ("[" in name) for name in files}
    assert rows == EXPECTED


def test_reading_twice_gives_the_same(read):
    first, rows = read({"p.csv": TEXT.encode() + b"x\n"})
    again, rows_again = read({"p.csv": TEXT.encode() + b"x\n"})
    assert (first.files, first.quarantine, rows) == (again.files, again.quarantine, rows_again)


def test_the_digest_is_that_of_the_delivered_bytes(read):
    files = {"p.csv": TEXT.encode("gb18030"), "q.csv.gz": FORMATS["p.csv.gz"], "r.zip": FORMATS["p.zip"]}
    delivery, _ = read(files)
    assert [facts.sha256 for facts in delivery.files] == [hashlib.sha256(data).hexdigest() for data in files.values()]
