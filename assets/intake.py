"""Taking a delivery in: read the files, hold them against the landing contract, accept or refuse the whole.

What is accepted replaces the unit's snapshot; what is refused or missing leaves the last good one in place.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl

from xueji.assets.columns import Columns
from xueji.assets.delivery_facts import FileFacts, FileReading, StagedDelivery
from xueji.assets.delivery_reader import NOTHING_KNOWN, read_delivery
from xueji.assets.engine import Engine
from xueji.assets.records import frame_of, replace_night
from xueji.checks.landing_contract import ContractResult
from xueji.checks.sql_text import literal

NO_UNIT = "00"  # what belongs to the nation: schools, population, answers


@dataclass(frozen=True)
class Intake:
    """One delivery, judged. `staged` is None when nothing was delivered."""

    unit_code: str
    staged: StagedDelivery | None
    contract: tuple[ContractResult, ...] = ()

    @property
    def verdict(self) -> str:
        if self.staged is None:
            return "missing"
        return "refused" if self.refusals else "accepted"

    @property
    def refusals(self) -> list[str]:
        """Why the delivery is refused as a whole, in Chinese; empty when it is not."""
        if self.staged is None:
            return []
        files = [f"{facts.file}：{facts.reason}" for facts in self.staged.files if facts.verdict == "refused"]
        if not files and not self.staged.has_rows_taken:
            files = ["没有可读取的数据表"]
        return files + [result.statement for result in self.contract if result.is_blocking and not result.passed]

    @property
    def files(self) -> list[FileFacts]:
        """The files as they count: in a refused delivery no row of any file is accepted."""
        if self.staged is None:
            return []
        if self.verdict == "accepted":
            return list(self.staged.files)
        return [
            facts
            if facts.verdict == "refused"
            else replace(
                facts,
                rows_accepted=0,
                rows_quarantined=facts.rows_delivered,
                verdict="refused",
                reason="整批拒收：" + "；".join(self.refusals),
            )
            for facts in self.staged.files
        ]


def stage_files(
    engine: Engine,
    folder: Path,
    pattern: str | Sequence[str],
    columns: Columns,
    name: str,
    known: Mapping[str, Sequence[FileReading]] = NOTHING_KNOWN,
) -> StagedDelivery | None:
    """Read a folder's files into Parquet under the work folder, but for those `known`. None when there is no file to read."""
    staging = engine.work_path / "staging" / name
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    if not folder.is_dir():
        return None
    delivery = read_delivery(engine, folder, pattern, columns, staging, known=known)
    return delivery if delivery.files else None


def clear_staging(engine: Engine) -> None:
    """Remove what was staged, when it has been written or refused: it holds people's data twice."""
    shutil.rmtree(engine.work_path / "staging", ignore_errors=True)


def last_accepted_rows(connection: duckdb.DuckDBPyConnection, date: str, unit: str) -> int | None:
    """Rows of the unit's last delivery accepted before `date`; None when there is none."""
    rows = connection.execute(
        """
        select sum(rows_accepted)
        from deliveries
        where kind = 'students' and unit_code = ? and verdict = 'accepted' and "date" < cast(? as date)
        group by "date"
        order by "date" desc
        limit 1
        """,
        [unit, date],
    ).fetchall()
    return rows[0][0] if rows else None


def record_intakes(
    engine: Engine, connection: duckdb.DuckDBPyConnection, date: str, kind: str, intakes: Sequence[Intake]
) -> None:
    """Write what became of the deliveries: one row a file, one a quarantined row, one a contract expectation."""
    units = ", ".join(literal(intake.unit_code) for intake in intakes)
    others = f"not (kind = '{kind}' and unit_code in ({units}))"
    day = pl.Series([date]).str.to_date()[0]
    deliveries, quarantine, contract = [], [], []
    for intake in intakes:
        unit = {"date": day, "unit_code": intake.unit_code, "kind": kind}
        snapshot = day if intake.verdict == "accepted" else snapshot_before(connection, date, kind, intake.unit_code)
        if intake.staged is None:
            nothing = {"rows_delivered": 0, "rows_accepted": 0, "rows_quarantined": 0}
            deliveries.append(unit | nothing | {"verdict": "missing", "reason": "未报送", "snapshot_date": snapshot})
            continue
        for facts in intake.files:
            details = {name: getattr(facts, name) for name in FACT_COLUMNS}
            columns = {name: ",".join(getattr(facts, name)) or None for name in ("unknown_columns", "missing_columns")}
            deliveries.append(unit | details | columns | {"snapshot_date": snapshot})
        quarantine += [unit | vars(row) for row in intake.staged.quarantine]
        contract += [unit | vars(result) for result in intake.contract]
    replace_night(engine, connection, "deliveries", date, frame_of("deliveries", deliveries), others)
    replace_night(engine, connection, "quarantine", date, frame_of("quarantine", quarantine), others)
    if kind == "students":
        replace_night(
            engine, connection, "landing_contract", date, frame_of("landing_contract", contract),
            f"unit_code not in ({units})",
        )  # fmt: skip


FACT_COLUMNS = (
    "file", "sha256", "rows_delivered", "rows_accepted", "rows_quarantined", "verdict", "reason", "format", "encoding",
    "dialect",
)  # fmt: skip


def snapshot_before(connection: duckdb.DuckDBPyConnection, date: str, kind: str, unit: str) -> object:
    """Date of the last delivery of this kind accepted before `date`; None when there is none."""
    return connection.execute(
        """
        select max("date")
        from deliveries
        where kind = ? and unit_code = ? and verdict = 'accepted' and "date" < cast(? as date)
        """,
        [kind, unit, date],
    ).fetchall()[0][0]
