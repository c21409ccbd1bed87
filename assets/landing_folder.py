"""The landing folder: which delivery dates it holds and where each kind of file lies (design.md 3.1)."""

from datetime import date
from pathlib import Path

import dagster as dg

from xueji.checks.model import UNITS, XuejiError


class Landing(dg.ConfigurableResource):
    """The folder that provincial units deliver into."""

    path: str

    def folder(self, delivery_date: str) -> Path:
        return Path(self.path) / delivery_date

    def unit_folder(self, delivery_date: str, unit_code: str) -> Path:
        return self.folder(delivery_date) / unit_code


def delivery_dates(landing: Path) -> list[str]:
    """The folder's delivery dates, oldest first. Folders with other names are not deliveries."""
    if not landing.is_dir():
        raise XuejiError(f"{landing}: no such folder, expected a landing folder with YYYY-MM-DD folders in it")
    return sorted(folder.name for folder in landing.iterdir() if folder.is_dir() and is_date(folder.name))


def newest_date(landing: Path, not_after: str | None = None) -> str:
    """The newest delivery date, or the newest not after a given one. Raises XuejiError when there is none."""
    dates = [day for day in delivery_dates(landing) if not_after is None or day <= not_after]
    if not dates:
        limit = f" not after {not_after}" if not_after else ""
        raise XuejiError(f"{landing}: no delivery date{limit}, expected a folder named YYYY-MM-DD")
    return dates[-1]


def delivered_units(landing: Path, delivery_date: str) -> list[str]:
    """Codes of the units that have a folder for the date, in administrative order."""
    return [unit for unit in UNITS if (landing / delivery_date / unit).is_dir()]


def is_date(text: str) -> bool:
    """Whether `text` is a calendar date written YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
