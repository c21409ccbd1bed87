"""Schools' counts of one figure under their county's: a column, whose only sum is the county's figure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xueji.reports.suppression import BLOCKED, THRESHOLD, first_mark, move_price, moved_mark


@dataclass
class SchoolColumn:
    """The counts by school, none of them zero, and their marks while they are being found."""

    values: Mapping[str, int]
    marks: dict[str, str] = field(default_factory=dict)
    _carriers: dict[int, tuple[int, str]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.marks |= {code: mark for code, value in self.values.items() if (mark := first_mark(value))}

    def price(self, code: str, step: int) -> int:
        """What it costs that this school's count may be one more or one less."""
        value = self.values[code]
        return move_price(value, self.marks.get(code), step, value + 1)

    def carrier(self, step: int) -> tuple[int, str]:
        """The school whose count is the cheapest to be one more or one less, after the price."""
        if step not in self._carriers:
            self._carriers[step] = min(((self.price(code, step), code) for code in self.values), default=(BLOCKED, ""))
        return self._carriers[step]

    def move(self, code: str, step: int) -> None:
        """Withhold the count so that it may be one more or one less."""
        self.marks[code] = moved_mark(self.values[code], self.marks.get(code), step)
        self._carriers.clear()

    def unsafe(self, free_steps: set[int]) -> list[str]:
        """Schools whose withheld count follows from what is printed; `free_steps` are those the county's own count may take."""
        movable = {step: {code for code in self.marks if self.price(code, step) == 0} for step in (1, -1)}
        return [
            code
            for code in self.marks
            if not any(
                code in movable[step] and (step in free_steps or movable[-step] - {code}) for step in (1, -1)
            )
        ]  # fmt: skip

    def protect(self) -> None:
        """Withhold the smallest further count where the small ones cannot move among themselves, if there is one that can.

        Small counts cannot when there is but one, or when all are one, or all four.
        """
        for code in self._alone():
            pairs = (
                (self.price(code, step) + self.price(other, -step), step, other)
                for step in (1, -1)
                for other in self.values
                if other != code
            )
            price, step, other = min(pairs, default=(BLOCKED, 0, ""))
            if price < BLOCKED:
                self.move(code, step)
                self.move(other, -step)

    def _alone(self) -> list[str]:
        """One of the schools that need another: what helps the first helps all that are like it."""
        if len(self.marks) > 1 and {self.values[code] for code in self.marks} not in ({1}, {THRESHOLD - 1}):
            return []
        return self.unsafe(set())[:1]
