"""How the work is cut: delivery date × unit, delivery date, month. A partition exists once something was delivered for it."""

import warnings

import dagster as dg

from xueji.checks.model import UNITS

# Single-run backfills and partition mappings are marked beta in 1.13; the version is pinned, the warning is noise at 02:00.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

delivery_dates = dg.DynamicPartitionsDefinition(name="delivery_date")  # YYYY-MM-DD
units = dg.StaticPartitionsDefinition(list(UNITS))
dates_and_units = dg.MultiPartitionsDefinition({"date": delivery_dates, "unit": units})  # YYYY-MM-DD|UU
bulletin_months = dg.DynamicPartitionsDefinition(name="bulletin_month")  # YYYY-MM

all_units_of_date = dg.MultiToSingleDimensionPartitionMapping("date")


def dates_and_units_of(keys: list[str]) -> tuple[str, list[str]]:
    """The one delivery date of a run's partition keys, and its units. A run never mixes dates."""
    dates = {key.split("|")[0] for key in keys}
    if len(dates) != 1:
        raise ValueError(f"one run covers one delivery date, got {sorted(dates)}")
    return dates.pop(), [key.split("|")[1] for key in keys]
