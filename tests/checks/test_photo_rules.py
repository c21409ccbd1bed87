"""Rules on photos as SQL, held against a second opinion that goes row by row."""

from collections import defaultdict
from datetime import date, timedelta

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xueji.checks.photo_rules import PHOTO_ROWS, PHOTO_RULES, UPLOADERS, form_verdicts_sql, photo_verdicts_sql
from xueji.checks.tables import TABLES
from xueji.checks.verification_tables import CAMPAIGN_WINDOWS, FORM_PHOTOS

DAY = date(2026, 10, 10)
OPEN = (date(2026, 10, 5), date(2026, 10, 20))  # the entry window
FORMS = {
    # form: unit, edition, newest edition
    "A": ("44", 1, 1), "B": ("44", 1, 1), "C": ("44", 1, 2), "D": ("51", 1, 1),
}  # fmt: skip
PRINTED = date(2026, 10, 1)
SHAS = {name: name * 64 for name in "ab"}
KNOWN = (("A", "a"), ("B", "c"))  # taken on an earlier day
SHAS["c"] = "c" * 64
TYPES = {"varchar": pl.String, "bigint": pl.Int64, "integer": pl.Int32, "boolean": pl.Boolean, "date": pl.Date}

ROWS = st.fixed_dictionaries(
    {
        "unit_code": st.sampled_from(["44", "44", "44", "51"]),
        "form_no": st.sampled_from(["A", "A", "B", "B", "C", "D", "X", None]),
        "sha256": st.sampled_from([*SHAS.values(), "d" * 64, "e" * 63]),
        "uploaded_on": st.sampled_from(
            [DAY, DAY - timedelta(1), OPEN[0], OPEN[0] - timedelta(1), DAY + timedelta(1), None]
        ),
        "uploader_text": st.sampled_from([None, "家长", "邻居"]),
        "has_folder": st.booleans(),
        "is_there": st.booleans(),
        "shows": st.sampled_from(["same", "same", "same", "A", "B", None]),
        "is_altered": st.sampled_from([False, False, True]),
    }
)


PLAIN = ("unit_code", "form_no", "sha256", "uploaded_on", "uploader_text", "has_folder")


def as_row(place, drawn):
    picture = f"{place}.jpg" if drawn["has_folder"] and drawn["is_there"] else None
    shown = drawn["form_no"] if drawn["shows"] == "same" else drawn["shows"]
    seen = {
        "seen_form_no": shown, "seen_sha256": "f" * 64 if drawn["is_altered"] else drawn["sha256"],
        "seen_rule": None if shown else "photo_no_code",
    }  # fmt: skip
    return {
        "place": place, "file": "photos.csv", "row": place + 2, "form_text": drawn["form_no"] or "?", "picture": picture,
        "uploaded_by": UPLOADERS.get(drawn["uploader_text"] or ""), **{key: drawn[key] for key in PLAIN},
        **(seen if picture else {}),
    }  # fmt: skip


def opinion(row):
    """The first rule that a row breaks by itself."""
    form, day = FORMS.get(row["form_no"] or ""), row["uploaded_on"]
    if row["form_no"] is None:
        return "photo_form_unreadable"
    if len(row["sha256"]) != 64:
        return "photo_sha256"
    if day is None:
        return "photo_date"
    if row["uploader_text"] == "邻居":
        return "photo_uploader"
    if form is None:
        return "photo_form_unknown"
    if form[0] != row["unit_code"]:
        return "photo_other_unit"
    if (row["form_no"], row["sha256"][0]) in KNOWN:
        return "photo_known"
    if form[1] < form[2]:
        return "photo_superseded"
    if day > DAY:
        return "photo_day_later"
    if day < OPEN[0]:
        return "photo_not_open"
    if row["has_folder"] and row["picture"] is None:
        return "photo_missing"
    if row["picture"] is None:
        return None
    if row["seen_sha256"] != row["sha256"]:
        return "photo_altered"
    if row["seen_rule"]:
        return row["seen_rule"]
    return None if row["seen_form_no"] == row["form_no"] else "photo_other_form"


def opinions(rows):
    """The rule that each row breaks, also beside the others."""
    verdicts = {row["place"]: opinion(row) for row in rows}
    good = [row for row in rows if verdicts[row["place"]] is None]
    forms, seen = defaultdict(set), set()
    for row in good:
        forms[row["sha256"]].add(row["form_no"])
    for row in good:
        key = (row["sha256"], row["form_no"])
        if any(sha == row["sha256"][0] for _, sha in KNOWN) or (
            row["picture"] is None and len(forms[row["sha256"]]) > 1
        ):
            verdicts[row["place"]] = "photo_shared"
        elif key in seen:
            verdicts[row["place"]] = "photo_repeated"
        seen.add(key)
    return verdicts


def table(connection, name, columns, rows):
    schema = {column: TYPES[kind] for column, kind in columns.items()}
    frame = pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)
    connection.register("given", frame.to_arrow())
    connection.execute(f"create or replace table {name} as select * from given")
    connection.unregister("given")


@pytest.fixture(scope="module")
def connection():
    """All that rows are judged against."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("set threads = 1")
        window = {"unit_code": "00", "campaign": "2026A1", "switch": "entry", "region_code": "00"}
        table(
            connection,
            "campaign_windows",
            CAMPAIGN_WINDOWS.columns,
            [window | {"opens_on": OPEN[0], "closes_on": OPEN[1]}],
        )
        schools = [{"school_code": "S44", "unit_code": "44"}, {"school_code": "S51", "unit_code": "51"}]
        table(connection, "core_schools", TABLES["core_schools"].columns, schools)
        known = [{"date": DAY - timedelta(2), "form_no": form, "sha256": SHAS[sha]} for form, sha in KNOWN]
        later = [{"date": DAY + timedelta(1), "form_no": "B", "sha256": SHAS["b"]}]  # of a night that was run again
        table(connection, "form_photos", FORM_PHOTOS.columns, [*known, *later])
        editions = [
            {"form_no": form, "unit_code": unit, "campaign": "2026A1", "school_code": f"S{unit}", "record_key": form,
             "edition": edition, "newest_edition": newest, "printed_on": PRINTED, "unit_name": unit}
            for form, (unit, edition, newest) in FORMS.items()
        ]  # fmt: skip
        columns = dict.fromkeys(
            ("form_no", "unit_code", "campaign", "school_code", "record_key", "unit_name"), "varchar"
        )
        numbers = {"edition": "integer", "newest_edition": "integer", "printed_on": "date"}
        table(connection, "photo_editions", columns | numbers, editions)
        yield connection


def verdicts(connection, rows):
    table(connection, "photo_rows", PHOTO_ROWS, rows)
    connection.execute(f"create or replace table form_verdicts as {form_verdicts_sql(str(DAY))}")
    return dict(connection.execute(f"select place, rule_id from ({photo_verdicts_sql(str(DAY))})").fetchall())


@settings(deadline=None, max_examples=40)
@given(drawn=st.lists(ROWS, min_size=4, max_size=20))
def test_every_row_is_judged_as_a_second_opinion_does(connection, drawn):
    rows = [as_row(place, row) for place, row in enumerate(drawn)]
    found = verdicts(connection, rows)
    assert found == opinions(rows)
    taken = [row for row in rows if found[row["place"]] is None]
    forms = defaultdict(set)
    for row in taken:
        forms[row["sha256"]].add(row["form_no"])
    assert all(len(of_one) == 1 for of_one in forms.values()), "no picture is two forms'"
    assert all(rule is None or rule in PHOTO_RULES for rule in found.values())


def test_the_second_opinion_meets_good_rows_and_bad(connection):
    good = {
        "unit_code": "44", "form_no": "B", "sha256": SHAS["b"], "uploaded_on": DAY, "uploader_text": None, "has_folder": False,
        "is_there": False, "shows": "same", "is_altered": False,
    }  # fmt: skip
    rows = [
        as_row(0, good),
        as_row(1, good),
        as_row(2, good | {"form_no": "A"}),
        as_row(3, good | {"sha256": "d" * 64}),
    ]
    assert verdicts(connection, rows) == {0: "photo_shared", 1: "photo_shared", 2: "photo_shared", 3: None}
