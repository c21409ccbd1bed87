"""A unit with a few schools and students in a campaign, and forms files as it delivers them."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xueji.assets.core_forms import update_core_forms
from xueji.assets.engine import Engine
from xueji.assets.form_events import take_in_form_events
from xueji.assets.landing_folder import Landing
from xueji.assets.records import create_from, frame_of
from xueji.checks.form_codes import form_no

UNIT, CAMPAIGN = "44", "2026A1"
COUNTY_RUN, CITY_RUN, PROVINCE_RUN = "2144000001", "2144000002", "2144000003"
PRINTED, LAST = "2026-11-02", "2026-12-31"
KEY = b"a key for tests"
SCHOOLS = [
    {"school_code": COUNTY_RUN, "authority_level": "county", "authority_code": "440106000000"},
    {"school_code": CITY_RUN, "authority_level": "city", "authority_code": "440100000000"},
    {"school_code": PROVINCE_RUN, "authority_level": "province", "authority_code": "440000000000"},
]
LABELS = (
    "确认表编号",
    "学籍号",
    "环节",
    "日期",
    "经办人",
    "项目",
    "原值",
    "新值",
    "佐证材料",
    "审核部门",
    "审核结果",
    "说明",
)
# What every form says, where a test does not say otherwise.
PRINTED_VALUES = {
    "xm": "王小明", "xbm": "男", "csrq": "2015-03-12", "sfzjlxm": "居民身份证", "sfzjh": "440106201503120036", "mzm": "汉族", "gjdqm": "中国",
    "lxdh": "12600000000", "xzz": "旧址1号",
}  # fmt: skip


@dataclass(frozen=True)
class Student:
    """One student; `place` tells students of a school apart."""

    place: int = 1
    school: str = COUNTY_RUN

    @property
    def student_no(self) -> str:
        return f"G4401062015031{self.place:05}"

    @property
    def record_key(self) -> str:
        return f"{self.school}/{self.student_no}"

    def form(self, edition: int = 1) -> str:
        return form_no(KEY, CAMPAIGN, self.record_key, edition)


def day(text: str) -> date:
    return date.fromisoformat(text)


@dataclass(frozen=True)
class Ledger:
    """A landing folder and a HOME."""

    folder: Path

    @property
    def engine(self) -> Engine:
        return Engine(home=str(self.folder / "home"), threads=2)

    @property
    def landing(self) -> Landing:
        (self.folder / "landing").mkdir(parents=True, exist_ok=True)
        return Landing(path=str(self.folder / "landing"))

    def fill(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        with self.engine.connection() as connection:
            create_from(connection, "given", frame_of(table, rows))
            self.engine.replace_table(table, "select * from given", connection)

    def prepare(self, students: Sequence[Student], out_of_school: Sequence[Student] = ()) -> None:
        """Schools, open windows, students and a printed form for each."""
        places = {"unit_code": UNIT, "county_code": "440106", "city_code": "440100"}
        self.fill("core_schools", [{**places, **school} for school in SCHOOLS])
        self.windows([("export", "2026-11-01", "2026-11-20"), ("entry", "2026-11-05", LAST)])
        self.students(students, out_of_school)
        self.editions([self.edition(student) for student in students])

    def windows(self, spans: Sequence[tuple[str, str, str]], campaign: str = CAMPAIGN) -> None:
        self.fill("campaign_windows", [
            {"unit_code": UNIT, "campaign": campaign, "switch": switch, "region_code": UNIT, "opens_on": day(first), "closes_on": day(last)}
            for switch, first, last in spans
        ])  # fmt: skip

    def students(self, students: Sequence[Student], out_of_school: Sequence[Student] = ()) -> None:
        self.fill("core_students", [
            {"unit_code": UNIT, "school_code": each.school, "student_no": each.student_no, "name": "王小明", "sex_code": "1",
             "birth_date": day("2015-03-12"), "id_type": "1", "id_number": "440106201503120036", "grade": 6, "class_no": "1",
             "is_out_of_school": each in out_of_school, "patch_no": 0, "is_withdrawn": False}
            for each in students
        ])  # fmt: skip

    def edition(
        self, student: Student, edition: int = 1, printed_on: str = PRINTED, **values: str | None
    ) -> dict[str, object]:
        return {
            "unit_code": UNIT, "campaign": CAMPAIGN, "county_code": "440106", "school_code": student.school, "record_key": student.record_key,
            "student_no": student.student_no, "form_no": student.form(edition), "edition": edition, "printed_on": day(printed_on),
            "grade": 6, "class_no": "1",
        } | PRINTED_VALUES | values  # fmt: skip

    def editions(self, rows: Sequence[Mapping[str, object]]) -> None:
        self.fill("form_editions", rows)

    def photos(self, students: Sequence[Student], uploaded_on: str = "2026-11-10") -> None:
        self.fill("form_photos", [
            {"date": day(uploaded_on), "unit_code": UNIT, "campaign": CAMPAIGN, "school_code": each.school, "record_key": each.record_key,
             "form_no": each.form(), "sha256": each.form(), "uploaded_on": day(uploaded_on), "is_seen": True}
            for each in students
        ])  # fmt: skip

    def deliver(self, date: str, rows: Sequence[Mapping[str, str]], file: str = "forms.csv", unit: str = UNIT) -> Path:
        """Write a forms file with these rows; returns where."""
        folder = Path(self.landing.path) / date / unit
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / file).open("w", encoding="utf-8", newline="") as written:
            writer = csv.DictWriter(written, LABELS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return folder / file

    def take(self, night: str) -> int:
        return take_in_form_events(self.engine, self.landing, night)

    def update(self, night: str) -> int:
        return update_core_forms(self.engine, night)

    def rows(self, table: str, order_by: str = "all") -> list[dict[str, object]]:
        with self.engine.connection() as connection:
            query = f"select * from ({self.engine.table_sql(table)}) order by {order_by}"
            return connection.sql(query).pl().to_dicts()

    def refused(self, night: str | None = None) -> list[tuple[str, str]]:
        """Rule and reason of every refused row of forms files, in the files' order."""
        found = self.rows("quarantine", '"date", file, "row"')
        return [
            (str(each["rule_id"]), str(each["reason"]))
            for each in found
            if each["kind"] == "forms" and night in (None, str(each["date"]))
        ]


def row(student: Student, step: str, on: str, **cells: str) -> dict[str, str]:
    """A row of a forms file; `cells` by the columns' English names."""
    names = {
        "item": "项目", "old": "原值", "new": "新值", "evidence": "佐证材料", "office": "审核部门", "verdict": "审核结果", "student_no": "学籍号",
        "person": "经办人", "form": "确认表编号", "note": "说明",
    }  # fmt: skip
    given = {
        "确认表编号": student.form(),
        "学籍号": student.student_no,
        "环节": step,
        "日期": on,
        "经办人": f"{step}员",
    }
    return given | {names[name]: text for name, text in cells.items()}


def back(student: Student, issued: str = "2026-11-05", returned: str = "2026-11-06") -> list[dict[str, str]]:
    """The rows of a form that was handed out and came back signed."""
    return [row(student, "下发", issued), row(student, "回收", returned, verdict="已签字")]
