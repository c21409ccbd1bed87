"""The copy of a province with its own system, made from what the province delivered, with deviations planted and written down.

The copy has the province's own column names, labels instead of codes, other dates, another order and numbers of its own; names and
numbers are now and then written otherwise. None of that is a deviation. What is one stands in `truth`: check_id, subject, field.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from xueji.checks.unit_columns import unit_columns
from xueji.data_samples.delivery_files import write_parquet
from xueji.data_samples.dialects import FIELDS, Dialect, written

LOCAL_NO = "xjfh"
DIALECT = Dialect(header="own", has_labels=True, date_form="/short", grade_form="staged", rotation=5)
TRUTH = {"check_id": pl.String, "subject": pl.String, "field": pl.String}
GROUPED_FIELD, BLANK_FIELD, CODED_FIELD = "csdm", "hkxzm", "jkzkm"
# Another sound value for a field, where a value cannot be made from the one that stands there.
OTHERS = {
    "xbm": ("1", "2"), "sfzjlxm": ("A", "6"), "mzm": ("01", "11"), "gjdqm": ("CHN", "KOR"), "gatqwm": ("00", "11"),
    "rxfsm": ("11", "21"), "jdfsm": ("1", "2"), "sflsetm": ("0", "2"), "cy1gxm": ("51", "61"), "cy2gxm": ("52", "62"),
    "cy1sfzjlxm": ("1", "A"), "nj": ("3", "4"), "rxny": ("201809", "201909"), "csrq": ("20120304", "20130405"),
}  # fmt: skip
UNLISTED = {"mzm": "X9"}
VALUE_FIELDS = tuple(
    field for field in FIELDS if field not in (GROUPED_FIELD, BLANK_FIELD, CODED_FIELD, "xxbsm", "xjh")
)


@dataclass(frozen=True)
class Planted:
    """How many of each kind. Shares are of all records."""

    values: int = 2  # of each field
    blanks: int = 1  # of each field
    unlisted: int = 2
    schools_changed: int = 2  # records under another school
    numbers_changed: int = 2  # records under another 学籍号
    missing_local: int = 5
    missing_central: int = 5
    repeated_rows: int = 2
    repeated_local_nos: int = 2
    lone_central_schools: int = 1
    lone_local_schools: int = 1
    blank_share: float = 0.3  # of `BLANK_FIELD`
    unlisted_share: float = 0.05  # of `CODED_FIELD`
    grouped: int = 1_500  # records with another `GROUPED_FIELD`
    issued: int = 100  # numbers that come home
    not_arrived: int = 3
    other_number: int = 3
    on_another_record: int = 3
    not_central: int = 3


NOTHING = Planted(
    values=0, blanks=0, unlisted=0, schools_changed=0, numbers_changed=0, missing_local=0, missing_central=0, repeated_rows=0,
    repeated_local_nos=0, lone_central_schools=0, lone_local_schools=0, blank_share=0.0, unlisted_share=0.0, grouped=0,
    not_arrived=0, other_number=0, on_another_record=0, not_central=0,
)  # fmt: skip


@dataclass(frozen=True)
class DockingSample:
    """`central` as the centre gets it (codes), `local` as the province writes it, numbers issued, and what should be found."""

    central: pl.DataFrame
    local: pl.DataFrame
    issued: pl.DataFrame
    truth: pl.DataFrame

    def write(self, folder: Path) -> None:
        """Write the unit's folder of a landing date."""
        folder.mkdir(parents=True, exist_ok=True)
        write_parquet(folder / "students.parquet", self.central)
        self.local.write_csv(folder / "local_students.csv")
        self.issued.write_csv(folder / "issued_numbers.csv")


class _Plan:
    """Two copies as columns of texts, changed cell by cell; rows that were touched are touched once."""

    def __init__(self, students: pl.DataFrame, unit: str, seed: int) -> None:
        self.dice = np.random.default_rng(seed)
        rows = students.filter(pl.col("xjh").is_null() | pl.col("xjh").is_unique())
        numbers = pl.Series(self.dice.permutation(len(rows)) + 1).cast(pl.String).str.zfill(9)
        frame = rows.select(FIELDS).with_columns((pl.lit(unit) + numbers).alias(LOCAL_NO))
        self.local = {name: frame[name].to_list() for name in frame.columns}
        self.central = {name: list(values) for name, values in self.local.items()}
        self.schools = frame["xxbsm"].drop_nulls().unique(maintain_order=True).to_list()
        sound = [
            row for row in range(len(frame)) if all(self.local[name][row] for name in ("xjh", "xm", "sfzjh", "xxbsm"))
        ]
        self.free: list[int] = self.dice.permutation(sound).tolist()
        self.gone_local: set[int] = set()
        self.extra: list[dict[str, str | None]] = []
        self.issued: list[tuple[str, str, str]] = []
        self.truth: list[tuple[str, str, str | None]] = []

    def take(self, count: int, field: str | None = None) -> list[int]:
        """Rows not yet touched, with a value in the field."""
        found: list[int] = []
        left: list[int] = []
        for row in self.free:
            (found if len(found) < count and (field is None or self.local[field][row]) else left).append(row)
        self.free = left
        return found

    def expect(self, check: str, subject: str | None, field: str | None = None) -> None:
        self.truth.append((f"docking_{check}", str(subject), field))

    def number(self, row: int) -> str:
        return str(self.central["xjh"][row])

    def set_local(self, row: int, field: str, value: str | None) -> None:
        self.local[field][row] = value
        self.expect("value_differs", self.number(row), field)

    def invented(self, school: str, place: int) -> dict[str, str | None]:
        """A student that the centre never heard of, made from one it knows."""
        model = self.dice.integers(len(self.schools)) + place
        row = {name: values[int(model) % len(values)] for name, values in self.local.items()}
        return row | {"xxbsm": school, "xjh": f"L9999990000{place:06d}", LOCAL_NO: f"X{place:09d}", "xm": f"新{'甲乙丙丁戊'[place % 5]}生", "sfzjh": f"99999920100101{place:04d}"}  # fmt: skip


def make_docking(
    students: pl.DataFrame,
    unit: str,
    seed: int,
    planted: Planted = Planted(),
    central_has_local_no: bool = True,
) -> DockingSample:
    """A second system for a unit's delivered students (field codes, YYYYMMDD). The same arguments give the same sample."""
    plan = _Plan(students, unit, seed)
    _plant_schools(plan, planted)
    _plant_numbers(plan, planted)
    _plant_records(plan, planted, central_has_local_no)
    _plant_values(plan, planted)
    _plant_fields(plan, planted)
    _write_otherwise(plan)
    keep = [row for row in range(len(plan.local["xjh"])) if row not in plan.gone_local]
    local = pl.DataFrame(plan.local, schema=dict.fromkeys(plan.local, pl.String))[keep]
    if plan.extra:
        local = pl.concat([local, pl.DataFrame(plan.extra, schema=local.schema)])
    own = written(local, unit, _dialect(unit)).with_columns(local[LOCAL_NO].alias("学籍辅号"))
    central = pl.DataFrame(plan.central, schema=dict.fromkeys(plan.central, pl.String))
    return DockingSample(
        central if central_has_local_no else central.drop(LOCAL_NO),
        own[plan.dice.permutation(len(own))],
        pl.DataFrame(plan.issued, schema=dict.fromkeys(("学籍辅号", "学籍号", "下发日期"), pl.String), orient="row"),
        pl.DataFrame(plan.truth, schema=TRUTH, orient="row").sort("check_id", "field", "subject"),
    )


def _dialect(unit: str) -> Dialect:
    return DIALECT if unit_columns(unit) else Dialect(header="labels", has_labels=True, date_form="/short", grade_form="staged", rotation=5)  # fmt: skip


def _plant_schools(plan: _Plan, planted: Planted) -> None:
    """Whole schools that one side lacks."""
    by_school: dict[str, list[int]] = {}
    for row, school in enumerate(plan.local["xxbsm"]):
        by_school.setdefault(school or "", []).append(row)
    smallest = sorted(
        (school for school, rows in by_school.items() if school and len(rows) >= 5),
        key=lambda school: (len(by_school[school]), school),
    )
    for school in smallest[: planted.lone_central_schools]:
        plan.gone_local.update(by_school[school])
        plan.free = [row for row in plan.free if row not in plan.gone_local]
        plan.schools.remove(school)
        plan.expect("school_central_only", school)
    for number in range(planted.lone_local_schools):
        school = f"21{plan.schools[0][2:4]}99999{number}"
        plan.extra += [plan.invented(school, 100 * (number + 1) + place) for place in range(6)]
        plan.expect("school_local_only", school)


def _plant_numbers(plan: _Plan, planted: Planted) -> None:
    """Numbers issued: come home, or not."""

    def issue(row: int) -> None:
        plan.issued.append((str(plan.local[LOCAL_NO][row]), plan.number(row), "2026/10/8"))

    for row in plan.take(planted.issued, "xjh"):
        issue(row)
    for place, row in enumerate(plan.take(planted.not_arrived, "xjh")):
        issue(row)
        plan.local["xjh"][row] = None if place % 2 else f"L310101201501{place:06d}"
        plan.expect("number_arrived", plan.local[LOCAL_NO][row], "xjh")
    for place, row in enumerate(plan.take(planted.other_number, "xjh")):
        issue(row)
        plan.local["xjh"][row] = f"G310101201502{place:06d}"
        plan.expect("number_same", plan.local[LOCAL_NO][row], "xjh")
    for place, (row, other) in enumerate(
        zip(plan.take(planted.on_another_record, "xjh"), plan.take(planted.on_another_record, "xjh"), strict=True)
    ):
        issue(row)
        plan.local["xjh"][row], plan.local["xjh"][other] = f"L310101201503{place:06d}", plan.number(row)
        plan.expect("number_own_record", plan.local[LOCAL_NO][row], "xjh")
    for place, row in enumerate(plan.take(planted.not_central, "xjh")):
        issue(row)
        plan.central["xjh"][row] = f"L310101201504{place:06d}"
        plan.expect("number_central", plan.local[LOCAL_NO][row], "xjh")


def _plant_records(plan: _Plan, planted: Planted, central_has_local_no: bool) -> None:
    """Records that one side lacks, that repeat, or stand under another key or school."""
    for row in plan.take(planted.missing_local):
        plan.gone_local.add(row)
        plan.expect("missing_local", plan.number(row))
    for place in range(planted.missing_central):
        plan.extra.append(plan.invented(plan.schools[place % len(plan.schools)], place))
        plan.expect("missing_central", plan.extra[-1]["xjh"])
    for row in plan.take(planted.repeated_rows):
        plan.extra.append({name: values[row] for name, values in plan.local.items()})
        plan.expect("key_local", plan.number(row), "xjh")
    for row, other in zip(plan.take(planted.repeated_local_nos), plan.take(planted.repeated_local_nos), strict=True):
        plan.local[LOCAL_NO][other] = plan.local[LOCAL_NO][row]
        plan.expect("key_local", plan.local[LOCAL_NO][row], LOCAL_NO)
        if central_has_local_no:
            plan.expect("value_differs", plan.number(other), LOCAL_NO)
    for row in plan.take(planted.schools_changed):
        plan.set_local(row, "xxbsm", next(school for school in plan.schools if school != plan.local["xxbsm"][row]))
    for place, row in enumerate(plan.take(planted.numbers_changed)):
        plan.set_local(row, "xjh", f"L310101201505{place:06d}")


def _plant_values(plan: _Plan, planted: Planted) -> None:
    """Single values that differ: another value, none, one that no list has."""
    for field in VALUE_FIELDS:
        for row in plan.take(planted.values, field):
            plan.set_local(row, field, other_value(field, str(plan.local[field][row])))
        for row in plan.take(planted.blanks, field):
            plan.set_local(row, field, None)
    for field, text in UNLISTED.items():
        for row in plan.take(planted.unlisted, field):
            plan.set_local(row, field, text)


def other_value(field: str, value: str) -> str:
    """Another value for a field."""
    if field in OTHERS:
        first, second = OTHERS[field]
        return second if value == first else first
    if field in ("xm", "cy1xm", "cy2xm"):
        return value[:-1] + ("明" if value[-1] != "明" else "铭")
    return value[:-1] + ("7" if value[-1] != "7" else "8")


def _plant_fields(plan: _Plan, planted: Planted) -> None:
    """Whole fields: left blank, in codes of the province's own, or differing in so many records that they are told of together."""
    count = len(plan.local["xjh"])
    rows = plan.dice.permutation(count)
    for row in rows[: round(planted.blank_share * count)]:
        plan.local[BLANK_FIELD][row] = None
    if planted.blank_share:
        plan.expect("required_local", BLANK_FIELD, BLANK_FIELD)
    for row in rows[: round(planted.unlisted_share * count)]:
        plan.local[CODED_FIELD][row] = "本地码9"
    if planted.unlisted_share:
        plan.expect("codes_local", CODED_FIELD, CODED_FIELD)
    changed = 0
    for row in rows:
        value = plan.local[GROUPED_FIELD][row]
        if changed < planted.grouped and row not in plan.gone_local and value:
            plan.local[GROUPED_FIELD][row] = "999999000000"
            changed += 1
    if planted.grouped:
        plan.expect("value_differs", GROUPED_FIELD, GROUPED_FIELD)


def _write_otherwise(plan: _Plan) -> None:
    """Blanks, width, case and shorter codes here and there: the same values, written as another system writes them."""
    for row in plan.dice.permutation(len(plan.local["xm"]))[::7].tolist():
        for field, how in (
            ("xm", lambda text: text + "\u3000"),
            ("sfzjh", str.lower),
            ("hkszdm", _short),
            ("bh", _wide),
        ):
            if value := plan.local[field][row]:
                plan.local[field][row] = how(value)


def _short(code: str) -> str:
    return code[:6] if len(code) == 12 and code.endswith("000000") else code


def _wide(text: str) -> str:
    return text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
