"""What the played registry says is wrong, against the truth of a sample written at once; and how putting right shows."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from xueji.checks.catalogue import RULES
from xueji.checks.model import PROBLEM_TYPES
from xueji.data_samples.delivery_dates import Calendar
from xueji.data_samples.generate import plan_sample, write_sample
from xueji.data_samples.problems import Pace
from xueji.data_samples.registry import Enrolment, Registry, case_key
from xueji.data_samples.sample import UNIT_CODES
from xueji.data_samples.small import RATES

DAY, STUDENTS, SEED = date(2026, 11, 20), 2_000, 3
PLAYED = replace(RATES, spreadsheet_damage=0.0)


@pytest.fixture
def registry():
    return Registry(plan_sample(STUDENTS, SEED, Calendar.ending(DAY, 1), PLAYED, Pace(solved_share=0.0)))


def records_of(registry, one):
    unit = UNIT_CODES.index(one.unit)
    return registry.records(unit, 0).filter(pl.col("xjh") == one.student_no)


def one_of(registry, kind, *, is_right):
    return next(
        one
        for one in registry.registrations.values()
        if one.kind == kind and (one.right is not None) == is_right and registry.is_present(one, 0)
    )


def test_problems_are_those_of_the_truth(registry, tmp_path):
    write_sample(tmp_path / "sample", STUDENTS, SEED, DAY, rates=PLAYED, delivery_format="parquet")
    truth = pl.read_parquet(tmp_path / "sample" / "truth.parquet").filter(
        pl.col("reason").is_null() | ~pl.col("reason").is_in(["division", "across_units"])
    )
    types = {rule.id: rule.problem_type for rule in RULES if PROBLEM_TYPES[rule.problem_type].severity == "error"}
    types = {rule: kind for rule, kind in types.items() if not rule.startswith("name_")}
    expected = {
        (unit, school, number, types[rule])
        for unit, school, number, rule in truth.select("unit", "school_code", "student_no", "rule_id").iter_rows()
        if rule in types
    }
    assert set(registry.problems(0)) == expected
    assert len(expected) > 150


@pytest.mark.parametrize("kind", ["name_mistyped", "id_checksum", "superseded", "sex_mistyped"])
def test_what_is_put_right_shows_and_is_no_problem(registry, kind):
    one = one_of(registry, kind, is_right=True)
    assert one.right_disposition == "变更"
    registry.put_right[one.index] = one.right
    assert records_of(registry, one).select("xm", "xbm", "csrq", "sfzjh").row(0) == (
        one.right.name, one.right.sex, one.right.birth, one.right.number,
    )  # fmt: skip
    assert not [key for key in registry.problems(0) if key[:3] == case_key(one, "")[:3]]


def test_a_group_whose_other_party_is_struck_off_is_none(registry):
    problems = registry.problems(0)
    second = next(
        one
        for one in registry.registrations.values()
        if one.kind == "same_child"
        and sum(group == problems.get(case_key(one, "DUP_ID")) for group in problems.values()) == 2
    )
    assert second.right_disposition == "删除"
    registry.struck_off.add(second.index)
    assert records_of(registry, second).is_empty()
    group = problems[case_key(second, "DUP_ID")]
    assert group not in registry.problems(0).values()


def test_a_child_entered_elsewhere_is_there_under_another_number(registry):
    one = one_of(registry, "birth_date_mistyped", is_right=True)
    layout = registry.sample.layout
    school = next(s for s in range(layout.table.height) if layout.table["unit_code"][s] == one.unit)
    registry.struck_off.add(one.index)
    registry.enrolled.append(Enrolment(one, school, "L44010620150101" + "9000"))
    records = registry.records(UNIT_CODES.index(one.unit), 0)
    added = records.filter(pl.col("xjh") == "L440106201501019000")
    assert added.select("xm", "csrq", "xxbsm").row(0) == (
        one.right.name,
        one.right.birth,
        layout.table["school_code"][school],
    )


def test_a_wrong_number_is_never_right_as_it_stands(registry):
    wrong = [one for one in registry.registrations.values() if "ERR_ID" in one.own_problems]
    assert wrong
    assert all(one.right_disposition != "佐证" for one in wrong)
