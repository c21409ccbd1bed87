"""A unit of some three thousand students with a second system, and the nights over it by the functions that the assets call."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from xueji.assets.docking import check_docking
from xueji.assets.engine import Engine
from xueji.assets.intake import record_intakes
from xueji.assets.lake_tables import LAKE_TABLES
from xueji.assets.landing_folder import Landing
from xueji.assets.national_inputs import take_in_schools
from xueji.assets.unit_deliveries import take_in_units, write_raw
from xueji.data_samples.deliveries import school_rows
from xueji.data_samples.delivery_dates import Calendar
from xueji.data_samples.generate import parts_of, plan_sample
from xueji.data_samples.rates import Rates
from xueji.data_samples.records import build_part
from xueji.data_samples.sample import UNIT_CODES

UNIT = "31"  # has column names of its own
NATION = 350_000  # of which some three thousand are the unit's
KEY = ["check_id", "subject", "field"]


@dataclass(frozen=True)
class Province:
    """A landing folder and a HOME."""

    root: Path
    threads: int = 2

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def engine(self) -> Engine:
        return Engine(home=str(self.home), threads=self.threads)

    @property
    def landing(self) -> Landing:
        return Landing(path=str(self.root / "landing"))

    def folder(self, night: str) -> Path:
        return self.root / "landing" / night / UNIT

    def run(self, night: str) -> int:
        """What a night does for the unit's docking, after it has taken the students in."""
        engine, landing = self.engine, self.landing
        if any(self.folder(night).glob("students*")):
            deliveries = take_in_units(engine, landing, night, [UNIT])
            write_raw(engine, night, deliveries)
            with engine.session() as connection:
                record_intakes(engine, connection, night, "students", [each.intake for each in deliveries])
            take_in_schools(engine, landing, night)
        return check_docking(engine, landing, night)

    def rows(self, query: str) -> pl.DataFrame:
        engine = self.engine
        with engine.connection() as connection:
            for table in filter(query.__contains__, LAKE_TABLES):
                connection.execute(f"create view {table} as {engine.table_sql(table)}")
            return connection.sql(query).pl()

    def deviations(self, condition: str = "mended_on is null") -> pl.DataFrame:
        return self.rows(f"select * from docking_deviations where {condition} order by deviation_no")

    def outputs(self) -> dict[str, bytes]:
        folder = self.home / "docking"
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*.*"))}


def unit_students() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The unit's students as delivered (codes), with the mistakes that students have anyway, and the school table."""
    sample = plan_sample(NATION, 7, Calendar.ending(date(2026, 11, 20), 1), Rates())
    name = UNIT_CODES.index(UNIT)
    parts = [
        build_part(sample, name, first, last).students(0)
        for part, first, last in parts_of(sample.layout)
        if part.unit_code == UNIT
    ]
    return pl.concat(parts), school_rows(sample)
