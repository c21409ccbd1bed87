"""Deviations between two copies as a province reads them: one row each, personal values masked."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from xueji.reports.masking import mask_id_number, mask_name

Mask = Literal["none", "name", "number", "date", "place"]
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
BLANK = "（空）"


@dataclass(frozen=True)
class Deviation:
    """One row to be explained. `subject` is the key of a record, a field or a school; `mask` says what its values are."""

    number: str
    check: str  # Chinese title
    school_code: str | None
    school_name: str | None
    field: str | None  # Chinese label
    subject: str
    local_value: str | None
    central_value: str | None
    has_values: bool  # two values stand against each other, of which one may be blank
    mask: Mask
    records: int
    is_grouped: bool
    examples: str | None
    first_seen: date
    mended_on: date | None
    explanation: str | None
    remedy: str | None
    explained_by: str | None
    explained_on: date | None

    @property
    def about(self) -> str:
        """The record or records, by their keys."""
        if not self.is_grouped:
            return self.subject
        return f"共{self.records:,}条，如：{self.examples}" if self.examples else f"共{self.records:,}条"

    def shown(self, value: str | None) -> str:
        """A value as it may be read in the workbook."""
        if value is None:
            return BLANK if self.has_values else ""
        return masked(value, self.mask)


def masked(value: str, mask: Mask) -> str:
    """The value without what it tells of a person beyond need: both systems have it in full."""
    if mask == "name":
        return mask_name(value)
    if mask == "number":
        return mask_id_number(value)
    if mask == "date":
        year = _YEAR.match(value)
        return f"{year[0]}-**-**" if year else "*" * len(value)
    if mask == "place":
        return value[:6] + "*" * (len(value) - 6)
    return value
