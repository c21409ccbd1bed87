"""What every rule for refusing a row says to its sender."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RefusalRule:
    """Why something is not taken, and what its sender does about it, in Chinese.

    `sentence` may hold {} for what was found: a field's title, a day, an office, a count. Never a person's data.
    """

    id: str
    sentence: str
    remedy: str
