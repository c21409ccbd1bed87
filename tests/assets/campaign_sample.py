"""A few schools, their windows, forms and deliveries, for tests of verification that need no whole night."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from xueji.assets.engine import Engine
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.landing_folder import Landing
from xueji.assets.records import create_from, frame_of
from xueji.checks.form_codes import form_no

Row = Mapping[str, object]
KEY = b"a key of this test"
CAMPAIGN = "2026A1"
SCHOOLS = (
    # code, unit, county, city
    ("2144000001", "44", "440106", "440100"),
    ("2144000002", "44", "440106", "440100"),
    ("2144000003", "44", "440103", "440100"),
    ("2144000004", "44", "440304", "440300"),
    ("2131000001", "31", "310101", None),
    ("2151000001", "51", "510104", "510100"),
    ("2151000002", "51", None, None),
)


@dataclass(frozen=True)
class Desk:
    """A landing folder and a HOME."""

    root: Path

    @property
    def engine(self) -> Engine:
        return Engine(home=str(self.root / "home"), threads=2)

    @property
    def landing(self) -> Landing:
        (self.root / "landing").mkdir(parents=True, exist_ok=True)
        return Landing(path=str(self.root / "landing"))

    def copy(self, root: Path) -> "Desk":
        """The same in a folder of its own."""
        shutil.copytree(self.root, root)
        return Desk(root)

    def deliver(self, path: str, content: str | bytes) -> Path:
        file = self.root / "landing" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def put(self, table: str, rows: Iterable[Row]) -> None:
        engine = self.engine
        with engine.connection() as connection:
            create_from(connection, "given", frame_of(table, list(rows)))
            engine.replace_table(table, "from given", connection)

    def put_schools(self, schools: Sequence[tuple[str | None, ...]] = SCHOOLS) -> None:
        columns = ("school_code", "unit_code", "county_code", "city_code")
        self.put("core_schools", [dict(zip(columns, s, strict=True)) | {"school_name": f"学校{s[0]}"} for s in schools])

    def rows(self, query: str) -> list[dict[str, object]]:
        engine = self.engine
        with engine.connection() as connection:
            for table in filter(query.__contains__, LAKE_TABLES):
                connection.execute(f"create view {table} as {engine.table_sql(table)}")
            return connection.sql(query).pl().to_dicts()

    def values(self, query: str) -> list[object]:
        return [next(iter(row.values())) for row in self.rows(query)]

    def balance(self, kind: str) -> tuple[int, int, int]:
        """Rows of a kind delivered, accepted, quarantined, and told of one by one."""
        row = self.rows(
            "select sum(rows_delivered) as d, sum(rows_accepted) as a, sum(rows_quarantined) as q "
            f"from deliveries where kind = '{kind}'"
        )[0]
        return tuple(int(str(row[name] or 0)) for name in "daq")


def window(switch: str, region: str, opens: str, closes: str, unit: str = "00", campaign: str = CAMPAIGN) -> Row:
    return {
        "unit_code": unit, "campaign": campaign, "campaign_name": "核查", "switch": switch, "region_code": region,
        "opens_on": date.fromisoformat(opens), "closes_on": date.fromisoformat(closes),
    }  # fmt: skip


def edition(student: int | str, number: int = 1, school: str = "2144000001", printed: str = "2026-09-10") -> Row:
    """A printed form of an invented student."""
    record_key = f"{school}/L{student}"
    return {
        "unit_code": school[2:4], "campaign": CAMPAIGN, "school_code": school, "record_key": record_key,
        "form_no": form_no(KEY, CAMPAIGN, record_key, number), "edition": number, "printed_on": date.fromisoformat(printed),
    }  # fmt: skip


def days(first: str, last: str) -> list[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [str(start + timedelta(place)) for place in range((end - start).days + 1)]


def csv(header: str, *rows: str) -> str:
    return "\n".join((header, *rows)) + "\n"


@cache
def snapshot(
    code: str, seed: int = 0, width: int = 900, angle: float = 4.0, kind: str = "JPEG", second: str = ""
) -> bytes:
    """A form as a phone sees it: grey, noisy, a little turned, unevenly lit, the code top right."""
    height = width * 99 // 70
    page = Image.new("L", (width, height), 248)
    draw = ImageDraw.Draw(page)
    for line in range(height // 5, height - 40, 40):
        draw.line((50, line, width - 50, line), fill=70, width=2)
    for place, text in enumerate(filter(None, (code, second))):
        barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
        square = Image.fromarray(np.array(zxingcpp.write_barcode_to_image(barcode, scale=6)))
        side = width // 7
        page.paste(square.resize((side, side), Image.Resampling.LANCZOS), (width - (side + 60) * (place + 1), 60))
    turned = page.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=90)
    soft = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.8))).astype("float32")
    lit = soft * np.linspace(0.6, 0.95, soft.shape[1], dtype="float32")
    noisy = lit + 10 * np.random.default_rng(seed).standard_normal(soft.shape, dtype="float32")
    buffer = BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype("uint8")).convert("RGB").save(buffer, kind, quality=60)
    return buffer.getvalue()
