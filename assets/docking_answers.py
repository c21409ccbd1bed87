"""What provinces with their own system say of deviations: 原因说明, 整改措施, 说明人, 说明日期, by 偏差编号."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb
import polars as pl

from xueji.assets.columns import Columns
from xueji.assets.delivery_facts import VALUE_CHARACTERS, QuarantineRow, shorten
from xueji.assets.engine import Engine
from xueji.assets.intake import Intake, clear_staging
from xueji.assets.landing_folder import Landing
from xueji.assets.records import create_from
from xueji.assets.unit_files import dates_to_take, record, rows_with_files, staged_units, with_refused
from xueji.assets.verification_columns import DOCKING_ANSWERS
from xueji.checks.core_students import date_sql
from xueji.checks.text_folding import number_normalised_sql, trimmed_sql
from xueji.checks.verification_tables import DOCKING_DEVIATIONS

_COLUMNS = DOCKING_ANSWERS.columns
KIND = replace(
    DOCKING_ANSWERS,
    columns=Columns(
        (*_COLUMNS.names, "remedy", "explained_on"),
        _COLUMNS.required,
        {**_COLUMNS.spellings, "整改措施": "remedy", "说明日期": "explained_on"},
    ),
)
DEVIATIONS = DOCKING_DEVIATIONS.name
SAID = ("explanation", "explained_by", "remedy", "explained_on")
REASONS = {  # rule → column, reason
    "docking_answer_unknown": ("偏差编号", "没有编号“{}”的偏差，请填写对接验收检查报告所列的偏差编号"),
    "docking_answer_empty": ("原因说明", "偏差“{}”没有填写原因说明"),
    "docking_answer_date": ("说明日期", "偏差“{}”的说明日期不是有效日期，请按2026-09-01的样式填写"),
}


@dataclass(frozen=True)
class Answer:
    """One row as delivered, blanks null."""

    file: str
    deviation_no: str | None
    explanation: str | None
    explained_by: str | None
    remedy: str | None
    explained_on: str | None
    has_bad_date: bool

    def fault(self, known: frozenset[str]) -> str | None:
        """The rule by which the row is refused."""
        if self.deviation_no not in known:
            return "docking_answer_unknown"
        if self.explanation is None:
            return "docking_answer_empty"
        return "docking_answer_date" if self.has_bad_date else None


def take_in_docking_answers(engine: Engine, landing: Landing, night: str) -> set[str]:
    """Take the answers of every date not yet taken, later ones over earlier. Returns the units that said something."""
    with engine.session() as connection:
        dates = dates_to_take(connection, landing, night, KIND)
    answered: set[str] = set()
    for date in dates:
        intakes = staged_units(engine, landing, date, KIND)
        said: dict[str, list[Answer]] = {}
        judged = []
        for intake in intakes:
            with engine.session() as connection:
                answers = _answers(connection, intake)
                known = _known(connection, intake.unit_code)
            refused = _refused(answers, known)
            judged.append(with_refused(intake, refused))
            said[intake.unit_code] = [answer for answer in answers if answer.fault(known) is None]
        answered |= _write(engine, {unit: answers for unit, answers in said.items() if answers})
        record(engine, date, KIND, judged)
        clear_staging(engine)
    return answered


def _answers(connection: duckdb.DuckDBPyConnection, intake: Intake) -> list[Answer]:
    """The accepted rows, by file and number. Of a number that stands twice the last in this order counts."""
    rows = rows_with_files(intake.staged) if intake.staged and intake.verdict == "accepted" else None
    if rows is None:
        return []
    texts = ", ".join(f"{trimmed_sql(column)} as {column}" for column in ("explanation", "explained_by", "remedy"))
    day, given = date_sql(trimmed_sql("explained_on")), trimmed_sql("explained_on")
    query = f"""
        select file, {number_normalised_sql("deviation_no")} as deviation_no, {texts},
            cast({day} as varchar) as explained_on, {given} is not null and {day} is null as has_bad_date
        from ({rows}) as delivered
    """
    return [Answer(*row) for row in connection.execute(f"select * from ({query}) as answers order by all").fetchall()]


def _known(connection: duckdb.DuckDBPyConnection, unit: str) -> frozenset[str]:
    rows = connection.execute(f"select deviation_no from {DEVIATIONS} where unit_code = ?", [unit]).fetchall()
    return frozenset(number for (number,) in rows)


def _refused(answers: list[Answer], known: frozenset[str]) -> Mapping[str, list[QuarantineRow]]:
    refused: dict[str, list[QuarantineRow]] = {}
    for answer in answers:
        if rule := answer.fault(known):
            column, reason = REASONS[rule]
            number = shorten(answer.deviation_no or "", VALUE_CHARACTERS)
            value = {"偏差编号": number, "说明日期": answer.explained_on}.get(column)
            row = QuarantineRow(answer.file, None, column, value, reason.format(number), None, rule)
            refused.setdefault(answer.file, []).append(row)
    return refused


def _write(engine: Engine, said: Mapping[str, list[Answer]]) -> set[str]:
    """Put what was said to the deviations. What the table was made from stays what it is known to be made from."""
    if not said:
        return set()
    rows = {(unit, str(answer.deviation_no)): answer for unit, answers in said.items() for answer in answers}
    frame = pl.DataFrame(
        [
            {"unit_code": unit, "deviation_no": number, **{name: getattr(answer, name) for name in SAID}}
            for (unit, number), answer in rows.items()
        ],
        schema=dict.fromkeys(("unit_code", "deviation_no", *SAID), pl.String()),
    )
    # A new explanation stands for itself: nothing of an older one is left beside it.
    columns = ", ".join(
        f"case when said.deviation_no is null then own.{name} else said.{name} end as {name}"
        if name in SAID
        else f"own.{name}"
        for name in DOCKING_DEVIATIONS.columns
    ).replace("else said.explained_on end", "else cast(said.explained_on as date) end")
    with engine.session() as connection:
        create_from(connection, "said", frame)
        query = f"""select {columns} from {DEVIATIONS} as own
            left join said on said.unit_code = own.unit_code and said.deviation_no = own.deviation_no
            where own.unit_code = '{{}}'"""
        pairs = [(unit, query.format(unit)) for unit in said]
        engine.replace_table(
            DEVIATIONS,
            pairs,
            connection,
            partitions=list(said),
            order_by="deviation_no",
            basis=engine.basis(DEVIATIONS),
        )
    return set(said)
