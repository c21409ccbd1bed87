"""The items of the confirmation form (确认表): what is printed, in which group, and which of them are key data (关键数据).

Annex 1 of 教基一厅〔2015〕2号 stands in no copy found: the items are the template's (domain.md 2.4) without internal ones, key data those
of domain.md 2.7. Provinces name further key items by their unit's code in `key_units`.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from xueji.checks.field_labels import FIELD_LABELS

ALL_UNITS = "all"


@dataclass(frozen=True)
class FormField:
    """One item of the form, in printed order."""

    field: str  # code of the live system
    group: str  # enrolment, person, contact, circumstances, travel, family
    is_required: bool
    key_units: tuple[str, ...]  # units in which it is key data; ("all",): everywhere

    @property
    def label(self) -> str:
        return FIELD_LABELS[self.field]

    def is_key(self, unit_code: str) -> bool:
        return ALL_UNITS in self.key_units or unit_code in self.key_units


def _read() -> tuple[FormField, ...]:
    with Path(__file__).with_name("form_fields.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            FormField(row["field"], row["group"], row["is_required"] == "yes", tuple(row["key_units"].split()))
            for row in csv.DictReader(file)
        )


FIELDS = {item.field: item for item in _read()}
FORM_FIELDS = tuple(FIELDS)
