"""How each unit writes its deliveries: file format, encoding, header, values and dates."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from xueji.checks import code_lists
from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.unit_columns import unit_columns
from xueji.data_samples.families import MEMBER_FIELDS, RELATIONS

DeliveryFormat = Literal["mixed", "parquet", "csv"]
FileFormat = Literal["csv", "csv.gz", "zip", "xlsx", "parquet"]
LARGEST_WORKBOOK = 12_000  # rows; a unit with more delivers compressed text instead

FIELDS = (
    "xxbsm", "xjh", "xm", "xbm", "csrq", "sfzjlxm", "sfzjh", "nj", "bh", "csdm", "mzm", "gjdqm", "gatqwm", "jkzkm",
    "hkszdm", "hkxzm", "rxny", "rxfsm", "jdfsm", "sflsetm", *MEMBER_FIELDS,
)  # fmt: skip
CODED = ("xbm", "sfzjlxm", "mzm", "gatqwm", "jkzkm", "hkxzm", "rxfsm", "jdfsm")
COUNTRIES = {"CHN": "中国", "KOR": "韩国", "USA": "美国"}
GRADES = {
    "usual": "一年级 二年级 三年级 四年级 五年级 六年级 七年级 八年级 九年级 高一 高二 高三",
    "staged": (
        "小学一年级 小学二年级 小学三年级 小学四年级 小学五年级 小学六年级 初中一年级 初中二年级 初中三年级 "
        "高中一年级 高中二年级 高中三年级"
    ),
    "short": "1年级 2年级 3年级 4年级 5年级 6年级 初一 初二 初三 高一 高二 高三",
}


@dataclass(frozen=True)
class Dialect:
    """One unit's way of writing."""

    file_format: FileFormat = "csv"
    encoding: str = "utf-8"  # utf-8, utf-8-sig, gb18030, utf-16
    delimiter: str = ","
    line_end: str = "\n"
    header: Literal["labels", "codes", "own"] = "labels"
    has_labels: bool = False  # 男 instead of 1
    date_form: Literal["", "-", "/", "/short"] = ""  # 20150901, 2015-09-01, 2015/09/01, 2015/9/1
    grade_form: str = ""  # "": the number; else a key of GRADES
    extra_column: str | None = None  # one that no template knows
    rotation: int = 0  # how far the columns are moved round
    torn_end: bool = False  # the last row is cut in the middle


_CSV = Dialect()
DIALECTS = {
    "11": Dialect(encoding="utf-8-sig", line_end="\r\n", has_labels=True, date_form="-", grade_form="usual"),
    "12": Dialect(encoding="gb18030", line_end="\r\n", has_labels=True, grade_form="staged"),
    "13": Dialect("csv.gz", header="codes"),
    "14": Dialect("zip", encoding="gb18030", date_form="/", extra_column="备注", rotation=3),
    "15": Dialect(encoding="utf-16", delimiter="\t", line_end="\r\n", has_labels=True, grade_form="usual"),
    "21": Dialect(encoding="gb18030", has_labels=True, date_form="/short", grade_form="short"),
    "22": Dialect("csv.gz", encoding="gb18030", header="codes", date_form="-"),
    "23": Dialect(header="codes", delimiter="\t", rotation=5),
    "31": Dialect(encoding="utf-8-sig", header="own", has_labels=True, date_form="-", grade_form="usual"),
    "32": Dialect("parquet", header="codes"),
    "33": Dialect("csv.gz", has_labels=True, date_form="-", grade_form="usual", extra_column="班主任工号"),
    "34": Dialect("zip", has_labels=True, grade_form="staged"),
    "35": Dialect(encoding="gb18030", delimiter="\t", header="codes", rotation=7),
    "36": Dialect("csv.gz", encoding="gb18030", has_labels=True, grade_form="short"),
    "37": Dialect("parquet", has_labels=True, date_form="-", grade_form="usual"),
    "41": Dialect("csv.gz", header="codes"),
    "42": Dialect(encoding="utf-8-sig", has_labels=True, date_form="/", grade_form="usual"),
    "43": Dialect("zip", encoding="gb18030", has_labels=True, grade_form="staged"),
    "44": Dialect("parquet", header="codes"),
    "45": Dialect("csv.gz", encoding="utf-8-sig", date_form="-", rotation=2),
    "46": Dialect("xlsx", has_labels=True, date_form="-", grade_form="usual"),
    "50": Dialect(header="codes", date_form="-", line_end="\r\n"),
    "51": Dialect("csv.gz", has_labels=True, grade_form="usual"),
    "52": Dialect(encoding="gb18030", has_labels=True, date_form="/", grade_form="short", torn_end=True),
    "53": Dialect(has_labels=True, date_form="-", grade_form="usual", rotation=4),
    "54": Dialect("xlsx", header="codes"),
    "61": Dialect(encoding="utf-16", has_labels=True, date_form="/short", grade_form="staged"),
    "62": Dialect("zip", header="codes", extra_column="校内编号"),
    "63": Dialect(has_labels=True, grade_form="usual"),
    "64": Dialect("xlsx", has_labels=True, grade_form="short"),
    "65": Dialect(has_labels=True, date_form="-", grade_form="usual"),
    "66": Dialect("xlsx", has_labels=True, date_form="/", grade_form="usual"),
}


def dialect_of(unit_code: str, rows: int, delivery_format: DeliveryFormat) -> Dialect:
    """How a unit writes a delivery of so many rows."""
    own = unit_columns(unit_code)
    if delivery_format == "parquet":
        return Dialect("parquet", header="own" if own else "codes")
    if delivery_format == "csv":
        return Dialect("csv", header="own" if own else "labels")
    dialect = DIALECTS[unit_code]
    if dialect.file_format == "xlsx" and rows > LARGEST_WORKBOOK:
        return replace(dialect, file_format="csv.gz")
    return dialect


def written(records: pl.DataFrame, unit_code: str, dialect: Dialect) -> pl.DataFrame:
    """Records (codes, YYYYMMDD) with a unit's own values and headers. Everything stays text."""
    columns = {field: pl.col(field) for field in FIELDS}
    if dialect.has_labels:
        columns |= {field: labelled(field, first_labels(field)) for field in CODED}
        columns["gjdqm"] = labelled("gjdqm", COUNTRIES)
        columns["cy1sfzjlxm"] = labelled("cy1sfzjlxm", first_labels("sfzjlxm"))
        columns |= {field: labelled(field, RELATIONS) for field in ("cy1gxm", "cy2gxm")}
    if dialect.grade_form:
        names = GRADES[dialect.grade_form].split()
        columns["nj"] = labelled("nj", {str(grade): name for grade, name in enumerate(names, start=1)})
    if dialect.date_form:
        columns["csrq"] = spelled_date("csrq", dialect.date_form)
        columns["rxny"] = spelled_month("rxny", dialect.date_form[0])
    header = {"own": {field: name for name, field in unit_columns(unit_code).items()}, "labels": FIELD_LABELS}
    names_of: Mapping[str, str] = header.get(dialect.header, {})
    turned = FIELDS[dialect.rotation :] + FIELDS[: dialect.rotation]
    expressions = [columns[field].alias(names_of.get(field, field)) for field in turned]
    if dialect.extra_column:
        expressions.append(pl.concat_str(pl.lit("K"), pl.col("bh")).alias(dialect.extra_column))
    return records.select(expressions)


def first_labels(field: str) -> dict[str, str]:
    """The printed label of each code of a field's code list."""
    lists = {codes.field: codes for codes in vars(code_lists).values() if isinstance(codes, code_lists.CodeList)}
    return {code: labels[0] for code, labels in lists[field].labels.items()}


def labelled(field: str, labels: Mapping[str, str]) -> pl.Expr:
    """Labels for known codes; whatever else stands there stays."""
    return pl.col(field).replace(dict(labels))


def spelled_date(field: str, form: str) -> pl.Expr:
    """A date of eight digits with separators; other text stays."""
    year, month, day = (pl.col(field).str.slice(start, length) for start, length in ((0, 4), (4, 2), (6, 2)))
    mark = form[0]
    if form == "/short":
        month, day = month.str.strip_prefix("0"), day.str.strip_prefix("0")
    is_date = pl.col(field).str.contains(r"^[0-9]{8}$")
    return pl.when(is_date).then(pl.concat_str(year, pl.lit(mark), month, pl.lit(mark), day)).otherwise(pl.col(field))


def spelled_month(field: str, mark: str) -> pl.Expr:
    """A month of six digits with a separator; other text stays."""
    is_month = pl.col(field).str.contains(r"^[0-9]{6}$")
    parts = pl.concat_str(pl.col(field).str.slice(0, 4), pl.lit(mark), pl.col(field).str.slice(4, 2))
    return pl.when(is_month).then(parts).otherwise(pl.col(field))
