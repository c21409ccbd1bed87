"""The last lines of a night: sums that can be checked by eye, and what an operator is told to look at."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from xueji.assets.engine import Engine
from xueji.assets.records import frame_of
from xueji.pipelines.night_summary import print_summary

NIGHT, BEFORE = date(2026, 11, 20), date(2026, 11, 19)
COUNTS = {"rows_delivered": 3, "rows_accepted": 2, "rows_quarantined": 1}
DELIVERY = {"date": NIGHT, "unit_code": "44", "kind": "students", "file": "a.csv", "verdict": "accepted", **COUNTS}
OPENED = {"at": NIGHT, "event": "opened", "from_state": None, "to_state": "待处理"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A night of one unit: of three cases one closes, one is opened again, one is new; one returned row of five is refused."""
    engine = Engine(home=str(tmp_path), threads=1)
    returned = {"kind": "returns", "rows_delivered": 5, "rows_accepted": 4}
    put(engine, "deliveries", [
        DELIVERY, DELIVERY | returned,
        DELIVERY | {"unit_code": "00", "kind": "audits", "verdict": "refused", "reason": "不是本系统下发的文件"},
        DELIVERY | {"unit_code": "00", "kind": "schools", "verdict": "refused", "reason": "缺少列：学校名称"},
        DELIVERY | {"date": BEFORE, "kind": "returns"},
    ])  # fmt: skip
    put(engine, "cases", cases(None, None, BEFORE), {"night": "2026-11-19", "before": None})
    put(engine, "cases", cases(None, NIGHT, None, None), {"night": "2026-11-20", "before": 0})
    put(engine, "case_events", [
        OPENED, OPENED | {"at": BEFORE},
        OPENED | {"event": "reopened", "from_state": "已消除"},
        OPENED | {"event": "vanished", "from_state": "待处理", "to_state": "已消除"},
        OPENED | {"event": "answered_attest", "from_state": "待处理", "to_state": "待审核"},
        OPENED | {"event": "carried", "from_state": "待处理"},
    ])  # fmt: skip
    put(engine, "office_lists", [{"date": NIGHT, "form": form} for form in ("review", "review", "sheet")])
    return tmp_path


def cases(*closed_on: date | None) -> list[Mapping[str, object]]:
    return [{"case_no": f"XJ44-261119-{place:06}", "closed_on": day} for place, day in enumerate(closed_on)]


def put(engine: Engine, table: str, rows: Sequence[Mapping[str, object]], basis: Mapping[str, object] | None = None) -> None:  # fmt: skip
    with engine.session() as connection:
        connection.register("given_rows", frame_of(table, rows).to_arrow())
        engine.replace_table(table, "select * from given_rows", connection, basis=basis)


def test_the_ledgers_sum_and_the_answers_are_told(home, capsys):
    print_summary(home, "2026-11-20")
    lines = capsys.readouterr().out.splitlines()
    assert "cases: 2 + 1 new + 1 reopened - 1 closed = 3 open" in lines
    assert "answers: 8 = 6 taken + 2 refused; 1 files refused as a whole" in lines
    assert "for offices: 2 review, 1 sheet" in lines


def test_a_refused_answer_is_no_refused_delivery(home, capsys):
    assert print_summary(home, "2026-11-20") == ["schools"]
    assert "audits" not in capsys.readouterr().err


def test_a_night_without_anything_is_told_too(tmp_path, capsys):
    assert print_summary(tmp_path, "2026-11-20") == []
    printed = capsys.readouterr().out
    assert "cases: 0 + 0 new + 0 reopened - 0 closed = 0 open" in printed
    assert "for offices: nothing new" in printed and "For the ministry" not in printed
