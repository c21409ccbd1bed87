"""Room for uploaded forms: what a unit tells, and what follows from it on a night."""

from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from xueji.checks.storage_plan import ALARMS, GB, STORAGE_RULES, Capacity, plan_sql, read_capacity
from xueji.checks.tables import TABLES
from xueji.checks.verification_tables import VERIFICATION_TABLES

LABELS = {
    "photo_capacity": "照片存储容量GB", "photo_used": "照片已用GB", "photo_count": "照片数量", "form_capacity": "确认表存储容量GB",
    "form_used": "确认表已用GB",
}  # fmt: skip
CELLS = {
    "photo_capacity": "1000",
    "photo_used": "880.5",
    "photo_count": "14710000",
    "form_capacity": "2000",
    "form_used": "0",
}
TOLD = [
    # what differs, the rule broken, why
    ({}, None, "as it should be"),
    ({"photo_capacity": "1,000"}, None, "a comma between thousands"),
    ({"photo_capacity": "1TB"}, "storage_number", "a unit written out"),
    ({"form_capacity": None}, "storage_number", "blank"),
    ({"form_used": "-1"}, "storage_number", "below nothing"),
    ({"form_used": "NaN"}, "storage_number", "no number"),
    ({"photo_count": "10.5"}, "storage_number", "half a photo"),
    ({"photo_capacity": "1e12"}, "storage_number", "bytes told as GB"),
    ({"photo_used": "1001"}, "storage_used", "more used than there is"),
    ({"form_used": "2000"}, None, "full"),
]


@pytest.mark.parametrize(("cells", "rule_id", "why"), TOLD, ids=[case[-1] for case in TOLD])
def test_reads_what_a_unit_tells(cells, rule_id, why):
    read = read_capacity(CELLS | cells, LABELS)
    assert getattr(read, "rule_id", None) == rule_id
    if not cells:
        assert read == Capacity(1000 * GB, 880_500_000_000, 14_710_000, 2000 * GB, 0)
    assert rule_id is None or rule_id in STORAGE_RULES


NIGHT = date(2026, 10, 10)
TABLE = {table.name: table for table in VERIFICATION_TABLES} | {"core_schools": TABLES["core_schools"]}
TYPES = {"varchar": pl.String, "bigint": pl.Int64, "integer": pl.Int32, "boolean": pl.Boolean, "date": pl.Date}


class Store:
    """One unit's tables."""

    def __init__(self):
        self.connection = duckdb.connect(":memory:")
        for name in ("campaign_windows", "core_schools", "core_forms", "form_photos", "storage_capacity"):
            self.connection.execute(f"create table {name} as {TABLE[name].empty_sql}")
        self.put("core_schools", [{"school_code": "2144000001", "unit_code": "44"}])

    def put(self, name, rows):
        schema = {column: TYPES[kind] for column, kind in TABLE[name].columns.items()}
        frame = pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)
        self.connection.register("given", frame.to_arrow())
        self.connection.execute(f"insert into {name} select * from given")
        self.connection.unregister("given")

    def open_campaign(self):
        window = {"unit_code": "44", "campaign": "2026A1", "switch": "entry", "region_code": "44"}
        self.put("campaign_windows", [window | {"opens_on": date(2026, 9, 1), "closes_on": date(2026, 12, 31)}])

    def put_students(self, students, uploaded=0):
        row = {"unit_code": "44", "campaign": "2026A1", "is_due": True}
        rows = [row | {"uploaded_on": NIGHT if place < uploaded else None} for place in range(students)]
        self.put("core_forms", rows)

    def put_photos(self, day, photos, size=100_000):
        self.put("form_photos", [{"date": day, "unit_code": "44", "bytes": size}] * photos)

    def tell(self, form_bytes, used=0, photo_bytes=10_000_000, as_of=date(2026, 9, 1)):
        row = {"unit_code": "44", "as_of": as_of, "photo_bytes": photo_bytes, "form_bytes": form_bytes}
        self.put("storage_capacity", [row | {"form_used_bytes": used}])

    def plan(self, night=NIGHT):
        return self.connection.sql(plan_sql(str(night))).pl().to_dicts()


@pytest.fixture
def store():
    store = Store()
    yield store
    store.connection.close()


def test_without_round_or_capacity_there_is_no_plan(store):
    assert store.plan() == []


def test_a_unit_that_told_nothing_is_planned_for_by_assumption(store):
    store.open_campaign()
    store.put_students(1000)
    (plan,) = store.plan()
    assert (plan["students_due"], plan["mean_bytes"], plan["needed_bytes"]) == (1000, 120_000, 120_000_000)
    assert (plan["capacity_bytes"], plan["required_bytes"], plan["alarm"]) == (None, None, "unknown")


def test_the_mean_is_measured_once_there_are_enough(store):
    store.open_campaign()
    store.put_students(1000, uploaded=199)
    store.put_photos(NIGHT, 199, 50_000)
    assert store.plan()[0]["mean_bytes"] == 120_000
    store.put_photos(NIGHT, 1, 250_000)
    assert store.plan()[0]["mean_bytes"] == 51_000
    assert store.plan()[0]["needed_bytes"] == 199 * 50_000 + 250_000 + 801 * 51_000


def test_photos_of_unknown_size_count_with_the_mean(store):
    store.open_campaign()
    store.put_photos(NIGHT, 10, None)
    assert store.plan()[0]["used_bytes"] == 1_200_000


ALARM_CASES = [
    # capacity, used, students without a photo, photos of 0.1 MB a day in the last week, alarm, days until full, why
    (20_000_000, 0, 100, 0, "none", None, "room for all"),
    (19_999_999, 0, 100, 0, "short", None, "a byte below twice the students' photos"),
    (20_000_000, 0, 167, 0, "short", None, "needed is above capacity"),
    (20_000_000, 0, 166, 0, "none", None, "needed just fits"),
    (20_000_000, 17_999_999, 0, 0, "none", None, "just below nine tenths"),
    (20_000_000, 18_000_000, 0, 0, "filling", None, "nine tenths, and nobody uploads"),
    (20_000_000, 20_000_000, 0, 0, "full", 0, "full"),
    (100_000_000, 0, 2000, 29, "filling", 28, "full within thirty days"),
    (100_000_000, 0, 2000, 20, "short", 43, "full later than in thirty days"),
    (30_000_000, 0, 120, 29, "filling", 4, "a little too small, full before the last photo"),
    (100_000_000, 0, 100, 29, "none", None, "the last photo comes before it is full"),
]


@pytest.mark.parametrize(
    ("capacity", "used", "students", "pace", "alarm", "left", "why"),
    ALARM_CASES,
    ids=[case[-1] for case in ALARM_CASES],
)
def test_raises_the_alarm(store, capacity, used, students, pace, alarm, left, why):
    store.open_campaign()
    store.put_students(students)
    store.tell(capacity, used)
    for back in range(7):
        store.put_photos(NIGHT - timedelta(back), pace)
    (plan,) = store.plan()
    assert plan["alarm"] == alarm and alarm in ALARMS
    assert plan["full_on"] == (None if left is None else NIGHT + timedelta(left))
    assert plan["used_bytes"] == used + 7 * pace * 100_000


def test_growth_is_that_of_seven_days_or_fewer(store):
    store.open_campaign()
    store.put_photos(NIGHT - timedelta(2), 30)
    assert store.plan()[0]["daily_bytes"] == 1_000_000, "three days since the first"
    store.put_photos(NIGHT - timedelta(7), 700)
    assert store.plan()[0]["daily_bytes"] == (3_000_000 + 6) // 7, "the eighth day back does not count"


def test_what_was_told_counts_with_the_photos_since(store):
    store.tell(1_000_000_000, used=500_000_000, as_of=date(2026, 10, 8))
    store.put_photos(date(2026, 10, 8), 10)
    store.put_photos(date(2026, 10, 9), 10)
    store.put_photos(date(2026, 10, 11), 10)
    (plan,) = store.plan()
    assert (plan["photos"], plan["used_bytes"]) == (20, 501_000_000), "the store's own figure holds those of its day"


@pytest.mark.parametrize("pace", [10, 40, 150])
def test_the_alarm_comes_before_a_filling_store_is_full(store, pace):
    """A store too small for its students, filled day by day: never full without warning, and full on the day foreseen."""
    store.open_campaign()
    store.put_students(3000)
    store.tell(60_000_000, photo_bytes=30_000_000)
    alarms, foreseen = [], []
    night = date(2026, 10, 1)
    while not alarms or alarms[-1] != "full":
        store.put_photos(night, pace)
        # Those with a photo are no longer waited for.
        store.connection.execute(
            "update core_forms set uploaded_on = ? where rowid in "
            f"(select rowid from core_forms where uploaded_on is null order by rowid limit {pace})",
            [night],
        )
        (plan,) = store.plan(night)
        alarms.append(plan["alarm"])
        foreseen.append(plan["full_on"])
        night += timedelta(1)
    full = night - timedelta(1)
    assert alarms[0] in ("short", "filling"), "known from the first night"
    assert "filling" in alarms[:-1] and "none" not in alarms
    assert {day for day in foreseen if day} == {full}, "an even pace is foreseen to the day"
