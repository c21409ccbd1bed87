"""What every section of the scorecard counts, and how it is written down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """Of one rule, class or kind. `right` is found and true."""

    rule_id: str
    expected: int  # true
    found: int
    right: int

    @property
    def precision(self) -> float | None:
        """None when nothing was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """None when nothing was to be found."""
        return self.right / self.expected if self.expected else None

    @property
    def f1(self) -> float | None:
        """None when nothing was found and nothing to be found."""
        both = self.expected + self.found
        return 2 * self.right / both if both else None

    def cells(self) -> list[str]:
        """Cells of a table: true, found, precision, recall, F1."""
        shares = (share(value) for value in (self.precision, self.recall, self.f1))
        return [f"{self.expected:,}", f"{self.found:,}", *shares]


SCORE_HEADINGS = ("true", "found", "precision", "recall", "F1")


def share(value: float | None) -> str:
    """Three places, rounded down: 1.000 is all of them and nothing less."""
    return "–" if value is None else f"{int(value * 1000) / 1000:.3f}"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> list[str]:
    """Lines of a Markdown table with a blank line after it; the first `texts` columns are texts, the others numbers."""
    alignments = ["---"] * texts + ["---:"] * (len(headings) - texts)
    return [f"| {' | '.join(cells)} |" for cells in (headings, alignments, *rows)] + [""]
