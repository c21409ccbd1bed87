"""The landing contract: what a unit's delivery must look like as a whole before any of its rows is taken.

The engine computes a profile, one row a unit; Great Expectations states the contract over those rows. Its import takes
seconds and is left until a contract is checked. What single rows may hold is for the rules to say, not for the contract.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from xueji.checks.code_lists import GRADE, ID_TYPE, SEX
from xueji.checks.field_labels import FIELD_LABELS
from xueji.checks.spreadsheet_damage import is_scientific_sql, is_zero_ending_sql
from xueji.checks.sql_text import literal
from xueji.checks.tables import REQUIRED_FIELDS
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
    most_duplicate_percent: float = 1  # student numbers that occur before


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
        Expectation(
            "student_numbers_distinct",
            f"重复的学籍号不超过{limits.most_duplicate_percent:g}%",
            "xjh_duplicate_percent",
            most=limits.most_duplicate_percent,
            is_blocking=False,
        ),
    )


EXPECTATIONS = {clause.name: clause.statement for clause in expectations()}


def profile_sql(unit_code: str, staged: str, previous_row_count: int | None = None) -> str:
    """A query for the profile of one unit: one row, whatever is staged.

    `staged` is a query for the delivered rows, blank cells null; `previous_row_count` the size of the last accepted delivery. Shares are
    percent, null where there is nothing to take a share of; those of coded columns are of the values that are given.
    """
    previous = "cast(null as bigint)" if previous_row_count is None else f"cast({previous_row_count} as bigint)"
    blanks = ",\n".join(f"{_percent_sql(f'{name} is null')} as {name}_blank_percent" for name in REQUIRED_FIELDS)
    known = ",\n".join(
        f"{_percent_sql(f'not {codes.is_unknown_sql(codes.field)}', f'{codes.field} is not null')} "
        f"as {codes.field}_known_percent"
        for codes in CODED
    )
    number_given = "id_type = '1' and number is not null"
    return f"""
        with trimmed as (
            select * replace ({", ".join(f"{trimmed_sql(codes.field)} as {codes.field}" for codes in CODED)})
            from (select {", ".join(REQUIRED_FIELDS)} from ({staged}) as staged) as required
        ),
        rows_profiled as (
            select *, {ID_TYPE.code_sql("sfzjlxm")} as id_type, {number_normalised_sql("sfzjh")} as number
            from trimmed
        )
        select
            {literal(unit_code)} as unit_code,
            count(*) as row_count,
            {previous} as previous_row_count,
            100.0 * count(*) / nullif({previous}, 0) as rows_percent,
            count(distinct xxbsm) as school_count,
            {blanks},
            {known},
            {_percent_sql(is_zero_ending_sql("number"), number_given)} as zero_ending_percent,
            {_percent_sql(is_scientific_sql("number"), number_given)} as scientific_percent,
            zero_ending_percent + scientific_percent as flattened_percent,
            100.0 * (count(xjh) - count(distinct hash(xjh)) filter (where xjh is not null)) / nullif(count(xjh), 0)
                as xjh_duplicate_percent
        from rows_profiled
    """


def _percent_sql(condition: str, population: str = "true") -> str:
    """Number SQL: the percent of the rows of `population` for which `condition` holds."""
    return (
        f"100.0 * count(*) filter (where ({population}) and ({condition})) "
        f"/ nullif(count(*) filter (where {population}), 0)"
    )


def check_contract(profile: pl.DataFrame, limits: ContractLimits = DEFAULT_LIMITS) -> list[ContractResult]:
    """Hold the profiles of any number of units against the contract: one result a unit and clause, in that order."""
    clauses = expectations(limits)
    failed = _failing_units(profile, clauses)
    return [
        ContractResult(
            unit_code=row["unit_code"],
            expectation=clause.name,
            statement=clause.statement,
            observed=None if row[clause.column] is None else float(row[clause.column]),
            passed=row["unit_code"] not in failed[clause.name],
            is_blocking=clause.is_blocking,
        )
        for row in profile.iter_rows(named=True)
        for clause in clauses
    ]


def _failing_units(profile: pl.DataFrame, clauses: Sequence[Expectation]) -> dict[str, set[str]]:
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
    numbers = profile.select("unit_code", pl.col(columns).cast(pl.Float64))
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
