"""A night on which little changed: what came again unchanged is not touched, what changed is a patch, and a recheck finds the same."""

from pathlib import Path

import polars as pl
import pytest

from xueji.assets.core_students import update_core
from xueji.assets.layers import is_patch
from xueji.assets.recheck import recheck, weekly_recheck
from xueji.checks.model import XuejiError

FIRST, SECOND, THIRD = "2026-11-19", "2026-11-20", "2026-11-21"
SCHOOLS = "学校标识码,学校名称,行政区划代码\n2144000001,甲小学,440106\n"
STUDENT = {
    "xxbsm": "2144000001", "xm": "王小明", "xbm": "1", "csrq": "20150312", "sfzjlxm": "1", "sfzjh": "440106201503120036",
    "nj": "六年级", "bh": "1", "rxny": "202109",
}  # fmt: skip


def class_of(size: int, **changes: str | None) -> pl.DataFrame:
    """Students of one class, each with a student number of its own and one number among them all; the first one as `changes` say."""
    rows = [STUDENT | {"xjh": f"G{number}"} for number in range(size)]
    rows[0] |= changes
    return pl.DataFrame(rows)


@pytest.fixture
def province(nation, tmp_path: Path):
    """A unit that has delivered two files on the first night."""
    province = nation(tmp_path / "landing", tmp_path / "home")
    deliver(province, FIRST)
    province.run(FIRST, ["44"])
    return province


def deliver(province, date: str, **changes: str | None) -> None:
    """A class of twenty, the first student as `changes` say, and a text file with a broken row."""
    province.deliver(date, "44", class_of(20, **changes), "students-1.parquet")
    (province.landing / date / "44" / "students-2.csv").write_text(
        ",".join([*STUDENT, "xjh"]) + "\n" + ",".join([*STUDENT.values(), "G90"]) + "\n坏行\n"
    )
    (province.landing / date / "schools.csv").write_text(SCHOOLS)


def values(province, query: str) -> list[tuple]:
    with province.engine.session() as connection:
        return connection.sql(query).fetchall()


def test_an_unchanged_delivery_leaves_the_tables_as_they_are(province):
    tables = ("raw_students", "core_students", "core_schools")
    before = {table: province.engine.version(table) for table in tables}
    deliver(province, SECOND)
    province.run(SECOND, ["44"])
    assert {table: province.engine.version(table) for table in tables} == before
    assert values(province, "select cast(as_of as varchar) from snapshots") == [(SECOND,)]
    assert values(province, "select distinct cast(as_of as varchar) from core_students") == [(SECOND,)]


def test_what_is_recorded_of_an_unchanged_delivery_is_what_was_recorded_before(province):
    deliver(province, SECOND)
    province.run(SECOND, ["44"])
    for columns, table in (("* exclude (date, snapshot_date)", "deliveries"), ("* exclude (date)", "quarantine"), ("* exclude (date)", "landing_contract")):  # fmt: skip
        first, second = (
            values(province, f"select {columns} from {table} where date = date '{date}' order by all")
            for date in (FIRST, SECOND)
        )
        if table == "landing_contract":  # only the second night has an earlier one to compare its size with
            first, second = ([row for row in rows if not str(row[1]).startswith("rows_")] for rows in (first, second))
        assert second == first != [], table


def test_one_changed_file_is_read_and_the_other_is_not(province):
    before = {file.partition["file"]: file.path for file in province.engine.files("raw_students")}
    deliver(province, SECOND, bh="2")
    province.run(SECOND, ["44"])
    after = {file.partition["file"]: file for file in province.engine.files("raw_students")}
    assert after["students-2.csv"].path == before["students-2.csv"]
    assert after["students-1.parquet"].path != before["students-1.parquet"]
    assert after["students-1.parquet"].partition["delivery_date"] == SECOND


def test_one_changed_record_is_a_patch_of_one(province):
    deliver(province, SECOND, bh="2")
    province.run(SECOND, ["44"])
    patches = [file for file in province.engine.files("core_students") if is_patch(file.path)]
    assert [file.rows for file in patches] == [2]  # the record as it is, and the withdrawal of what it was
    assert values(province, "select student_no from core_students where class_no = '2'") == [("G0",)]
    assert values(province, "select count(*) from core_students") == [(21,)]
    assert recheck(province.engine) == []


def test_a_record_that_leaves_its_group_is_no_longer_counted_there(province):
    of_group = "select detail, count(*) from findings where rule_id = 'duplicate_id' group by detail"
    assert values(province, of_group) == [("共21条学籍", 21)]
    deliver(province, SECOND, sfzjh=None)
    province.run(SECOND, ["44"])
    assert values(province, of_group) == [("共20条学籍", 20)]
    deliver(province, THIRD)
    province.run(THIRD, ["44"])
    assert values(province, of_group) == [("共21条学籍", 21)]
    assert recheck(province.engine) == []


def test_a_record_delivered_twice_and_then_once_is_there_once(province):
    twice = pl.concat([class_of(20), class_of(20)[:1]])
    for date, rows in ((SECOND, twice), (THIRD, class_of(20))):
        deliver(province, date)
        province.deliver(date, "44", rows, "students-1.parquet")
        province.run(date, ["44"])
        assert values(province, "select count(*) from core_students") == [(rows.height + 1,)]
        assert recheck(province.engine) == []


def test_a_patch_that_was_not_recorded_is_not_made_twice(province):
    deliver(province, SECOND, bh="2")
    province.run(SECOND, ["44"])
    with province.engine.session() as connection:  # as if killed between the core table's commit and the snapshot's
        province.engine.replace_table("snapshots", "select * replace ('?' as source) from snapshots", connection)
    assert update_core(province.engine, ["44"]) == 0
    assert len([file for file in province.engine.files("core_students") if is_patch(file.path)]) == 1


def test_a_file_that_is_gone_takes_its_records_along(province):
    deliver(province, SECOND)
    (province.landing / SECOND / "44" / "students-2.csv").unlink()
    province.run(SECOND, ["44"])
    assert values(province, "select count(*) from core_students where student_no = 'G90'") == [(0,)]
    assert recheck(province.engine) == []


def test_the_recheck_alarms_when_a_finding_was_lost(province):
    lost = "select * exclude (rn) from (select *, row_number() over (order by student_no) as rn from findings) where rn > 1"
    with province.engine.session() as connection:
        rows = connection.sql(lost).to_arrow_table()
        connection.register("without_one", rows)
        province.engine.replace_table("findings", "select * from without_one", connection)
    with pytest.raises(
        XuejiError, match="weekly recheck found 1 differences.*44 duplicate_id: 20 rows kept, 21 recomputed"
    ):
        weekly_recheck(province.engine)


def test_the_recheck_alarms_when_a_record_was_lost(province):
    files = province.engine.files("core_students")
    with province.engine.session() as connection:
        query = "select *, 0 as patch_no, false as is_withdrawn from core_students where student_no <> 'G3'"
        kept = province.engine.write_files("core_students", query, connection, {"unit_code": "44"}, stem="base")
    province.engine.commit("core_students", kept, files)
    assert "core_students 44: 20 rows kept, 21 recomputed" in map(str, recheck(province.engine))
