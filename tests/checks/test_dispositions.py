"""Which disposition is allowed: every lookup has an answer, and the answers are those of the notice and the 2017 help."""

from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from xueji.checks.dispositions import (
    CASE_TYPES,
    OPERATIONS,
    PREFIXES,
    allowed_operations,
    dated_rows,
    disposition,
    materials_text,
    number_prefix,
    page,
)

NOTICE, BEFORE_HELP, HELP = date(2015, 3, 25), date(2017, 3, 31), date(2017, 4, 1)
NUMBERS = dict(zip(PREFIXES, ("G440101199901010011", "L440101199901010011", "J440101199901010011", None), strict=True))
PAPERS = ("在校证明", "户口簿|身份证正面+身份证反面|回执")
KINDS = {"在校证明", "户口簿", "身份证正面", "身份证反面", "回执", "说明"}
ALL = OPERATIONS

ALLOWED = [
    # day, problem_type, prefix, out of school, allowed, why
    (NOTICE, "DUP_ID", "L", False, ALL, "notice 1"),
    (NOTICE, "DUP_ID", "J", False, ALL, "2015 guide names only G"),
    (NOTICE, "DUP_ID", "-", None, ALL, "no number, state unknown: in school"),
    (NOTICE, "DUP_ID", "G", False, ("佐证",), "G not deleted, not changed"),
    (BEFORE_HELP, "ERR_NAME", "G", False, ("佐证",), "last day of the 2015 rules"),
    (HELP, "ERR_NAME", "G", False, ALL, "first day of the 2017 rules"),
    (HELP, "DUP_ID", "L", False, ALL, "2017: L attested too"),
    (NOTICE, "ERR_NOTFOUND", "-", False, ALL, "notice 1: mismatch may be attested"),
    (NOTICE, "ERR_ID", "L", False, ("删除", "变更"), "wrong in itself: nothing to attest"),
    (NOTICE, "ERR_ID", "G", False, ("变更",), "G with a wrong number: not deleted, not attested"),
    (HELP, "ERR_ID", "G", False, ("删除", "变更"), "2017: still not attested"),
    (NOTICE, "CHG_ID", "-", False, ("变更",), "before 2017 only change"),
    (HELP, "CHG_ID", "-", False, ALL, "2017: general flow"),
    (NOTICE, "DUP_ID", "L", True, ("删除",), "not at the school"),
    (NOTICE, "DUP_NSB", "G", True, ("删除",), "not at the school, formal number"),
    (HELP, "CHG_ID", "J", True, ("删除",), "not at the school, 2017"),
]


@pytest.mark.parametrize(("day", "kind", "prefix", "is_out", "allowed", "why"), ALLOWED, ids=[c[-1] for c in ALLOWED])
def test_allows_what_the_rules_say(day, kind, prefix, is_out, allowed, why):
    assert allowed_operations(kind, NUMBERS[prefix], is_out, day) == allowed


AUDITS = [
    # day, prefix, operation, evidence, audit
    (NOTICE, "L", "删除", (), ()),
    (HELP, "L", "删除", (), ()),
    (HELP, "G", "删除", ("说明",), ("province", "ministry")),
    (HELP, "J", "删除", ("说明",), ("province", "ministry")),
    (HELP, "G", "佐证", PAPERS, ("authority",)),
    (NOTICE, "-", "变更", PAPERS, ("authority",)),
]


@pytest.mark.parametrize(("day", "prefix", "operation", "evidence", "audit"), AUDITS)
def test_names_evidence_and_audit(day, prefix, operation, evidence, audit):
    found = disposition("DUP_ID", NUMBERS[prefix], False, day, operation)
    assert (found.is_allowed, found.evidence, found.audit) == (True, evidence, audit)
    assert found.rule_set == str(day.year)


def test_every_lookup_has_an_answer():
    """Types × prefixes × states on every day from the notice to 2030: exactly one answer, and never nothing to do."""
    days = [NOTICE + timedelta(days=count) for count in range((date(2030, 12, 31) - NOTICE).days + 1)]
    edges = {row.effective_from for row in dated_rows()} | {row.effective_to for row in dated_rows()} - {date.max}
    assert edges <= set(days)
    seen = set()
    for kind, prefix, is_out, day in product(CASE_TYPES, PREFIXES, (False, True), days):
        found = tuple(disposition(kind, NUMBERS[prefix], is_out, day, operation) for operation in OPERATIONS)
        seen.add((kind, prefix, is_out, found))
    for kind, prefix, is_out, found in seen:
        assert any(one.is_allowed for one in found), f"{kind} {prefix} {is_out}: nothing may be done"
        assert all(one.is_allowed or not (one.evidence or one.audit) for one in found)
        if is_out:
            assert [one.operation for one in found if one.is_allowed] == ["删除"]
        for one in found:
            if one.is_allowed and one.operation != "删除":
                assert (one.evidence, one.audit) == (PAPERS, ("authority",))


def test_every_row_can_decide():
    """No row stands behind others that take all its cases."""
    deciding = {
        disposition(kind, NUMBERS[prefix], is_out, day, operation)
        for kind, prefix, is_out, operation in product(CASE_TYPES, PREFIXES, (False, True), OPERATIONS)
        for day in (NOTICE, HELP)
    }
    assert {row.disposition for row in dated_rows()} <= deciding


def test_every_row_quotes_its_clause_in_known_words():
    for row in dated_rows():
        assert row.disposition.clause and len(row.disposition.clause) < 260
        assert row.problem_type in CASE_TYPES and row.number_prefix in (*PREFIXES, "*")
        assert row.student_state in ("in_school", "out_of_school", "*")
        kinds = {kind for need in row.disposition.evidence for choice in need.split("|") for kind in choice.split("+")}
        assert kinds <= KINDS


@pytest.mark.parametrize(
    ("student_no", "prefix"),
    [("G1", "G"), ("g1", "G"), ("Ｇ1", "G"), (" L1", "L"), ("j1", "J"), ("2015001", "-"), ("", "-"), (None, "-")],
)
def test_prefix(student_no, prefix):
    assert number_prefix(student_no) == prefix


def test_unknown_lookups_are_errors():
    with pytest.raises(LookupError):
        disposition("MISSING", None, False, HELP, "删除")
    with pytest.raises(LookupError):
        disposition("DUP_ID", None, False, HELP, "保留")
    with pytest.raises(LookupError):
        disposition("DUP_ID", None, False, date(2015, 3, 24), "删除")


def test_materials_as_a_list_prints_them():
    usual = "加盖学校公章的在校证明；户口簿、身份证正反两面或户籍部门回执的扫描件"
    assert materials_text("DUP_ID", "L1", False, HELP) == f"佐证、变更：{usual}"
    assert materials_text("ERR_ID", "L1", False, HELP) == f"变更：{usual}"
    assert materials_text("DUP_ID", "G1", False, HELP) == f"佐证、变更：{usual}。删除：加盖学校公章的情况说明"
    assert materials_text("DUP_ID", "L1", True, HELP) == ""


def test_page_is_the_file():
    written = Path(__file__).parents[2] / "docs" / "dispositions.md"
    assert written.read_text(encoding="utf-8") == page() + "\n"
