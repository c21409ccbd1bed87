"""The reports of acceptance checks under HOME/docking/<unit>/: a page that may be passed around, a workbook for the province alone."""

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from xueji.assets.docking_lines import check_lines
from xueji.assets.engine import Engine
from xueji.assets.whole_files import write_whole
from xueji.checks.code_lists import CodeList
from xueji.checks.docking import CHECKS
from xueji.checks.docking_fields import DATES, DIVISIONS, KEYS, LISTS, PHONES
from xueji.checks.field_labels import FIELD_LABELS
from xueji.reports.docking_deviations import Deviation, Mask
from xueji.reports.docking_report import (
    BelowLine,
    DockingReport,
    FieldTally,
    Recheck,
    SchoolTally,
    render_docking_report,
)
from xueji.reports.docking_workbook import docking_workbook

PLAIN = ("xxbsm", *KEYS, "bh", "bnxh", "rxny", "jdztm", "xslym", "zzmmm", "sxxfsm", "sxxjl")
NUMBERS = ("sfzjh", "cy1sfzjh", "cy2sfzjh", *PHONES)
MANY_SCHOOLS = "涉及多所学校（合并列示）"
Row = Mapping[str, object]


def write_docking_reports(engine: Engine, night: str, units: Sequence[str]) -> int:
    """Write page and workbook of each unit's last check, dated the night. Returns how many units have one."""
    written = 0
    with engine.session() as connection:
        for unit in units:
            report = docking_report(connection, unit, night)
            if report is None:
                continue
            folder = engine.home_path / "docking" / unit
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / f"{night}.html", render_docking_report(report).encode())
            write_whole(folder / f"{night}.xlsx", docking_workbook(report))
            written += 1
    return written


def docking_report(connection: duckdb.DuckDBPyConnection, unit: str, night: str) -> DockingReport | None:
    """The unit's last check up to a night, and its deviations as they stand. None before the first."""

    def rows(query: str, **values: object) -> list[dict]:
        result = connection.execute(query, {"unit": unit, **values})
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    days = [
        row["date"]
        for row in rows(
            'select distinct "date" from docking_checks where unit_code = $unit and "date" <= cast($night as date) order by 1 desc limit 2',
            night=night,
        )
    ]
    if not days:
        return None
    lines = rows(
        'select * from docking_checks where unit_code = $unit and "date" = $day order by check_id, subject nulls first',
        day=days[0],
    )
    all_rows = rows("select * from docking_deviations where unit_code = $unit order by deviation_no")
    names = {row["school_code"]: row["school_name"] for row in rows("select school_code, school_name from core_schools where $unit <> ''")}  # fmt: skip
    standing = [row for row in all_rows if row["mended_on"] is None]
    compared = {row["subject"]: row for row in lines if row["check_id"] == "docking_compared"}
    return DockingReport(
        unit_code=unit,
        night=date.fromisoformat(night),
        checked_on=days[0],
        recheck=recheck(all_rows, days[0], days[1]) if len(days) > 1 else None,
        local_rows=int(compared["local"]["expected"]),
        central_rows=int(compared["central"]["expected"]),
        linked=int(compared["local"]["observed"]),
        lines=check_lines(lines, standing),
        below=below_lines(lines),
        fields=field_tallies(standing),
        schools=school_tallies(lines, standing, names),
        deviations=tuple(deviation(row, names) for row in standing),
        mended=tuple(deviation(row, names) for row in all_rows if row["mended_on"] == days[0]),
        uncompared=tuple(FIELD_LABELS[name] for name in FIELD_LABELS if name in compared),
    )


def recheck(rows: Sequence[dict], checked_on: date, previous: date) -> Recheck:
    """What became of the deviations that stood after the check before."""
    stood = [row for row in rows if row["first_seen"] <= previous and (row["mended_on"] or checked_on) > previous]
    return Recheck(
        previous=previous,
        before=len(stood),
        mended=sum(row["mended_on"] is not None for row in stood),
        new=sum(row["first_seen"] == checked_on for row in rows),
    )


def below_lines(lines: Sequence[dict]) -> tuple[BelowLine, ...]:
    """The fields that do not reach their line, check by check, in the order of the sheet."""
    return tuple(
        BelowLine(check.title, label, row["expected"], row["observed"])
        for check in CHECKS.values()
        if check.measure == "percent"
        for field, label in FIELD_LABELS.items()
        for row in lines
        if row["check_id"] == check.id and row["subject"] == field and row["is_passed"] is False
    )


def field_tallies(standing: Sequence[dict]) -> tuple[FieldTally, ...]:
    """Deviations by field, in the order of the sheet; those of no field are left out."""
    tallies = []
    for field, label in FIELD_LABELS.items():
        if own := [row for row in standing if row["field"] == field]:
            tallies.append(FieldTally(label, field, len(own), sum(row["records"] for row in own)))
    return tuple(tallies)


def school_tallies(
    lines: Sequence[dict], standing: Sequence[dict], names: Mapping[str, str]
) -> tuple[SchoolTally, ...]:
    """Deviations by school, those with most records first; then what is told of several schools together."""
    students = {
        row["subject"]: (int(row["expected"]), int(row["observed"]))
        for row in lines
        if row["check_id"] == "docking_school_students" and row["subject"]
    }
    counts: dict[str, dict[str, int]] = {school: {} for school in students}
    for row in standing:
        if row["school_code"] or row["is_grouped"]:
            of_school = counts.setdefault(row["school_code"] or "", {})
            of_school[row["check_id"]] = of_school.get(row["check_id"], 0) + row["records"]
    tallies = []
    for school, of_school in counts.items():
        local, central = students.get(school, (None, None))
        tallies.append(
            SchoolTally(
                code=school,
                name=names.get(school, "") if school else MANY_SCHOOLS,
                local_students=local,
                central_students=central,
                missing_central=of_school.pop("docking_missing_central", 0),
                missing_local=of_school.pop("docking_missing_local", 0),
                differing=of_school.pop("docking_value_differs", 0),
                other=sum(of_school.values()),
            )
        )
    return tuple(sorted(tallies, key=lambda tally: (not tally.code, -tally.records, tally.code)))


def deviation(row: dict, names: Mapping[str, str]) -> Deviation:
    """A row of docking_deviations as the workbook wants it."""
    field, check = row["field"], row["check_id"]
    has_values = not row["is_grouped"] and (check == "docking_value_differs" or check.startswith("docking_number"))
    local, central = (
        labelled(field, row[column]) if has_values else row[column] for column in ("local_value", "central_value")
    )
    subject = row["subject"]
    return Deviation(
        number=row["deviation_no"],
        check=CHECKS[check].title,
        school_code=row["school_code"],
        school_name=names.get(row["school_code"]),
        field=FIELD_LABELS.get(field),
        subject=FIELD_LABELS.get(subject, subject),
        local_value=local,
        central_value=central,
        has_values=has_values,
        mask=mask_of(field) if has_values else "none",
        records=row["records"],
        is_grouped=row["is_grouped"],
        **{
            name: row[name]
            for name in ("examples", "first_seen", "mended_on", "explanation", "remedy", "explained_by", "explained_on")
        },
    )


def labelled(field: str | None, value: str | None) -> str | None:
    """A code with its label; any other value as it is."""
    codes: CodeList | None = LISTS.get(field or "")
    labels = codes.labels.get(value or "") if codes else None
    return f"{value} {labels[0]}" if labels else value


def mask_of(field: str | None) -> Mask:
    """How a field's values may be shown: codes and keys as they are, whatever else a person can be told by is masked."""
    if field is None or field in PLAIN or field in LISTS:
        return "none"
    if field in NUMBERS:
        return "number"
    if field in DATES:
        return "date"
    return "place" if field in DIVISIONS else "name"
