"""The words that the workbooks of verification take over from the rules."""

import pytest

from xueji.assets.verification_words import remedies, verification_words
from xueji.checks.campaign_rules import CAMPAIGN_RULES
from xueji.checks.form_rules import FORM_RULES
from xueji.checks.photo_rules import PHOTO_RULES
from xueji.checks.verification_matters import MATTERS


@pytest.mark.parametrize("code", MATTERS)
def test_every_kind_of_matter_is_told_in_words(code: str) -> None:
    said = verification_words().matters[code]
    assert said.title and said.remedy and said.actor in ("school", "county", "city", "province")


def test_every_rule_of_a_refusal_says_what_to_do() -> None:
    known = remedies("2026-11-20")
    assert {*CAMPAIGN_RULES, *FORM_RULES, *PHOTO_RULES} <= set(known)
    assert all(known.values())
