"""A month's facts as files for other people's programs: CSV, Parquet, and the dictionary that explains them.

Only what may be printed leaves the house: where a figure carries a mark, the value is empty and the mark stands beside it. Nothing
tells of the lake's table versions or of the clock, so that the same history gives the same bytes.
"""

import json
from collections.abc import Sequence
from io import BytesIO

import polars as pl

from xueji.reports import indicators as ind
from xueji.reports.indicator_definitions import Indicator
from xueji.reports.suppression import SMALL_MARK, WITHHELD_MARK

COLUMN_TEXTS = {
    "month": "通报月份，YYYY-MM",
    "level": "层级：national全国、province省、city市、county县、school学校",
    "code": "代码（文本）：全国00；省份两位；市、县六位；学校为学校标识码十位",
    "name": "名称",
    "parent_code": "上级代码（文本）；全国为空",
    "indicator": "指标名称，见本字典",
    "value": "数值；不列出的和没有数据的为空",
    "mark": f"不列出的数以标记代替：{SMALL_MARK}表示1至4；{WITHHELD_MARK}表示为防止推算出小于5的数而不列出；其余为空",
    "as_of": "数据截止日期，YYYY-MM-DD",
    "query": "统计所用查询的名称和摘要，名称:摘要",
}
COLUMNS = tuple(COLUMN_TEXTS)
DECIMALS = 6  # of rates and shares; counts are whole
COMPRESSION_LEVEL = 3
ROW_GROUP = 1 << 17


def published_facts(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of `progress` that may leave: the columns of `COLUMNS`, no value beside a mark, by level, code and indicator.

    Made of published facts it gives them back as they are.
    """
    is_withheld = pl.col("mark").is_not_null()
    rounded = pl.col("value").cast(pl.Float64).round(DECIMALS) + 0.0  # no negative zero
    value = pl.when(is_withheld).then(None).otherwise(rounded)
    return (
        frame.lazy()
        .select(*(pl.col(name) if name != "value" else value.alias(name) for name in COLUMNS))
        .with_columns(pl.col("level").cast(pl.Enum(ind.LEVELS)))
        .sort("month", "level", "code", "parent_code", "indicator", nulls_last=False)
        .with_columns(pl.col("level").cast(pl.String))
        .collect()
    )


def facts_csv(frame: pl.DataFrame) -> bytes:
    """Published facts as UTF-8 with a byte order mark, by which spreadsheets know the encoding. Whole numbers have no decimals."""
    value = pl.col("value")
    text = pl.when(value == value.round(0)).then(value.cast(pl.Int64).cast(pl.String)).otherwise(value.cast(pl.String))
    return _csv(published_facts(frame).with_columns(value=text))


def facts_parquet(frame: pl.DataFrame) -> bytes:
    """Published facts, zstd. The file's own metadata `xueji.columns` says what each column holds."""
    buffer = BytesIO()
    published_facts(frame).write_parquet(
        buffer,
        compression="zstd",
        compression_level=COMPRESSION_LEVEL,
        row_group_size=ROW_GROUP,
        metadata={"xueji.columns": json.dumps(COLUMN_TEXTS, ensure_ascii=False)},
    )
    return buffer.getvalue()


def dictionary_csv(register: Sequence[Indicator]) -> bytes:
    """The data dictionary, encoded as the facts are: first the files' columns, then the indicators."""
    columns = pl.DataFrame(
        {
            "item": ["column"] * len(COLUMNS),
            "name": list(COLUMNS),
            "definition": list(COLUMN_TEXTS.values()),
        }
    )
    indicators = pl.DataFrame(
        {
            "item": ["indicator"] * len(register),
            "name": [item.name for item in register],
            "title": [item.title for item in register],
            "measure": [item.measure for item in register],
            "kind": [item.kind for item in register],
            "levels": [" ".join(item.levels) for item in register],
            "is_additive": [str(item.is_additive).lower() for item in register],
            "definition": [item.definition for item in register],
            "source": [item.source for item in register],
        }
    )
    return _csv(pl.concat([columns, indicators], how="diagonal").select(indicators.columns))


def _csv(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_csv(buffer, include_bom=True)
    return buffer.getvalue()
