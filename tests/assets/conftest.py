"""A nation of a few students, delivered and checked night by night through the steps that the assets call."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from xueji.assets.core_students import update_core
from xueji.assets.engine import Engine
from xueji.assets.intake import record_intakes
from xueji.assets.landing_folder import Landing
from xueji.assets.national_inputs import take_in_answers, take_in_population, take_in_schools
from xueji.assets.recheck import update_findings
from xueji.assets.unit_deliveries import take_in_units, write_raw


@dataclass(frozen=True)
class Nation:
    """A landing folder and a HOME; `afresh` makes everything anew every night."""

    landing: Path
    home: Path
    afresh: bool = False

    @property
    def engine(self) -> Engine:
        return Engine(home=str(self.home), threads=2, afresh=self.afresh)

    def deliver(self, date: str, unit: str, students: pl.DataFrame, file: str = "students.parquet") -> None:
        folder = self.landing / date / unit
        folder.mkdir(parents=True, exist_ok=True)
        students.write_parquet(folder / file)

    def run(self, date: str, units: Sequence[str]) -> None:
        """What the nightly runs do to the tables, from landing to findings."""
        self.land(date, units)
        update_findings(self.engine, date)

    def land(self, date: str, units: Sequence[str]) -> None:
        """From landing to the core tables."""
        engine, landing = self.engine, Landing(path=str(self.landing))
        deliveries = take_in_units(engine, landing, date, units)
        write_raw(engine, date, [delivery for delivery in deliveries if delivery.intake.verdict == "accepted"])
        with engine.at_hand.session() as connection:
            record_intakes(engine.at_hand, connection, date, "students", [delivery.intake for delivery in deliveries])
        update_core(engine, units)
        take_in_schools(engine.at_hand, landing, date)
        take_in_population(engine, date, self.landing / date / "population")
        take_in_answers(engine.at_hand, landing, date)


@pytest.fixture(scope="session")
def nation() -> type[Nation]:
    """Makes a nation of a landing folder and a HOME."""
    return Nation
