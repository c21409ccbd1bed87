"""The landing contract: what a unit's delivery must look like as a whole before any of its rows is taken.

The engine counts a file's rows and cells, the counts of a unit's files add up to its profile, and Great Expectations states the
contract over the profiles, one row a unit. Its import takes seconds and is left until a contract is checked. What single rows
may hold is for the rules to say, not for the contract.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from xueji.checks.code_lists import GRADE, ID_TYPE, SEX
from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.spreadsheet_damage import number_counts_sql
from xueji.checks.tables import PROFILE_COUNTS, REQUIRED_FIELDS
from xueji.checks.text_folding import number_normalised_sql, trimmed_sql

CODED = (SEX, ID_TYPE, GRADE)  # required columns with a code list


@dataclass(frozen=True)
class ContractLimits:
    """Where a delivery stops being plausible. Shares are percent."""

    least_rows_percent: float = 80  # of the last accepted delivery; fewer refuses the delivery
    most_rows_percent: float = 130  # more is worth a question
    most_flattened_percent: float = 20  # numbers a spreadsheet flattened
    most_blank_percent: float = 50  # of a required column
    least_known_percent: float = 80  # of the values of a coded column


DEFAULT_LIMITS = ContractLimits()


@dataclass(frozen=True)
class Expectation:
    """One clause: a column of the profile and the bounds it must keep. A null value keeps them."""

    name: str
    statement: str  # Chinese
    column: str
    least: float | None = None
    most: float | None = None
    is_blocking: bool = True


@dataclass(frozen=True)
class ContractResult:
    """What one clause came to for one unit."""

    unit_code: str
    expectation: str
    statement: str  # Chinese, what is expected
    observed: float | None  # null where there is nothing to compare or to count
    passed: bool
    is_blocking: bool  # failing it refuses the delivery


def expectations(limits: ContractLimits = DEFAULT_LIMITS) -> tuple[Expectation, ...]:
    """The contract's clauses, in the order of the delivery report."""
    known = limits.least_known_percent
    return (
        Expectation("rows_present", "至少有一行数据", "row_count", least=1),
        Expectation(
            "rows_not_down",
            f"行数不少于上次接收的{limits.least_rows_percent:g}%",
            "rows_percent",
            least=limits.least_rows_percent,
        ),
        Expectation(
            "rows_not_up",
            f"行数不超过上次接收的{limits.most_rows_percent:g}%",
            "rows_percent",
            most=limits.most_rows_percent,
            is_blocking=False,
        ),
        *(
            Expectation(
                f"filled_{name}",
                f"{FIELD_LABELS[name]}空白的行不超过{limits.most_blank_percent:g}%",
                f"{name}_blank_percent",
                most=limits.most_blank_percent,
            )
            for name in REQUIRED_FIELDS
        ),
        Expectation(
            "numbers_not_flattened",
            f"被电子表格破坏的身份证号（末三位变为000或科学计数法）不超过{limits.most_flattened_percent:g}%",
            "flattened_percent",
            most=limits.most_flattened_percent,
        ),
        Expectation("known_xbm", f"性别可识别的不少于{known:g}%", "xbm_known_percent", least=known),
        Expectation("known_sfzjlxm", f"身份证件类型可识别的不少于{known:g}%", "sfzjlxm_known_percent", least=known),
        Expectation("known_nj", f"年级可识别的不少于{known:g}%", "nj_known_percent", least=known, is_blocking=False),
    )


EXPECTATIONS = {clause.name: clause.statement for clause in expectations()}


def counts_sql(staged: str) -> str:
    """A query for the counts of one file: one row, the columns of `PROFILE_COUNTS`. `staged` is a query for its rows, blank cells null."""
    blanks = ",\n".join(f"count(*) - count({name}) as {name}_blank_count" for name in REQUIRED_FIELDS)
    coded = ",\n".join(
        f"count({codes.field}) as {codes.field}_given_count, "
        f"count(case when not {codes.is_unknown_sql(codes.field)} then 1 end) as {codes.field}_known_count"
        for codes in CODED
    )
    return f"""
        with trimmed as (
            select * replace ({", ".join(f"{trimmed_sql(codes.field)} as {codes.field}" for codes in CODED)})
            from (select {", ".join(REQUIRED_FIELDS)} from ({staged}) as staged) as required
        ),
        numbered as (
            select *, case when {ID_TYPE.code_sql("sfzjlxm")} = '1' then {number_normalised_sql("sfzjh")} end as number
            from trimmed
        )
        select
            count(*) as row_count,
            {blanks},
            {coded},
            {number_counts_sql("number")}
        from numbered
    """


def profile(unit_code: str, counts: Sequence[Mapping[str, int]], previous_row_count: int | None = None) -> dict:
    """The profile of a unit from the counts of its files.

    `previous_row_count` is the size of the last accepted delivery. Shares are percent, null where there is nothing to take a
    share of; those of coded columns are of the values that are given.
    """
    total = {name: sum(file[name] for file in counts) for name in PROFILE_COUNTS}
    flattened = total["zero_ending_count"] + total["scientific_count"]
    return {
        "unit_code": unit_code,
        "row_count": float(total["row_count"]),
        "rows_percent": _percent(total["row_count"], previous_row_count or 0),
        "flattened_percent": _percent(flattened, total["number_count"]),
        **{
            f"{name}_blank_percent": _percent(total[f"{name}_blank_count"], total["row_count"])
            for name in REQUIRED_FIELDS
        },
        **{
            f"{codes.field}_known_percent": _percent(
                total[f"{codes.field}_known_count"], total[f"{codes.field}_given_count"]
            )
            for codes in CODED
        },
    }


def _percent(part: int, whole: int) -> float | None:
    return 100.0 * part / whole if whole else None


def check_contract(profiles: Sequence[dict], limits: ContractLimits = DEFAULT_LIMITS) -> list[ContractResult]:
    """Hold the profiles of any number of units against the contract: one result a unit and clause, in that order."""
    if not profiles:
        return []
    clauses = expectations(limits)
    types = {name: pl.String if name == "unit_code" else pl.Float64 for name in profiles[0]}
    failed = _failing_units(pl.DataFrame(profiles, schema=types), clauses)
    return [
        ContractResult(
            unit_code=row["unit_code"],
            expectation=clause.name,
            statement=clause.statement,
            observed=row[clause.column],
            passed=row["unit_code"] not in failed[clause.name],
            is_blocking=clause.is_blocking,
        )
        for row in profiles
        for clause in clauses
    ]


def _failing_units(profiles: pl.DataFrame, clauses: Sequence[Expectation]) -> dict[str, set[str]]:
    """For each clause, the units that break it, as Great Expectations finds them."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when the package is imported
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("profile")
    batch = source.add_dataframe_asset("landing_profile").add_batch_definition_whole_dataframe("delivery")
    suite = context.suites.add(
        gx.ExpectationSuite(
            name="接收契约",
            expectations=[
                gx.expectations.ExpectColumnValuesToBeBetween(
                    column=clause.column, min_value=clause.least, max_value=clause.most, meta={"name": clause.name}
                )
                for clause in clauses
            ],
        )
    )
    validation = context.validation_definitions.add(gx.ValidationDefinition(name="接收", data=batch, suite=suite))
    columns = sorted({clause.column for clause in clauses})
    numbers = profiles.select("unit_code", *columns)
    outcome = validation.run(
        batch_parameters={"dataframe": numbers.to_pandas()},
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["unit_code"]},
    )
    failed: dict[str, set[str]] = {}
    for result in outcome.results:
        if (result.exception_info or {}).get("raised_exception"):
            raise RuntimeError(f"landing contract: {result.expectation_config.meta['name']} could not be evaluated")
        units = {row["unit_code"] for row in result.result.get("unexpected_index_list") or ()}
        failed[result.expectation_config.meta["name"]] = units
    return failed
