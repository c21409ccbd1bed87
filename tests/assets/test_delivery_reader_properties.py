"""Any legal text comes back whole; any damage keeps the sums and never raises."""

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xueji.assets.columns import answer_columns
from xueji.assets.delivery_reader import StagedDelivery, read_delivery
from xueji.assets.engine import Engine
from xueji.checks.text_folding import BLANKS

HEADER = ["身份证件号", "姓名", "比对结果"]
CELLS = st.text(alphabet='ab中é𠮷",;\t\n \u3000', max_size=5)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8)
CODECS = st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"])
DELIMITERS = st.sampled_from([",", "\t", ";"])
LINE_ENDS = st.sampled_from(["\n", "\r\n"])
QUOTING = st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
ORDINARY = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory) -> Engine:
    return Engine(home=str(tmp_path_factory.mktemp("home")), threads=2)


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp())
    yield path
    shutil.rmtree(path)


def written(rows: list[list[str]], delimiter: str, line_end: str, quoting: int) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([HEADER, *rows])
    return text.getvalue()


def read(engine: Engine, folder: Path, data: bytes) -> tuple[StagedDelivery, list[tuple]]:
    (folder / "answers.csv").write_bytes(data)
    delivery = read_delivery(engine, folder, "answers*", answer_columns(), folder / "staging")
    if not delivery.rows:
        return delivery, []
    with duckdb.connect() as connection:
        return delivery, connection.execute(f"select sfzjh, xm, answer from ({delivery.rows})").fetchall()


def filled(row: list[str]) -> tuple[str | None, ...]:
    return tuple(cell if cell.strip(BLANKS) else None for cell in row)


def in_order(rows: list[tuple]) -> list[tuple]:
    return sorted(rows, key=str)


def check_sums(delivery: StagedDelivery, rows: list[tuple]) -> None:
    facts = delivery.files[0]
    assert facts.rows_delivered == facts.rows_accepted + facts.rows_quarantined
    assert facts.rows_accepted == len(rows)
    places = [row.row for row in delivery.quarantine]
    if facts.verdict == "accepted":
        assert len(places) == facts.rows_quarantined
        assert places == sorted(set(places)), "each row is set aside once"
    else:
        assert places == [None]


@ORDINARY
@given(rows=TABLES, codec=CODECS, delimiter=DELIMITERS, line_end=LINE_ENDS, quoting=QUOTING, is_cut=st.booleans())
def test_legal_text_comes_back_whole(engine, folder, rows, codec, delimiter, line_end, quoting, is_cut):
    text = written(rows, delimiter, line_end, quoting)
    data = (text.removesuffix(line_end) if is_cut else text).encode(codec)
    delivery, read_rows = read(engine, folder, data)
    check_sums(delivery, read_rows)
    good = [row for row in map(filled, rows) if any(row)]
    assert in_order(read_rows) == in_order(good)
    assert delivery.files[0].rows_delivered == len(rows)


@ORDINARY
@given(rows=TABLES, bad=st.lists(st.sampled_from(["x", "x,y", "a,b,c,d", 'a,"b,c', 'a,b"b,c', "a,\0,c", "a\rb,c,d"]), max_size=4), data=st.data())  # fmt: skip
def test_bad_lines_cost_no_good_row(engine, folder, rows, bad, data):
    """Bad lines among rows without quotes: exactly the bad lines are set aside."""
    plain = [[cell.translate(str.maketrans("", "", '",\n')) or "x" for cell in row] for row in rows]
    lines = [(",".join(row), True) for row in plain]
    for line in bad:
        lines.insert(data.draw(st.integers(0, len(lines))), (line, False))
    text = "\n".join([",".join(HEADER), *(line for line, _ in lines), ""])
    delivery, read_rows = read(engine, folder, text.encode())
    check_sums(delivery, read_rows)
    assert delivery.files[0].rows_delivered == len(lines)
    # Two lines with a torn quote each may read as one legal record; what lies between them is then part of a cell.
    if sum(line.count('"') for line in bad) < 2:
        good = [row for row in map(filled, plain) if any(row)]
        assert in_order(read_rows) == in_order(good)


DAMAGE = st.lists(
    st.tuples(
        st.sampled_from(["change", "insert", "remove", "cut"]),
        st.integers(0, 400),
        st.sampled_from([0, 9, 10, 13, 34, 44, 65, 0x81, 0xE4, 0xFF]),
    ),
    min_size=1,
    max_size=4,
)


@ORDINARY
@given(rows=TABLES, codec=CODECS, delimiter=DELIMITERS, line_end=LINE_ENDS, quoting=QUOTING, damage=DAMAGE)
def test_damaged_bytes_keep_the_sums(engine, folder, rows, codec, delimiter, line_end, quoting, damage):
    data = bytearray(written(rows, delimiter, line_end, quoting).encode(codec))
    for kind, place, byte in damage:
        place = min(place, len(data))
        if kind == "change":
            data[place : place + 1] = bytes([byte])
        elif kind == "insert":
            data[place:place] = bytes([byte])
        elif kind == "remove":
            del data[place : place + 2]
        else:
            del data[place:]
    check_sums(*read(engine, folder, bytes(data)))
