"""The annexes (附件) of a bulletin, of every level: tables of an area's parts, or of its own figures."""

from xueji.reports import indicators as ind
from xueji.reports.bulletin_annexes_cases import (
    ages_annex,
    changes_annex,
    completion_annex,
    flow_annex,
    overdue_annex,
    pending_annex,
    rates_annex,
    scopes_annex,
)
from xueji.reports.bulletin_annexes_counties import counties_annex, schools_annex
from xueji.reports.bulletin_annexes_own import (
    own_flow_annex,
    own_index_annex,
    own_quality_annex,
    own_scopes_annex,
    rules_annex,
    types_annex,
)
from xueji.reports.bulletin_annexes_quality import delivery_annex, index_annex, quality_annex
from xueji.reports.bulletin_annexes_tables import MARKS_NOTE, Annex, Column, Row
from xueji.reports.bulletin_annexes_verification import verification_annexes
from xueji.reports.bulletin_facts import Facts

__all__ = ["MARKS_NOTE", "Annex", "Column", "Row", "annexes_of", "numbers_of"]


def annexes_of(facts: Facts, code: str) -> tuple[Annex, ...]:
    """The annexes of an area's bulletin. An area that is not divided, but for its schools, has tables of its own figures."""
    verification = verification_annexes(facts, code)
    if facts.parts(code):
        return (*_parts_annexes(facts, code), *verification, *_unit_annexes(facts, code))
    schools = (schools_annex(facts, code),) if facts.schools(code) else ()
    own = (own_quality_annex(facts, code), own_index_annex(facts, code))
    cases = (types_annex(facts, code), own_flow_annex(facts, code))
    return (*cases, *schools, *own, *verification, *_unit_annexes(facts, code))


def numbers_of(annexes: tuple[Annex, ...]) -> dict[str, int]:
    """The number of each annex by its key, for those that refer to it: pending → 1."""
    return {annex.key: number for number, annex in enumerate(annexes, start=1)}


def _parts_annexes(facts: Facts, code: str) -> tuple[Annex, ...]:
    is_national = facts.area(code).level == "national"
    return (
        pending_annex(facts, code),
        *(() if facts.is_first else (changes_annex(facts, code),)),
        types_annex(facts, code),
        flow_annex(facts, code),
        ages_annex(facts, code),
        overdue_annex(facts, code),
        completion_annex(facts, code),
        *(() if is_national else (counties_annex(facts, code),)),
        rates_annex(facts, code),
        quality_annex(facts, code),
        index_annex(facts, code),
    )


def _unit_annexes(facts: Facts, code: str) -> tuple[Annex, ...]:
    """Of figures that only the nation and its units have."""
    level = facts.area(code).level
    if level not in ind.UNIT_LEVELS:
        return ()
    scopes = scopes_annex(facts) if level == "national" else own_scopes_annex(facts, code)
    return (scopes, delivery_annex(facts, code), rules_annex(facts, code))
