"""What the unit of a simulated campaign delivers beside its forms: records, windows, business, lists of schools and of children in class."""

from pathlib import Path

import polars as pl

from xueji.data_samples.campaign_child import Child
from xueji.data_samples.campaign_days import CAMPAIGN, CAMPAIGN_NAME, PLATFORM, CampaignDays, Span
from xueji.data_samples.campaign_registry import NOT_SHOWN, SHOWN, RegistryLife
from xueji.data_samples.campaign_roll import Roll, as_printed
from xueji.data_samples.campaign_sheets import Cells, Sheets, table
from xueji.data_samples.delivery_files import write_parquet, write_text, write_workbook
from xueji.data_samples.numbers import id_number

CAMPAIGN_COLUMNS = ("核查批次", "批次名称", "功能开关", "行政区划代码", "开放日期", "关闭日期", "家长平台登录方式")
APPROVED_COLUMNS = ("学校标识码", "学校名称", "行政区划代码", "批准文号", "批准日期")
ATTENDING_COLUMNS = ("学校标识码", "年级", "班号", "姓名", "性别", "出生日期", "身份证件类型", "身份证件号", "学籍号")
STORAGE_COLUMNS = ("照片存储容量GB", "照片已用GB", "照片数量", "确认表存储容量GB", "确认表已用GB")
NOT_FOUND_IN_CLASS, WITHOUT_RECORD = 2, 2  # children of the school that counts: on record only, in class only
PHOTO_BYTES = 60_000


class Deliveries:
    """Writes the standing files of a delivery date."""

    def __init__(self, roll: Roll, days: CampaignDays, waves: list[int], children: list[Child], quiet: int) -> None:
        self.roll, self.days, self.waves, self.children, self.quiet = roll, days, waves, children, quiet

    def write_standing(self, folder: Path, day: int, sheets: Sheets, business: pl.DataFrame) -> None:
        """Records and business whenever the unit delivers them; on day 0 everything else too."""
        own = folder / self.roll.unit
        write_text(folder / "schools.csv", self.schools())
        write_parquet(own / "students.parquet", self.roll.delivery())
        write_text(own / "business.csv", business)
        if day == 0:
            write_parquet(folder / "population" / f"{self.roll.unit}.parquet", self.roll.register())
            self.write_windows(folder, day, sheets)
            write_workbook(own / "approved_schools.xlsx", {"批准学校": table(self.approved(), APPROVED_COLUMNS)})
            write_text(own / "attending_students.csv", table(self.attending(), ATTENDING_COLUMNS))
            write_text(own / "storage.csv", table([self.storage()], STORAGE_COLUMNS))

    def schools(self) -> pl.DataFrame:
        """The school table, with one school more that has no students."""
        first = self.roll.schools[0]
        code = f"21{self.roll.unit}900001"
        more = (code, "新城区第一小学", "小学", f"{first.region}000000", f"{first.region}000000", "县")
        return pl.concat([self.roll.table, pl.DataFrame([more], schema=self.roll.table.schema, orient="row")])

    def write_windows(self, folder: Path, day: int, sheets: Sheets) -> None:
        """The windows as they are set on a day."""
        write_text(folder / self.roll.unit / "campaigns.csv", table(self.windows(day, sheets), CAMPAIGN_COLUMNS))

    def windows(self, day: int, sheets: Sheets) -> list[Cells]:
        """The first wave's windows are the province's, the second's those of its counties; some rows are wrong."""
        second = sorted({s.region for s, wave in zip(self.roll.schools, self.waves, strict=True) if wave})
        rows = []
        for region, wave in ((self.roll.unit, 0), *((county, 1) for county in second)):
            rows.append(self.window("导出确认表", region, self.days.export(wave)))
            entry = Span(self.days.entry(wave).opens, self.days.known_close(wave, day))
            rows.append(self.window("录入修改", region, entry))
        for fault, row in self.wrong_windows(second[0]).items():
            rows.append(row)
            sheets.refuse("campaigns", "campaigns.csv", len(rows), None, fault)
        return rows

    def wrong_windows(self, county: str) -> dict[str, Cells]:
        """Rows that have to be refused. `county` has windows of its own."""
        unit, span, export = self.roll.unit, self.days.export(0), "导出确认表"
        good = self.window(export, unit, span)
        city = next(
            school.city for school, wave in zip(self.roll.schools, self.waves, strict=True) if school.city and not wave
        )
        return {
            "window_switch": self.window("打印确认表", unit, span),
            "window_reversed": self.window(export, county, Span(span.closes, span.opens)),
            "window_elsewhere": self.window(export, "110101", span),
            "window_nowhere": self.window(export, f"{unit}9999", span),
            "window_of_no_round": good | {"核查批次": "2026-1"},
            "window_undated": good | {"开放日期": "月底"},
            "window_twice": self.window(export, county, span),
            "window_too_early": self.window("录入修改", city, span) | {"开放日期": "2026-01-01"},
        }

    def window(self, switch: str, region: str, span: Span) -> Cells:
        opens, closes = (str(self.days.dates[day]) for day in (span.opens, span.closes))
        return {
            "核查批次": CAMPAIGN, "批次名称": CAMPAIGN_NAME, "功能开关": switch, "行政区划代码": region, "开放日期": opens, "关闭日期": closes,
            "家长平台登录方式": PLATFORM,
        }  # fmt: skip

    def approved(self) -> list[Cells]:
        """All schools of the system, and one that it lacks."""
        table_of_unit = self.schools().filter(pl.col("学校标识码").str.slice(2, 2) == self.roll.unit)
        known = [
            {"学校标识码": code, "学校名称": name, "行政区划代码": place}
            for code, name, place in table_of_unit.select("学校标识码", "学校名称", "行政区划代码").iter_rows()
        ]
        absent = {
            "学校标识码": f"21{self.roll.unit}900002",
            "学校名称": "新城区第二小学",
            "行政区划代码": f"{self.roll.schools[0].region}000000",
        }
        return [
            row | {"批准文号": f"教准〔2010〕{number}号", "批准日期": "2010-06-01"}
            for number, row in enumerate([*known, absent], start=1)
        ]

    def attending(self) -> list[Cells]:
        """Who sits in the classes of one school: all on record but two, two without a record, one whose record is elsewhere."""
        code = self.roll.schools[self.quiet].code
        own = [child for child in self.children if child.school == self.quiet]
        others = (
            child for child in self.children if child.school not in (self.quiet, -1) and child.student_no[0] == "G"
        )
        elsewhere = next(child for child in others if child.is_due and child.business is None)
        rows = [self.in_class(code, child) for child in own[NOT_FOUND_IN_CLASS:]]
        rows.append(self.in_class(code, elsewhere) | {"年级": own[0].grade, "班号": own[0].class_no})
        for number in range(WITHOUT_RECORD):
            birth = f"2015010{number + 1}"
            nobody = {
                "姓名": f"甘雨{'晴岚'[number]}",
                "出生日期": birth,
                "身份证件号": id_number(int(f"522401{birth}88{number}")),
                "学籍号": None,
            }
            rows.append(self.in_class(code, own[0]) | nobody)
        return rows

    def in_class(self, school_code: str, child: Child) -> Cells:
        fields = {"姓名": "xm", "性别": "xbm", "出生日期": "csrq", "身份证件类型": "sfzjlxm", "身份证件号": "sfzjh"}
        person = {label: self.roll.cell(child.place, field) for label, field in fields.items()}
        return {
            "学校标识码": school_code,
            "年级": child.grade,
            "班号": child.class_no,
            "学籍号": child.student_no,
        } | person

    def storage(self) -> Cells:
        used = len(self.children) * PHOTO_BYTES / 1e9
        sizes = (used * 2, used, len(self.children), used * 4, 0.0)
        return dict(zip(STORAGE_COLUMNS, (str(round(size, 6)) for size in sizes), strict=True))

    def show_changes(self, registry: RegistryLife) -> set[int]:
        """Enter audited changes into the registry: most of them as they were audited, some not at all, some otherwise."""
        for child in self.children:
            for item in child.items:
                if item.state != "passed" or item.is_in_registry or not child.is_present:
                    continue
                fate = child.dice.roll(100)
                if SHOWN <= fate < SHOWN + NOT_SHOWN:
                    continue
                value = (
                    item.new
                    if fate < SHOWN or item.field not in ("jtzz", "lxdh", "xm")
                    else other_value(item.field, item.new)
                )
                printed = as_printed(item.field, self.roll.cell(child.place, item.field))
                registry.show(child, item.field, value, printed)
                item.is_in_registry = True
        return set()


def other_value(field: str, value: str) -> str:
    """What a careless hand makes of a value."""
    return value[:-1] + ("青" if field == "xm" else "9" if value[-1] != "9" else "8")
