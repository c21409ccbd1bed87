"""The environment, read once. Below `pipelines/` nobody reads it."""

import os
import re
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from xueji.checks.model import XuejiError

if TYPE_CHECKING:
    from xueji.assets.engine import Engine


ENGINES = ("duckdb", "spark")


@dataclass(frozen=True)
class Settings:
    """What the commands and Dagster run with."""

    home: Path  # XUEJI_HOME: lake, outbox, bulletins, site
    landing: Path | None  # XUEJI_LANDING: what the schedule and the sensors watch
    threads: int  # XUEJI_THREADS, 0 = every core
    memory_limit: str  # XUEJI_MEMORY, of DuckDB; what does not fit is spilled to HOME/work/spill
    spill_limit: str  # XUEJI_SPILL, of the files there
    printed: str = "units"  # XUEJI_PRINT: whose bulletins are made as PDF unasked: units (and the nation), nation
    seal_key: str | None = field(default=None, repr=False)  # XUEJI_SEAL_KEY; without it HOME keeps one (seal_key.py)

    SHORTEST_KEY: ClassVar[int] = 32  # characters
    engine: str = "duckdb"  # XUEJI_ENGINE: what goes through the nation's records, one of ENGINES
    spark_master: str | None = None  # XUEJI_SPARK_MASTER; without it what Spark's own configuration says

    PRINTED: ClassVar[dict[str, tuple[str, ...]]] = {"units": ("national", "province"), "nation": ("national",)}

    @property
    def printed_levels(self) -> tuple[str, ...]:
        return self.PRINTED[self.printed]


def engine_of(settings: Settings, afresh: bool = False) -> "Engine":
    """The engine over HOME. `afresh` makes everything anew, whatever is known of earlier nights."""
    from xueji.assets.engine import Engine

    return Engine(
        home=str(settings.home),
        threads=settings.threads,
        memory_limit=settings.memory_limit,
        spill_limit=settings.spill_limit,
        afresh=afresh,
    )


def cluster_of(settings: Settings, afresh: bool = False) -> "Engine":
    """The engine of the steps that go through the nation's records. Raises XuejiError where it is Spark, and not installed."""
    if settings.engine == "duckdb":
        return engine_of(settings, afresh)
    try:
        from xueji.assets.spark_engine import SparkEngine
    except ModuleNotFoundError as error:
        raise XuejiError(
            f"engine spark: the package {error.name} is not installed, expected what requirements-spark.lock lists: make install-spark"
        ) from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # the workers', unless their own is said
    return SparkEngine(**dict(engine_of(settings, afresh)), master=settings.spark_master)


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of this process. Raises XuejiError when a variable holds what it cannot mean."""
    threads = environment.get("XUEJI_THREADS", "0")
    if not threads.isdigit():
        raise XuejiError(f"XUEJI_THREADS is {threads!r}, expected a whole number (0 = every core)")
    printed = environment.get("XUEJI_PRINT", "units")
    if printed not in Settings.PRINTED:
        raise XuejiError(f"XUEJI_PRINT is {printed!r}, expected one of {', '.join(Settings.PRINTED)}")
    engine = environment.get("XUEJI_ENGINE", "duckdb")
    if engine not in ENGINES:
        raise XuejiError(f"XUEJI_ENGINE is {engine!r}, expected one of {', '.join(ENGINES)}")
    landing = environment.get("XUEJI_LANDING")
    return Settings(
        home=Path(environment.get("XUEJI_HOME", "var")).resolve(),
        landing=Path(landing).resolve() if landing else None,
        threads=int(threads),
        memory_limit=size(environment, "XUEJI_MEMORY", "10GB"),
        spill_limit=size(environment, "XUEJI_SPILL", "40GB"),
        printed=printed,
        seal_key=seal_key(environment),
        engine=engine,
        spark_master=environment.get("XUEJI_SPARK_MASTER") or None,
    )


def seal_key(environment: Mapping[str, str]) -> str | None:
    """XUEJI_SEAL_KEY, None when it is not set. Raises XuejiError when it is too short to be a key; never says it."""
    key = environment.get("XUEJI_SEAL_KEY", "").strip()
    if key and len(key) < Settings.SHORTEST_KEY:
        raise XuejiError(
            f"XUEJI_SEAL_KEY has {len(key)} characters, expected {Settings.SHORTEST_KEY} or more, such as of: openssl rand -hex 32"
        )
    return key or None


def size(environment: Mapping[str, str], name: str, default: str) -> str:
    """A size as DuckDB reads it, e.g. 10GB. Raises XuejiError for anything else."""
    text = environment.get(name, default)
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)? ?[KMGT]i?B", text):
        raise XuejiError(f"{name} is {text!r}, expected a size such as {default}")
    return text


def postgres_url(environment: Mapping[str, str] = os.environ) -> str | None:
    """XUEJI_POSTGRES_URL: where Dagster keeps its records, when not under HOME. Null when it is not set.

    SQLAlchemy takes a plain postgresql:// for the driver psycopg 3; the one that Dagster brings along is psycopg2.
    """
    url = environment.get("XUEJI_POSTGRES_URL")
    return url and re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", url)


def prepare_dagster_home(home: Path) -> Path:
    """Put `dagster.yaml` into HOME/dagster and make that this process's DAGSTER_HOME. Returns the folder."""
    folder = home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    text = dagster_yaml().read_text(encoding="utf-8")
    target = folder / "dagster.yaml"
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(folder)
    return folder


def dagster_yaml() -> Path:
    """`dagster.yaml` of the repository, or the copy that an installed wheel puts under `share/xueji`."""
    places = (
        Path(__file__).resolve().parent.parent / "dagster.yaml",
        Path(sysconfig.get_path("data")) / "share" / "xueji" / "dagster.yaml",
    )
    for place in places:
        if place.is_file():
            return place
    raise XuejiError(f"dagster.yaml not found at {' or '.join(map(str, places))}: install Xueji again")
