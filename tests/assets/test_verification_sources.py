"""Who is not through with the form, and the counts of progress: SQL held against a plain reading in Python, over random forms."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xueji.assets.records import create_from
from xueji.assets.verification_cells import masked_name, masked_number
from xueji.assets.verification_school_rows import COUNTS, counts_sql
from xueji.assets.verification_sources import UnitNight, missing_sql
from xueji.reports.masking import mask_id_number, mask_name

SCOPE = UnitNight("52", "2026-11-20", "2026A1", "2026年秋季学期数据质量核查", False)
OPEN, SHUT = "2152000001", "2152000002"
DAYS = ("issued_on", "returned_on", "entered_on", "audited_on", "uploaded_on", "archived_on")
DAY = date(2026, 11, 5)
forms = st.lists(
    st.fixed_dictionaries(
        {
            "school_code": st.sampled_from([OPEN, SHUT]),
            "class_no": st.sampled_from(["1", "2", None]),
            "is_due": st.booleans(),
            "is_not_here": st.sampled_from([True, False, False, None]),
            "form_no": st.sampled_from(["F1", "F1", "F1", None]),
            "audits_pending": st.integers(0, 2),
            "sent_back": st.integers(0, 2),
            "steps": st.integers(0, 5),
            "is_uploaded": st.booleans(),
        }
    ),
    max_size=14,
)


def row_of(place: int, form: dict) -> dict:
    """A form of `v_forms`: so many of its steps are done, in their order; the photo comes by its own way."""
    done = dict.fromkeys(("issued_on", "returned_on", "entered_on", "audited_on", "archived_on")[: form["steps"]], DAY)
    days = {day: done.get(day) if form["form_no"] else None for day in DAYS}
    days["uploaded_on"] = DAY if form["is_uploaded"] and form["form_no"] else None
    kept = {name: value for name, value in form.items() if name not in ("steps", "is_uploaded")}
    school = form["school_code"]
    more = {"record_key": f"{school}/{place}", "student_no": str(place), "grade": 3, "is_right_first_time": None}
    return kept | days | more


SCHEMA = {
    **dict.fromkeys(("school_code", "class_no", "form_no", "record_key", "student_no"), pl.String),
    **dict.fromkeys(("is_due", "is_not_here", "is_right_first_time"), pl.Boolean),
    **dict.fromkeys(("grade", "audits_pending", "sent_back"), pl.Int32),
    **dict.fromkeys(DAYS, pl.Date),
}  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        windows = [{"campaign": "2026A1", "school_code": OPEN, "opens_on": DAY}, {"campaign": "2026A1", "school_code": SHUT, "opens_on": date(2026, 12, 1)}]  # fmt: skip
        create_from(connection, "v_windows", pl.DataFrame(windows))
        create_from(connection, "v_schools", pl.DataFrame({"school_code": [OPEN, SHUT], "school_name": ["甲", "乙"]}))
        yield connection


def missing_of(form: dict) -> str:
    """What a form waits for, read from the steps of the notice."""
    if form["form_no"] is None:
        return "未印制" if form["school_code"] == OPEN else ""
    photo = [] if form["uploaded_on"] else ["未拍照上传"]
    if form["returned_on"]:
        return "、".join(([] if form["entered_on"] else ["未录入"]) + photo)
    return "、".join(["未回收", *photo]) if form["issued_on"] else "未下发"


@settings(max_examples=150, deadline=None)
@given(forms)
def test_nobody_who_is_not_through_is_lost(connection: duckdb.DuckDBPyConnection, drawn: list[dict]) -> None:
    rows = [row_of(place, form) for place, form in enumerate(drawn)]
    create_from(connection, "v_forms", pl.DataFrame(rows, schema=SCHEMA))
    found = connection.sql(missing_sql(SCOPE)).pl().to_dicts()
    standing = {row["record_key"]: missing_of(row) for row in rows if row["is_due"] and not row["is_not_here"]}
    classes: dict[tuple, list[str]] = defaultdict(list)
    for row in rows:
        if row["record_key"] in standing:
            classes[row["school_code"], row["class_no"]].append(standing[row["record_key"]])
    together = {key for key, said in classes.items() if len(said) > 1 and len(set(said)) == 1 and said[0]}
    assert {(row["school_code"], row["class_no"]): (row["together"], row["missing"]) for row in found if row["together"] > 1} == {
        key: (len(classes[key]), classes[key][0]) for key in together
    }  # fmt: skip
    named = {row["record_key"]: row["missing"] for row in found if row["together"] == 1}
    assert named == {
        row["record_key"]: standing[row["record_key"]]
        for row in rows
        if standing.get(row["record_key"]) and (row["school_code"], row["class_no"]) not in together
    }
    assert sum(row["together"] for row in found) == sum(bool(said) for said in standing.values())


@settings(max_examples=100, deadline=None)
@given(forms)
def test_counts_are_those_of_a_plain_count(connection: duckdb.DuckDBPyConnection, drawn: list[dict]) -> None:
    rows = [row_of(place, form) for place, form in enumerate(drawn)]
    create_from(connection, "v_forms", pl.DataFrame(rows, schema=SCHEMA))
    counted = Counter[tuple[str, str]]()
    for row in connection.sql(counts_sql()).pl().to_dicts():
        for name in COUNTS:
            counted[row["school_code"], name] += int(row[name])
    expected = Counter[tuple[str, str]]()
    steps = {"printed": "form_no", "issued": "issued_on", "returned": "returned_on", "entered": "entered_on", "audited": "audited_on", "uploaded": "uploaded_on", "archived": "archived_on", "not_here": "is_not_here"}  # fmt: skip
    for row in rows:
        school = row["school_code"]
        expected[school, "students"] += 1
        expected[school, "due" if row["is_due"] else "excluded"] += 1
        if row["is_due"]:
            expected.update((school, name) for name, column in steps.items() if row[column])
            expected[school, "pending"] += row["audits_pending"]
            expected[school, "sent_back"] += row["sent_back"]
    assert +counted == +expected


@given(st.text(alphabet="王小明欧阳阿依1X*", max_size=20))
def test_masks_show_no_more_than_those_of_the_lists(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    ((name, number),) = connection.execute(f"select {masked_name('t')}, {masked_number('t')} from (select ? as t)", [text]).fetchall()  # fmt: skip
    assert len(name) == len(text) and len(number) == len(text)
    assert name == mask_name(text)
    shown = [place for place, sign in enumerate(number) if sign != "*"]
    allowed = [place for place, sign in enumerate(mask_id_number(text)) if sign != "*"]
    assert set(shown) <= set(allowed)
