"""From which figures on a bulletin names a part: bad figures by threshold, never as the last of a ranking."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Threshold:
    pending: int | None  # parts with more pending records are named; None: none are, the rates say more
    audits_overdue: int  # parts with more audits past ten working days are named
    rate_percent: int = 20  # parts that far above the mean rate are named
    completion_percent: int = 10  # parts that settled a smaller share since the previous bulletin are named
    audit_percent: int = 90  # parts whose audits are less complete are named
    upload_percent: int = (
        90  # parts where a smaller share of the confirmation forms was photographed and uploaded are named
    )


_OF_LEVEL = {
    "national": Threshold(None, 200),
    "province": Threshold(1000, 100),
    "city": Threshold(200, 20),
    "county": Threshold(None, 0),
}


def default_threshold(level: str) -> Threshold:
    return _OF_LEVEL[level]
