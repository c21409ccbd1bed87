"""Samples that several tests read."""

import gzip
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from xueji.assets.answers import take_in_answers
from xueji.assets.cases import update_cases
from xueji.assets.change_checks import check_changes
from xueji.assets.core_students import update_core
from xueji.assets.engine import Engine
from xueji.assets.intake import record_intakes
from xueji.assets.landing_folder import Landing, delivered_units
from xueji.assets.national_inputs import take_in_population, take_in_schools
from xueji.assets.oversight import update_integrity_signals
from xueji.assets.recheck import update_findings
from xueji.assets.report_school_lists import write_outbox
from xueji.assets.seal import Seal
from xueji.assets.unit_deliveries import take_in_units, write_raw
from xueji.data_samples.actors import Shares
from xueji.data_samples.expected_ends import Case
from xueji.data_samples.generate import Rates, write_sample
from xueji.data_samples.life import World, new_world, play
from xueji.data_samples.registry import CaseKey
from xueji.data_samples.small import RATES

LAST_DATE = date(2026, 11, 20)


@dataclass
class Play:
    """A play and what its nights came to."""

    world: World
    landing: Path
    home: Path
    differences: list[tuple[date, CaseKey, str | None, str | None]] = field(default_factory=list)

    @property
    def engine(self) -> Engine:
        return Engine(home=str(self.home), threads=2)

    @property
    def cases(self) -> dict[CaseKey, Case]:
        return self.world.expected.cases

    def run_night(self, day: date) -> None:
        """What the nightly runs do to the tables, by the functions that the assets call; units only where they deliver."""
        engine, landing, night, seal = self.engine, Landing(path=str(self.landing)), day.isoformat(), Seal(b"play" * 8)
        if units := delivered_units(self.landing, night):
            deliveries = take_in_units(engine, landing, night, units)
            write_raw(engine, night, [delivery for delivery in deliveries if delivery.intake.verdict == "accepted"])
            with engine.session() as connection:
                record_intakes(engine, connection, night, "students", [delivery.intake for delivery in deliveries])
            update_core(engine, units)
            take_in_schools(engine, landing, night)
            take_in_population(engine, night, self.landing / night / "population")
            update_findings(engine, night)
        take_in_answers(engine, seal, landing, night)
        check_changes(engine, night)
        update_cases(engine, night)
        write_outbox(engine, seal, night)

    def rows(self, query: str) -> pl.DataFrame:
        with self.engine.session() as connection:
            return connection.sql(query).pl()

    def compare(self, day: date) -> None:
        """Note where the ledger stands otherwise than it ought to after a night."""
        ledger = self.rows("select unit_code, school_code, student_no, problem_type, state from cases")
        found = {row[:4]: row[4] for row in ledger.iter_rows()}
        expected = {key: case.state for key, case in self.cases.items()}
        for key in sorted(found.keys() | expected.keys()):
            if found.get(key) != expected.get(key):
                self.differences.append((day, key, found.get(key), expected.get(key)))


@pytest.fixture(scope="session")
def play_months(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, int], Play]:
    """Plays months of a nation of some thousand students in which two schools in five are careless."""

    def played(students: int, months: int) -> Play:
        root = tmp_path_factory.mktemp("play")
        world = new_world(students, 5, LAST_DATE, months, RATES, Shares(careless=0.4))
        made = Play(world, root / "landing", root / "home")
        made.home.mkdir()
        respond = world.respond

        def respond_and_compare(home: Path, landing: Path, night: date, next_date: date | None) -> None:
            respond(home, landing, night, next_date)
            made.compare(night)

        world.respond = respond_and_compare  # type: ignore[method-assign]
        play(world, made.landing, made.home, made.run_night)
        update_integrity_signals(made.engine, LAST_DATE.isoformat())
        return made

    return played


@pytest.fixture(scope="session")
def played(play_months: Callable[[int, int], Play]) -> Play:
    """Two months of a small nation. For reading only."""
    return play_months(1_000, 2)


@pytest.fixture(scope="session")
def parquet_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20,000 students as Parquet on three dates, problems at raised rates."""
    out = tmp_path_factory.mktemp("parquet") / "sample"
    write_sample(out, 20_000, 3, LAST_DATE, months=3, rates=RATES, delivery_format="parquet")
    return out


@pytest.fixture
def sample_with(tmp_path: Path) -> Callable[..., Path]:
    """Writes a sample of 2,000 students with the default rates but for those named."""

    def write(**rates: float) -> Path:
        out = tmp_path / "sample"
        write_sample(out, 2_000, 11, LAST_DATE, rates=replace(Rates(), **rates), delivery_format="parquet")
        return out

    return write


@pytest.fixture
def contents() -> Callable[[Path], dict[str, list[tuple[str, bytes]]]]:
    """Lists every file below a folder with what it holds."""

    def listed(folder: Path) -> dict[str, list[tuple[str, bytes]]]:
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return {path.relative_to(folder).as_posix(): _content(path) for path in files}

    return listed


def _content(path: Path) -> list[tuple[str, bytes]]:
    """What a file holds, uncompressed: the bytes of deflate streams depend on the zlib at hand."""
    if path.name.endswith(".gz"):
        return [(path.name, gzip.decompress(path.read_bytes()))]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return [(name, archive.read(name)) for name in archive.namelist()]
    return [(path.name, path.read_bytes())]
