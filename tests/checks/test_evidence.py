"""Which scans meet a requirement, and what a scan's name says."""

import pytest

from xueji.checks.dispositions import dated_rows
from xueji.checks.evidence import EVIDENCE_KINDS, alternatives, is_one_sided, read_evidence_name, unmet

ATTENDANCE, IDENTITY = "在校证明", "户口簿|身份证正面+身份证反面|回执"
CASE = "XJ44-261119-000001"
KINDS = [
    ({"在校证明", "户口簿"}, ()),
    ({"在校证明", "回执"}, ()),
    ({"在校证明", "身份证正面", "身份证反面"}, ()),
    ({"在校证明", "身份证正面"}, (IDENTITY,)),
    ({"户口簿", "说明"}, (ATTENDANCE,)),
    (set(), (ATTENDANCE, IDENTITY)),
]
NAMES = [
    (f"{CASE}_户口簿.jpg", (CASE, "户口簿")),
    (f"{CASE}_户口簿_2.JPG", (CASE, "户口簿")),
    (f"{CASE}_户口簿 (2).pdf", (CASE, "户口簿")),
    (f"{CASE.lower()}＿在校证明.png", (CASE, "在校证明")),
    (f" {CASE}_身份证正面", (CASE, "身份证正面")),
    (f"{CASE}_户口本.jpg", (CASE, None)),
    (f"{CASE}.jpg", (None, None)),
    ("户口簿.jpg", (None, None)),
    ("IMG_2031.jpg", (None, None)),
]


@pytest.mark.parametrize(("kinds", "lacking"), KINDS, ids=["、".join(sorted(case[0])) or "none" for case in KINDS])
def test_says_what_is_lacking(kinds, lacking):
    assert unmet((ATTENDANCE, IDENTITY), kinds) == lacking


def test_one_side_of_a_card_is_told_apart():
    assert is_one_sided(IDENTITY, {"在校证明", "身份证反面"})
    assert not is_one_sided(IDENTITY, {"在校证明"})
    assert not is_one_sided(ATTENDANCE, {"身份证反面"})


@pytest.mark.parametrize(("name", "said"), NAMES, ids=range(len(NAMES)))
def test_reads_a_scans_name(name, said):
    found = read_evidence_name(name)
    assert (found.case_no, found.kind) == said


def test_every_requirement_is_made_of_known_kinds():
    needed = {
        kind
        for row in dated_rows()
        for text in row.disposition.evidence
        for kinds in alternatives(text)
        for kind in kinds
    }
    assert needed and needed <= set(EVIDENCE_KINDS)
