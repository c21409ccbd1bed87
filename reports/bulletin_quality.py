"""What a bulletin tells of data quality: three classes of problems, and the composite index with its formula."""

from dataclasses import dataclass

from xueji.checks.model import PROBLEM_TYPES
from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import Cell, Change, Facts
from xueji.reports.bulletin_pending import Line, ProblemLine, problem_line
from xueji.reports.bulletin_places import Place
from xueji.reports.indicator_definitions import CLASS_TITLES
from xueji.reports.indicator_register import describe

PART_TITLES = {name: describe(name).title for name in ind.QUALITY_PARTS}


@dataclass(frozen=True)
class ClassTally:
    """The parts of a place that are of one class."""

    title: str
    parts: int
    names: tuple[str, ...]  # of the best class only: good ones are named


@dataclass(frozen=True)
class QualitySection:
    lines: tuple[ProblemLine, ...]
    coverage: Cell
    part_rates: tuple[Line, ...]  # in the order of the formula
    index: Cell
    class_title: str | None
    means: tuple[Line, ...]  # the index of the areas the place lies in
    tallies: tuple[ClassTally, ...]  # of its parts; empty without any
    not_told: int  # parts whose class is withheld

    @property
    def changes(self) -> tuple[tuple[str, Change], ...]:
        return tuple((line.title, line.change) for line in self.lines)

    @property
    def is_worked(self) -> bool:
        """Whether the index can be worked out from what is printed."""
        return all(cell.is_number for cell in (self.index, self.coverage, *(cell for _, cell in self.part_rates)))


def class_title(cell: Cell) -> str | None:
    return None if cell.value is None else CLASS_TITLES[round(cell.value) - 1]


def class_bounds() -> tuple[tuple[str, str], ...]:
    """The classes with the least index of each, as the formula's explanation prints them: (优, 99)."""
    return tuple((title, f"{bound:g}") for title, bound in zip(CLASS_TITLES[:-1], ind.QUALITY_BOUNDS, strict=True))


def _tallies(facts: Facts, code: str) -> tuple[tuple[ClassTally, ...], int]:
    parts = facts.parts(code)
    cells = {part: facts.figure(part.code, ind.QUALITY_CLASS, 0) for part in parts}
    names: dict[str, list[str]] = {title: [] for title in CLASS_TITLES}
    for part, cell in cells.items():
        if title := class_title(cell):
            names[title].append(part.short_name)
    best = CLASS_TITLES[0]
    tallies = (
        ClassTally(title, len(found), tuple(found) if title == best else ()) for title, found in names.items() if found
    )
    large = (part for part in parts if facts.number(part.code, ind.STUDENTS) >= ind.RATE_MIN_STUDENTS)
    return tuple(tallies), sum(cells[part].is_mark for part in large)


def quality_section(facts: Facts, place: Place) -> QualitySection:
    code = place.code
    tallies, not_told = _tallies(facts, code)
    return QualitySection(
        tuple(problem_line(facts, code, ind.quality(kind), PROBLEM_TYPES[kind].title) for kind in ind.QUALITY_TYPES),
        facts.figure(code, ind.COVERAGE_PERCENT),
        tuple((title, facts.figure(code, name)) for name, title in PART_TITLES.items()),
        facts.figure(code, ind.QUALITY_INDEX),
        class_title(facts.figure(code, ind.QUALITY_CLASS, 0)),
        tuple((area.name, facts.figure(area.code, ind.QUALITY_INDEX)) for area in place.above),
        tallies,
        not_told,
    )
