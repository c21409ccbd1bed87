"""The words of the rules of verification, as workbooks say them: matters, stages and reasons of the number batch, remedies of refusals."""

from collections.abc import Mapping

from xueji.assets.verification_sources import MatterWords, Words
from xueji.checks.business import business_faults
from xueji.checks.campaign_rules import CAMPAIGN_RULES
from xueji.checks.form_rules import FORM_RULES
from xueji.checks.number_batch import REASONS, STAGES
from xueji.checks.photo_rules import PHOTO_RULES
from xueji.checks.rosters import ROSTER_RULES
from xueji.checks.storage_plan import STORAGE_RULES
from xueji.checks.verification_matters import MATTERS


def verification_words() -> Words:
    """What matters, stages and reasons are called."""
    matters = {
        code: MatterWords(matter.title, matter.actor, matter.to_do, matter.group) for code, matter in MATTERS.items()
    }
    return Words(matters, STAGES, REASONS)


def remedies(night: str) -> Mapping[str, str]:
    """What a sender does about a refused row, by rule id."""
    known = {fault.id: fault.remedy for fault in (*business_faults(night), *ROSTER_RULES.values())}
    known |= {rule.id: rule.remedy for rule in CAMPAIGN_RULES.values()}
    known |= {rule.id: rule.remedy for rule in FORM_RULES.values()}
    known |= {rule.id: rule.remedy for rule in PHOTO_RULES.values()}
    return known | {rule.id: rule.remedy for rule in STORAGE_RULES.values()}
