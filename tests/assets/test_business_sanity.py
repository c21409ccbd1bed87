"""Daily sanity of business: a table of cases for each kind of matter, decided by eye."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from matter_sample import FAR, NIGHT, A, B, C, Tables, World, student

from xueji.assets.verification_matters import find_in_business
from xueji.checks.business_sanity import MATTERS, half_a_year_before, next_purge

NUMBER = "440106201503120036"
D = date


def business(kind: str, **more: object) -> dict[str, object]:
    """A finished one of G1 at school A, applied for on 2 November, finished on the 10th; `open` when it has no end."""
    row = {
        "unit_code": "44", "business_no": "YW1", "kind": kind, "state": "done", "student_no": "G1", "school_code": A,
        "applied_on": D(2026, 11, 2), "finished_on": D(2026, 11, 10),
    } | more  # fmt: skip
    return row | ({"finished_on": None} if row["state"] == "open" else {})


def transfer(**more: object) -> dict[str, object]:
    return business("transfer", **{"other_school_code": B} | more)


HERE = [student("G1")]
OUT = [student("G1", is_out_of_school=True)]
AT_BOTH = [student("G1"), student("G1", B)]
SLOW = {"state": "open", "applied_on": D(2026, 11, 5)}  # ten working days on is the 19th
CASES = {
    "transfer_slow": [
        # business, registry, found, why
        ([transfer(**SLOW)], HERE, True, "the tenth working day was yesterday"),
        ([transfer(state="open", applied_on=D(2026, 11, 6))], HERE, False, "the tenth working day is tonight"),
        ([transfer(applied_on=D(2026, 10, 1))], HERE, False, "done"),
        ([transfer(**SLOW | {"state": "refused"})], HERE, False, "refused"),
        ([business("suspension", **SLOW)], HERE, False, "no transfer"),
        ([transfer(**SLOW, student_no="G9")], HERE, True, "the record is gone, the request is not"),
        ([transfer(state="open", applied_on=D(2026, 6, 16))], HERE, True, "half a year only after the next 15th"),
        ([transfer(state="open", applied_on=D(2026, 6, 15))], HERE, False, "transfer_purge tells it"),
    ],
    "transfer_purge": [
        ([transfer(state="open", applied_on=D(2026, 6, 15))], HERE, True, "half a year old on 15 December"),
        ([transfer(state="open", applied_on=D(2026, 6, 16))], HERE, False, "a day later"),
        ([transfer(state="open", applied_on=D(2025, 6, 16))], HERE, True, "long past it"),
        ([transfer(applied_on=D(2026, 5, 1))], HERE, False, "done"),
    ],
    "suspension_over": [
        ([business("suspension", ends_on=D(2026, 11, 19))], OUT, True, "ended yesterday"),
        ([business("suspension", ends_on=D(2026, 11, 20))], OUT, False, "ends today"),
        ([business("suspension", ends_on=D(2026, 11, 12))], HERE, False, "the registry has the student in school"),
        ([business("suspension", ends_on=D(2026, 11, 12))], [], False, "the record is gone"),
        ([business("suspension", ends_on=D(2026, 11, 12), state="open")], OUT, False, "never granted"),
        ([business("suspension", applied_on=D(2025, 11, 19), finished_on=D(2025, 11, 19))], OUT, True, "a year, without an end"),
        ([business("suspension", applied_on=D(2025, 11, 20), finished_on=D(2025, 11, 20))], OUT, False, "a year today"),
        ([business("suspension", ends_on=D(2026, 11, 12)), business("resumption", business_no="YW2", applied_on=D(2026, 11, 12))],
         OUT, False, "resumed"),
        ([business("suspension", ends_on=D(2026, 11, 12)), business("resumption", business_no="YW2", applied_on=D(2025, 3, 1))],
         OUT, True, "resumed from an earlier one"),
        ([business("suspension", ends_on=D(2026, 11, 12)), business("resumption", business_no="YW2", applied_on=D(2026, 11, 12), state="open")],
         OUT, True, "resumption applied for"),
        ([business("suspension", ends_on=D(2025, 9, 1), applied_on=D(2024, 9, 1), finished_on=D(2024, 9, 2), business_no="YW0"),
          business("suspension", ends_on=D(2027, 9, 1))], OUT, False, "suspended anew"),
    ],
    "dropout_no_control": [
        ([business("dropout")], OUT, True, "nobody went to see"),
        ([business("dropout", control_on=D(2026, 11, 3))], OUT, False, "somebody did"),
        ([business("dropout", state="open")], HERE, True, "not finished either"),
        ([business("dropout", state="refused")], HERE, False, "refused"),
        ([business("dropout"), business("resumption", business_no="YW2", applied_on=D(2026, 11, 12))], HERE, False, "is back"),
    ],
    "grade_unlike_business": [
        ([business("skip", from_grade=2, to_grade=4)], HERE, True, "skipped to 4, stands at 3"),
        ([business("skip", from_grade=2, to_grade=3)], HERE, False, "as it says"),
        ([business("repeat", from_grade=3, to_grade=2)], HERE, True, "repeats 2, stands at 3"),
        ([business("skip", from_grade=2, to_grade=4, state="open")], HERE, False, "not finished"),
        ([business("skip", from_grade=2, to_grade=4, finished_on=D(2026, 11, 20))], HERE, False, "the registry is of the same day"),
        ([business("skip", from_grade=1, to_grade=2, applied_on=D(2025, 9, 10), finished_on=D(2025, 9, 20))], HERE, False, "a year on"),
        ([business("skip", from_grade=1, to_grade=3, applied_on=D(2025, 9, 10), finished_on=D(2025, 9, 20))], HERE, True, "a year lost since"),
        ([business("repeat", from_grade=3, to_grade=3, applied_on=D(2026, 6, 10), finished_on=D(2026, 6, 20))], HERE, False, "stays for the year to come"),
        ([business("skip", from_grade=1, to_grade=2, business_no="YW0", applied_on=D(2025, 9, 10)),
          business("skip", from_grade=1, to_grade=3, business_no="YW2")], HERE, False, "the last one counts"),
        ([business("skip", from_grade=2, to_grade=4)], OUT, False, "not in school"),
        ([business("skip", from_grade=11, to_grade=12, applied_on=D(2024, 9, 10), finished_on=D(2024, 9, 20))], HERE, False, "long since finished school"),
    ],
    "left_still_enrolled": [
        ([business("death")], HERE, True, "still in school"),
        ([business("emigration")], HERE, True, "still in school too"),
        ([business("abroad")], HERE, False, "the record is kept for who studies abroad"),
        ([business("death")], OUT, False, "marked as gone"),
        ([business("death")], [], False, "the record is gone"),
        ([business("death", finished_on=D(2026, 11, 20))], HERE, False, "the registry is of the same day"),
        ([business("death", state="open")], HERE, False, "under way"),
    ],
    "transfer_both_ends": [
        ([transfer()], AT_BOTH, True, "one student number at both"),
        ([transfer()], [student("G1", id_number=NUMBER), student("L5", B, id_number=NUMBER)], True, "one document number at both"),
        ([transfer(other_school_code=FAR)], [student("G1"), student("G1", FAR)], True, "in another unit"),
        ([transfer()], [student("G1", is_out_of_school=True), student("G1", B)], False, "left, arrived"),
        ([transfer()], [student("G1"), student("G1", B, is_out_of_school=True)], False, "not yet in school there"),
        ([transfer()], [student("G1"), student("G2", B)], False, "another child"),
        ([transfer(state="open")], AT_BOTH, True, "arrived before it was done"),
        ([transfer()], [student("G1", C), student("G1", B)], False, "nothing at the school it left"),
    ],
    "transfer_not_arrived": [
        ([transfer()], HERE, True, "only at the school it left"),
        ([transfer()], [], True, "nowhere"),
        ([transfer()], [student("G1", B)], False, "arrived"),
        ([transfer()], [student("G1", B, is_out_of_school=True)], False, "arrived, whatever became of it"),
        ([transfer(finished_on=D(2026, 11, 20))], HERE, False, "the registry is of the same day"),
        ([transfer(other_school_code=FAR)], HERE, True, "not in another unit"),
        ([transfer(other_school_code="2111000001")], HERE, False, "of a unit that never delivered"),
        ([transfer(state="open")], HERE, False, "under way"),
        ([transfer(), transfer(business_no="YW2", school_code=B, other_school_code=C, applied_on=D(2026, 11, 12), state="open")],
         [], False, "on to a third school"),
        ([transfer(applied_on=D(2025, 10, 1), finished_on=D(2025, 11, 19))], [], False, "more than a year ago"),
    ],
}  # fmt: skip
FLAT = [(kind, *case) for kind, cases in CASES.items() for case in cases]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("sanity"))


@pytest.mark.parametrize(
    ("kind", "given", "registry", "found", "why"), FLAT, ids=[f"{case[0]}: {case[-1]}" for case in FLAT]
)
def test_finds_what_is_amiss(tables, kind, given, registry, found, why):
    tables.put("business", given)
    tables.registry(registry)
    subjects = {subject for code, subject in tables.found(find_in_business) if code == kind}
    assert bool(subjects) == found
    assert subjects <= {str(row["business_no"]) for row in given}


def test_every_kind_has_cases_of_both_verdicts():
    assert set(CASES) == {matter.code for matter in MATTERS}
    assert all({case[2] for case in cases} == {True, False} for cases in CASES.values())


def test_a_matter_names_its_own_student_and_of_the_other_school_the_name(world):
    world.registry([student("G1", name="王小明"), student("G1", B, name="王小名")])
    world.put("business", [transfer()])
    world.put("verification_matters", [])
    world.matters()
    query = "select name, school_code, county_code, student_no, grade, class_no, reason from verification_matters"
    assert world.rows(query) == [
        ("王小明", A, "440106", "G1", 3, "2024301", "转学已办结，转出学校和转入学校（第二小学）学籍均为在校")
    ]


def test_reasons_read_officially(world):
    world.registry([student("G1"), student("G2", grade=3)])
    world.put(
        "business",
        [
            transfer(**SLOW),
            transfer(business_no="YW2", state="open", applied_on=D(2026, 6, 15)),
            business("skip", business_no="YW3", student_no="G2", from_grade=2, to_grade=4),
        ],
    )
    world.put("verification_matters", [])
    world.matters()
    assert world.reasons("transfer_slow") == ["2026-11-05申请转学，10个工作日的办理期限为2026-11-19，至今未办结"]
    assert world.reasons("transfer_purge") == ["2026-06-15申请转学，满半年未办结，将于2026年12月15日18时被清理"]
    assert world.reasons("grade_unlike_business") == ["2026-11-10办结跳级（2年级至4年级），现应为4年级，学籍为3年级"]


def test_purges_are_on_the_fifteenth():
    assert [next_purge(D(2026, 12, day)) for day in (14, 15, 16)] == [D(2026, 12, 15), D(2026, 12, 15), D(2027, 1, 15)]
    assert half_a_year_before(D(2027, 1, 15)) == D(2026, 7, 15)
    day = D(2024, 1, 1)
    while day < D(2028, 1, 1):
        purge = next_purge(day)
        assert 0 <= (purge - day).days <= 31 and purge.day == 15
        day += timedelta(days=1)


def test_without_business_nothing_is_done(tmp_path: Path):
    world = World(tmp_path)
    assert world.matters(NIGHT) == set()
    assert world.engine.version("verification_matters") is None
