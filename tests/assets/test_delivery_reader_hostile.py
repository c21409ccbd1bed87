"""Files that are broken, mislabelled or meant to harm: refused with a Chinese reason, and no other file suffers."""

import gzip
import io
import stat
import tracemalloc
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from xueji.assets.columns import population_columns
from xueji.assets.delivery_reader import Limits, read_delivery
from xueji.assets.engine import Engine

TEXT = "姓名,身份证件号\n测试甲,11010519491231002X\n"
SMALL = Limits(
    max_members=20,
    max_expanded_bytes=1 << 20,
    max_workbook_bytes=1 << 20,
    max_ratio=20,
    ratio_floor_bytes=1 << 16,
    max_quarantine_rows=5,
    max_rows=1_000,
)


@pytest.fixture
def read(tmp_path):
    """Reads one file beside an honest one, which must come through; returns what was said of the file."""
    engine = Engine(home=str(tmp_path / "home"), threads=2)

    def read(name: str, data: bytes, limits: Limits = SMALL):
        folder = tmp_path / "landing"
        folder.mkdir()
        (folder / name).write_bytes(data)
        (folder / "honest.csv").write_bytes(TEXT.encode())
        delivery = read_delivery(engine, folder, "*", population_columns(), tmp_path / "staging", limits)
        honest = [facts for facts in delivery.files if facts.file == "honest.csv"]
        assert [(facts.verdict, facts.rows_accepted) for facts in honest] == [("accepted", 1)]
        assert not list(tmp_path.glob("*.txt")), "nothing is written outside the staging folder"
        facts = [facts for facts in delivery.files if facts.file != "honest.csv"]
        return facts, [row for row in delivery.quarantine if row.file != "honest.csv"]

    return read


def archive(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            packed.writestr(name, content, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def symbolic_link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def encrypted(data: bytes) -> bytes:
    """A zip file whose members say that they are encrypted."""
    changed = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[data.index(mark) + place] |= 1
    return bytes(changed)


def workbook(rows: int = 1) -> bytes:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["姓名", "身份证件号"])
        for row in range(1, rows + 1):
            sheet.write_row(row, 0, ["测试甲", "11010519491231002X"])
    return data.getvalue()


def parquet(rows: int) -> bytes:
    data = io.BytesIO()
    pq.write_table(pa.table({"xm": ["测试甲"] * rows, "sfzjh": ["1"] * rows}), data)
    return data.getvalue()


def rewritten(data: bytes, part: str, change) -> bytes:
    """A workbook with one of its parts changed; `change` takes and returns bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = [(name, packed.read(name)) for name in packed.namelist()]
    return archive(*((name, change(content) if name == part else content) for name, content in parts))


SHEET = "xl/worksheets/sheet1.xml"
BOMB = b"0" * (8 << 20)
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'

REFUSED = [
    # case, name, bytes, part of the reason
    ("0 bytes", "p.csv", b"", "空文件"),
    ("line ends only", "p.csv", b"\n\n\r\n", "空文件"),
    ("byte-order mark only", "p.csv", b"\xef\xbb\xbf", "空文件"),
    ("no header", "p.csv", b"1,2,3\n4,5,6\n", "无法识别表头"),
    ("missing column", "p.csv", "姓名,性别\n测试甲,1\n".encode(), "缺少必需的列：身份证件号"),
    ("repeated column", "p.csv", "姓名,身份证件号,XM\n测试甲,1,2\n".encode(), "表头重复：XM"),
    ("text called xlsx", "p.xlsx", TEXT.encode(), "扩展名与内容不符"),
    ("zip called csv", "p.csv", archive(("a.csv", TEXT.encode())), "扩展名与内容不符"),
    ("text called gz", "p.csv.gz", TEXT.encode(), "扩展名与内容不符"),
    ("workbook called zip", "p.zip", workbook(), "扩展名与内容不符"),
    ("zip called xlsx", "p.xlsx", archive(("a.csv", TEXT.encode())), "扩展名与内容不符"),
    ("web page called csv", "p.csv", b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
    ("old workbook", "p.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧式Excel"),
    ("unknown kind", "p.doc", TEXT.encode(), "不支持的文件类型"),
    ("random bytes", "p.csv", bytes(range(256)) * 20, "不是文本文件"),
    ("zero bytes", "p.csv", bytes(5000), "二进制"),
    ("truncated gz", "p.csv.gz", gzip.compress(TEXT.encode() * 50)[:-12], "gzip压缩包损坏"),
    ("gz with damage", "p.csv.gz", gzip.compress(TEXT.encode())[:-6] + b"\0\0\0\0\0\0", "gzip压缩包损坏"),
    ("gz within gz", "p.csv.gz", gzip.compress(gzip.compress(TEXT.encode())), "应为文本"),
    ("gz bomb", "p.csv.gz", gzip.compress(BOMB), "压缩炸弹"),
    ("truncated zip", "p.zip", archive(("a.csv", TEXT.encode()))[:-30], "zip压缩包损坏"),
    ("empty zip", "p.zip", archive(), "没有文件"),
    ("zip bomb", "p.zip", archive(("a.csv", BOMB)), "压缩炸弹"),
    ("many members", "p.zip", archive(*((f"{n}.csv", TEXT.encode()) for n in range(21))), "超过20个"),
    ("parent folder", "p.zip", archive(("../../evil.txt", b"x"), ("a.csv", TEXT.encode())), "包外"),
    ("windows parent folder", "p.zip", archive(("..\\evil.txt", b"x")), "包外"),
    ("absolute path", "p.zip", archive(("/tmp/evil.txt", b"x")), "包外"),
    ("drive letter", "p.zip", archive(("C:evil.txt", b"x")), "包外"),
    ("symbolic link", "p.zip", archive((symbolic_link("a.csv"), b"/etc/passwd")), "符号链接"),
    ("encrypted zip", "p.zip", encrypted(archive(("a.csv", TEXT.encode()))), "已加密"),
    ("zip within zip", "p.zip", archive(("b.zip", archive(("a.csv", TEXT.encode())))), "不得再有压缩包"),
    ("hidden zip within zip", "p.zip", archive(("b.csv", archive(("a.csv", TEXT.encode())))), "扩展名与内容不符"),
    ("truncated workbook", "p.xlsx", workbook()[:-200], "扩展名与内容不符"),
    ("encrypted workbook", "p.xlsx", encrypted(workbook()), "已加密"),
    ("workbook bomb", "p.xlsx", rewritten(workbook(), SHEET, lambda xml: xml + b" " * (900 << 10)), "压缩炸弹"),
    ("huge workbook", "p.xlsx", rewritten(workbook(), SHEET, lambda xml: xml + b" " * (2 << 20)), "过大"),
    ("entities", "p.xlsx", rewritten(workbook(), SHEET, lambda xml: xml.replace(b"<worksheet", ENTITIES + b"<worksheet")), "文档类型声明"),
    ("torn sheet", "p.xlsx", rewritten(workbook(), SHEET, lambda xml: xml[: len(xml) // 2]), "工作簿损坏"),
    ("no sheet", "p.xlsx", rewritten(workbook(), "xl/workbook.xml", lambda xml: b"<x/>"), "工作簿"),
    ("torn workbook part", "p.xlsx", rewritten(workbook(), "xl/workbook.xml", lambda xml: xml[:50]), "工作簿损坏"),
    ("instructions only", "p.xlsx", rewritten(workbook(), "xl/sharedStrings.xml", lambda xml: xml.replace("身份证件号".encode(), b"x").replace("姓名".encode(), b"y")), "没有一张工作表"),
    ("truncated parquet", "p.parquet", b"PAR1" + b"\0" * 100, "Parquet文件损坏"),
    ("parquet of too many rows", "p.parquet", parquet(2_000), "超过1000行"),
    ("too many bad rows", "p.csv", (TEXT + "x\n" * 6).encode(), "不合格的行超过5行"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "name", "data", "reason"), REFUSED, ids=[case[0] for case in REFUSED])
def test_is_refused(read, case, name, data, reason):
    facts, quarantine = read(name, data)
    assert [one.verdict for one in facts] == ["refused"]
    assert reason in facts[0].reason
    assert (facts[0].rows_accepted, facts[0].rows_delivered) == (0, facts[0].rows_quarantined)
    assert [(row.row, row.reason) for row in quarantine] == [(None, facts[0].reason)]
    assert "测试甲" not in facts[0].reason


def test_rows_of_a_refused_file_count_as_quarantined(read):
    facts, _ = read("p.csv", "姓名\n测试甲\n测试乙\n\n".encode())
    assert (facts[0].rows_delivered, facts[0].rows_quarantined, facts[0].missing_columns) == (2, 2, ("sfzjh",))


def test_a_gbk_member_name_is_read(read):
    # zipfile writes such a name as UTF-8; the bytes of both names are of one length.
    data = archive(("abcd.csv", TEXT.encode()), ("__MACOSX/._x", b"x")).replace(
        b"abcd.csv", "名单.csv".encode("gb18030")
    )
    facts, _ = read("p.zip", data)
    assert [(one.file, one.verdict) for one in facts] == [("p.zip/名单.csv", "accepted")]


def test_error_cells_are_set_aside(read):
    data = rewritten(
        workbook(2), SHEET, lambda xml: xml.replace(b'<c r="B2" t="s"><v>3</v>', b'<c r="B2" t="e"><v>#N/A</v>')
    )
    facts, quarantine = read("p.xlsx", data)
    assert [(one.verdict, one.rows_delivered, one.rows_accepted) for one in facts] == [("accepted", 2, 1)]
    assert [(row.row, row.reason) for row in quarantine] == [(2, "单元格B2是错误值")]


def test_an_honest_workbook_is_not_a_bomb(read):
    facts, _ = read("p.xlsx", workbook(20_000), Limits())
    assert [(one.verdict, one.rows_accepted) for one in facts] == [("accepted", 20_000)]


def test_a_cell_of_a_hundred_megabytes_costs_its_row_and_little_memory(read):
    data = TEXT.encode() + b"x," + b"9" * (100 << 20) + b"\n" + TEXT.encode().split(b"\n", 1)[1]
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    facts, quarantine = read("p.csv", data, Limits())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - before < 64 << 20
    assert (facts[0].rows_delivered, facts[0].rows_accepted) == (3, 2)
    assert [(row.row, row.reason) for row in quarantine] == [(3, "一行超过1048576字节")]


def test_an_error_never_quotes_a_row(read):
    facts, _ = read("p.csv", "姓名,身份证件号\n测试甲,1,2\n测试乙,2\n".encode())
    assert "测试" not in repr(facts)
