"""The figures of a campaign, night by night, beside a count in plain Python over invented forms."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xueji.assets.engine import Engine
from xueji.assets.records import create_from, frame_of
from xueji.assets.verification_progress import (
    check_night,
    create_campaigns,
    make_night_figures,
    pace_start,
    update_verification_progress,
)
from xueji.checks.model import XuejiError
from xueji.checks.working_days import add_working_days, working_days_between
from xueji.reports import verification_indicators as forms

NIGHT = date(2026, 11, 18)
OPENS, CLOSES = date(2026, 10, 8), date(2026, 12, 31)
# county, city, unit; the last but one at a city without counties, the last in a school that no table knows
SCHOOLS = {
    "2135000001": ("350203", "350200", "35"),
    "2135000002": ("350203", "350200", "35"),
    "2135000003": ("350102", "350100", "35"),
    "2144000001": ("441900", "441900", "44"),
    "2111000001": ("110101", None, "11"),
}
COUNTY_OF = {"2144000001": "441901"}
UNITS = {**{school: unit for school, (_, _, unit) in SCHOOLS.items()}, "2135999999": "35"}
STEPS = (
    (forms.PRINTED, "printed_on"), (forms.ISSUED, "issued_on"), (forms.RETURNED, "returned_on"), (forms.ENTERED, "entered_on"),
    (forms.AUDITED, "audited_on"), (forms.UPLOADED, "uploaded_on"), (forms.ARCHIVED, "archived_on"),
)  # fmt: skip
Row = dict[str, object]
Figures = dict[tuple[str, str], float]


def form(chance: random.Random, number: int) -> Row:
    """A form somewhere on its way, of a student of any school, due or not."""
    school = chance.choice(list(UNITS))
    kind = chance.choices(["due", "excluded", "gone"], [8, 1, 1])[0]
    row: Row = {
        "unit_code": UNITS[school], "campaign": "2026A1", "school_code": school, "record_key": f"r{number}",
        "is_due": kind == "due", "exclusion": "not_in_school" if kind == "excluded" else None, "is_not_here": False,
        "key_changes": 0, "other_changes": 0, "audits_pending": 0, "sent_back": 0,
    }  # fmt: skip
    day = OPENS + timedelta(days=chance.randint(0, 30))
    for _, column in STEPS[: chance.randint(0, 5)]:
        row[column] = day
        day = min(day + timedelta(days=chance.randint(0, 9)), NIGHT)
    if row.get("printed_on") and chance.random() < 0.5:
        row["uploaded_on"] = day
        if row.get("audited_on") and chance.random() < 0.5:
            row["archived_on"] = day
    if row.get("issued_on") and not row.get("returned_on"):
        row["is_not_here"] = chance.random() < 0.3
    if row.get("entered_on"):
        row |= {"key_changes": chance.randint(0, 2), "other_changes": chance.randint(0, 3)}
        row["sent_back"] = chance.randint(0, 1)
        row["audits_pending"] = 0 if row.get("audited_on") else chance.randint(0, 2)
    if row.get("audited_on"):
        row["is_right_first_time"] = row["sent_back"] == 0
    return row


def random_forms(seed: int, count: int) -> list[Row]:
    chance = random.Random(seed)
    return [form(chance, number) for number in range(count)]


def window(unit: str = "00", region: str = "00", opens: date = OPENS, closes: date = CLOSES, **values: object) -> Row:
    return {
        "unit_code": unit, "campaign": "2026A1", "switch": "entry", "region_code": region, "opens_on": opens, "closes_on": closes,
    } | values  # fmt: skip


WINDOWS = (window(), window(switch="export", closes=date(2026, 11, 30)))


class Lake:
    """An engine over a folder with the tables that figures are counted from."""

    def __init__(self, home: Path) -> None:
        self.engine = Engine(home=str(home), threads=2)

    def store(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        with self.engine.connection() as connection:
            create_from(connection, "given", frame_of(table, rows))
            self.engine.replace_table(table, "from given", connection)

    def fill(self, rows: Sequence[Row], windows: Sequence[Row] = WINDOWS) -> None:
        schools = [
            {"school_code": code, "school_name": code, "county_code": county, "city_code": city, "unit_code": unit}
            for code, (county, city, unit) in SCHOOLS.items()
        ]
        self.store("core_schools", schools)
        self.store("campaign_windows", windows)
        self.store("core_forms", rows)

    def rows(self, night: date = NIGHT) -> list[tuple]:
        with self.engine.session() as connection:
            return connection.execute(
                'select level, code, parent_code, campaign, indicator, value from verification_progress where "date" = ? order by all',
                [night],
            ).fetchall()

    def update(self, night: date = NIGHT) -> Figures:
        """Run the night; its figures by code and indicator."""
        written = update_verification_progress(self.engine, f"{night}")
        rows = self.rows(night)
        assert written == len(rows) == len({(row[1], row[4]) for row in rows})
        return {(code, indicator): value for _, code, _, _, indicator, value in rows}

    def session(self) -> duckdb.DuckDBPyConnection:
        return self.engine.session()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def places_of(row: Row) -> list[str]:
    """All areas a form counts in, by its school."""
    school = str(row["school_code"])
    if school not in SCHOOLS:
        return [f"{row['unit_code']}0000", str(row["unit_code"]), "00"]
    county, city, unit = SCHOOLS[school]
    return [school, COUNTY_OF.get(school, county), *([city] if city else []), unit, "00"]


def counted_by_hand(rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """The counts that are not zero."""
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        said = {forms.STUDENTS: bool(row["is_due"] or row["exclusion"]), forms.EXCLUDED: bool(row["exclusion"])}
        if row["is_due"]:
            said |= {forms.DUE: True, forms.NOT_HERE: row["is_not_here"]}
            said |= {name: row.get(column) is not None for name, column in STEPS}
            said[forms.RIGHT_FIRST_TIME] = row.get("is_right_first_time") is True
            items = (forms.KEY_CHANGES, forms.OTHER_CHANGES, forms.AUDITS_PENDING, forms.SENT_BACK)
            columns = ("key_changes", "other_changes", "audits_pending", "sent_back")
            said |= {name: row[column] for name, column in zip(items, columns, strict=True)}
        for place in places_of(row):
            found.update({(place, name): int(count) for name, count in said.items() if count})
    return dict(found)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), count=st.integers(0, 200))
def test_counts_are_those_of_a_count_by_hand(tmp_path_factory, seed: int, count: int) -> None:
    lake = Lake(tmp_path_factory.mktemp("lake"))
    rows = random_forms(seed, count)
    lake.fill(rows)
    figures = lake.update()
    counts = {key: value for key, value in figures.items() if key[1] in forms.COUNTS and value}
    assert counts == counted_by_hand(rows)


def test_every_area_has_every_count_and_schools_only_what_is_not_zero(lake: Lake) -> None:
    lake.fill(random_forms(1, 200))
    lake.update()
    rows = lake.rows()
    of_area: dict[str, set[str]] = defaultdict(set)
    for level, code, _, _, indicator, value in rows:
        of_area[code].add(indicator)
        assert level != "school" or value != 0
    areas = {row[1]: row[2] for row in rows if row[0] != "school"}
    assert {code: parent for code, parent in areas.items() if code[:2] in ("00", "35", "44")} == {
        "00": None, "35": "00", "44": "00", "350100": "35", "350200": "35", "350000": "35", "350102": "350100", "350203": "350200",
        "441900": "44", "441901": "441900",
    }  # fmt: skip
    assert all(set(forms.COUNTS) <= of_area[code] for code in areas)
    assert {parent for level, _, parent, *_ in rows if level == "school"} == {"350203", "350102", "441901", "110101"}
    assert {row[3] for row in rows} == {"2026A1"}


def small(count: int, **dates: date) -> list[Row]:
    """So many due forms of one school, all alike."""
    zeros = {"key_changes": 0, "other_changes": 0, "audits_pending": 0, "sent_back": 0, "is_not_here": False}
    base = {"unit_code": "35", "campaign": "2026A1", "school_code": "2135000001", "is_due": True} | zeros
    return [base | dates | {"record_key": f"{sorted(dates.items())}{number}"} for number in range(count)]


def test_coverage_pace_and_forecast(lake: Lake) -> None:
    """40 of 100 up, 14 of them in the last seven working days: two a day."""
    start = pace_start(NIGHT)
    assert working_days_between(start, NIGHT) == 7
    old, new = {"printed_on": OPENS, "uploaded_on": start}, {"printed_on": OPENS, "uploaded_on": NIGHT}
    lake.fill([*small(26, **old), *small(14, **new), *small(60)])
    figures = lake.update()

    def of(name: str, code: str = "350203") -> float | None:
        return figures.get((code, name))

    assert of(forms.covered_percent(forms.UPLOADED)) == 40
    assert of(forms.covered_percent(forms.UPLOADED), "2135000001") == 40
    assert (of(forms.PACE_DAYS), of(forms.per_day(forms.UPLOADED))) == (7, 2)
    assert of(forms.DAYS_LEFT) == (CLOSES - NIGHT).days == 43
    assert of(forms.OPEN_DAYS) == (NIGHT - OPENS).days
    left = working_days_between(NIGHT, CLOSES)
    assert of(forms.WORKING_DAYS_LEFT) == left == 31
    assert of(forms.forecast_days(forms.UPLOADED)) == 30
    assert of(forms.forecast_percent(forms.UPLOADED)) == 100
    assert add_working_days(NIGHT, 30) <= CLOSES
    # Nothing comes back: no day on which it would be done.
    assert of(forms.per_day(forms.RETURNED)) == of(forms.forecast_percent(forms.RETURNED)) == 0
    assert of(forms.forecast_days(forms.RETURNED)) is None
    assert [of(name, code) for name in (forms.COUNTIES, forms.COUNTIES_SHORT) for code in ("350203", "35", "00")] == [
        1, 1, 1, 0, 0, 0,
    ]  # fmt: skip
    assert of(forms.FIRST_TIME_PERCENT) is None  # nothing audited
    assert of(forms.covered_percent(forms.UPLOADED), "110101") is None  # nobody due


def test_who_will_not_make_it_is_counted_by_county(lake: Lake) -> None:
    slow = [row | {"school_code": "2135000003", "record_key": f"s{place}"} for place, row in enumerate(small(50))]
    uploaded = small(10, printed_on=OPENS, uploaded_on=NIGHT)
    lake.fill([*uploaded, *slow])
    figures = lake.update()
    assert [figures[code, forms.COUNTIES_SHORT] for code in ("350203", "350102", "350200", "350100", "35", "00")] == [
        0, 1, 0, 1, 1, 1,
    ]  # fmt: skip
    assert figures["00", forms.COUNTIES] == 2


PACES = [
    # entry window opens, night, working days that the pace is told over, why
    (date(2026, 11, 16), date(2026, 11, 18), 3, "Monday to Wednesday, both counted"),
    (date(2026, 11, 18), date(2026, 11, 18), 1, "the first day"),
    (date(2026, 11, 14), date(2026, 11, 15), 0, "opened on a Saturday: no pace yet"),
    (date(2026, 10, 8), date(2026, 11, 18), 7, "never more than seven"),
    (date(2026, 11, 20), date(2026, 11, 18), 0, "forms are printed, none may be entered yet"),
]


@pytest.mark.parametrize(("opens", "night", "days", "why"), PACES, ids=[case[-1] for case in PACES])
def test_pace_is_told_over_the_days_there_were(lake: Lake, opens: date, night: date, days: int, why: str) -> None:
    lake.fill(small(10), (window(opens=opens), window(switch="export", opens=min(opens, date(2026, 11, 9)))))
    figures = lake.update(night)
    assert figures["350203", forms.PACE_DAYS] == days
    assert (("350203", forms.per_day(forms.UPLOADED)) in figures) == (days > 0)
    assert figures["350203", forms.WORKING_DAYS_LEFT] == working_days_between(max(night, opens - timedelta(1)), CLOSES)


def test_each_area_has_its_own_window(lake: Lake) -> None:
    early = date(2026, 11, 10)
    lake.fill(small(4, printed_on=OPENS, uploaded_on=OPENS), (*WINDOWS, window("35", "350203", closes=early)))
    figures = lake.update()
    assert figures["350203", forms.DAYS_LEFT] == (early - NIGHT).days == -8
    assert figures["350203", forms.WORKING_DAYS_LEFT] == 0
    assert figures["350203", forms.forecast_percent(forms.UPLOADED)] == 100
    assert figures["350102", forms.DAYS_LEFT] == figures["35", forms.DAYS_LEFT] == 43  # the last of all


def test_rows_from_the_first_window_until_a_month_after_the_last(lake: Lake) -> None:
    lake.fill(small(3))
    told = {
        night: bool(lake.update(night))
        for night in (OPENS - timedelta(1), OPENS, CLOSES, CLOSES + timedelta(31), CLOSES + timedelta(32))
    }
    assert list(told.values()) == [False, True, True, True, False]


def test_units_without_a_campaign_have_no_rows(lake: Lake) -> None:
    lake.fill(random_forms(3, 100), (window("35", "35"),))
    lake.update()
    assert {row[1][:2] for row in lake.rows() if row[0] != "school"} == {"00", "35"}


def test_a_new_round_takes_the_place_of_the_last_one(lake: Lake) -> None:
    second = window("44", "44", opens=date(2026, 11, 1), campaign="2026A2")
    rows = random_forms(4, 200)
    for row in rows:
        if row["unit_code"] == "44" and row["record_key"] > "r5":
            row["campaign"] = "2026A2"
    lake.fill(rows, (*WINDOWS, second))
    figures = lake.update()
    counted = [row for row in rows if row["unit_code"] != "44" or row["campaign"] == "2026A2"]
    assert {key: value for key, value in figures.items() if key[1] in forms.COUNTS and value} == counted_by_hand(
        counted
    )
    campaigns = {row[1]: row[3] for row in lake.rows()}
    assert (campaigns["44"], campaigns["441901"], campaigns["35"], campaigns["00"]) == (
        "2026A2",
        "2026A2",
        "2026A1",
        "2026A2",
    )


def test_a_night_run_again_says_the_same_and_leaves_others(lake: Lake) -> None:
    lake.fill(random_forms(5, 100))
    lake.update(NIGHT - timedelta(1))
    lake.update()
    before, rows = lake.rows(NIGHT - timedelta(1)), lake.rows()
    lake.update()
    assert (lake.rows(NIGHT - timedelta(1)), lake.rows()) == (before, rows)
    files = [file.path.read_bytes() for file in lake.engine.files("verification_progress")]
    afresh = Engine(home=lake.engine.home, threads=1)
    update_verification_progress(afresh, f"{NIGHT}")
    assert sorted(files) == sorted(file.path.read_bytes() for file in lake.engine.files("verification_progress"))


def test_a_night_without_campaign_writes_nothing(lake: Lake) -> None:
    lake.fill(random_forms(6, 20), ())
    assert update_verification_progress(lake.engine, f"{NIGHT}") == 0
    assert lake.engine.version("verification_progress") is None


def test_a_withdrawn_campaign_takes_its_rows_with_it(lake: Lake) -> None:
    lake.fill(small(3))
    assert lake.update()
    lake.store("campaign_windows", ())
    assert lake.update() == {}
    version = lake.engine.version("verification_progress")
    assert (lake.update(), lake.engine.version("verification_progress")) == ({}, version)


@pytest.fixture
def counted(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables behind a night's figures, to be broken."""
    lake.fill(random_forms(7, 300))
    with lake.session() as connection:
        assert create_campaigns(connection, NIGHT) == 3
        assert make_night_figures(connection, NIGHT) > 200
        yield connection


BREAKS = [
    # statement, what the error must name
    (
        "update night_figures set value = value + 1 where code = '35' and indicator = 'forms_uploaded'",
        r"national forms_uploaded = sum of parts \(00\): \d+ stated, \d+ summed",
    ),
    (
        "update night_figures set value = value + 1 where code = '2135000001' and indicator = 'forms_returned'",
        r"county forms_returned = sum of parts \(350203\)",
    ),
    (
        "update night_figures set value = value + 1 where indicator = 'forms_due' and level <> 'school'",
        r"forms_students = forms_due \+ forms_excluded",
    ),
    (
        "update counted_areas set forms_audited = forms_entered + 1 where code = '350102'",
        r"forms_audited <= forms_entered \(350102\): \d+ of \d+",
    ),
    (
        "update counted_areas set forms_archived = forms_uploaded + 1 where code = '2144000001'",
        r"forms_archived <= forms_uploaded \(2144000001\)",
    ),
    ("update counted_areas set forms_printed = forms_due + 1 where code = '00'", r"forms_printed <= forms_due \(00\)"),
]


@pytest.mark.parametrize(("statement", "named"), BREAKS, ids=range(len(BREAKS)))
def test_false_sum_is_named(counted: duckdb.DuckDBPyConnection, statement: str, named: str) -> None:
    counted.execute(statement)
    with pytest.raises(XuejiError, match=named):
        check_night(counted)


def test_nothing_is_written_when_a_form_is_ahead_of_itself(lake: Lake) -> None:
    lake.fill(small(2, printed_on=OPENS, issued_on=OPENS, entered_on=OPENS))
    with pytest.raises(XuejiError, match=r"forms_entered <= forms_returned"):
        update_verification_progress(lake.engine, f"{NIGHT}")
    assert lake.engine.version("verification_progress") is None
