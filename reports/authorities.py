"""What the education authorities are called."""

from xueji.checks.divisions import CORPS, MUNICIPALITIES
from xueji.checks.model import UNITS


def authority_name(unit_code: str) -> str:
    """The provincial education authority; municipalities have an education committee."""
    if unit_code == CORPS:
        return UNITS[unit_code] + "教育局"
    return UNITS[unit_code] + ("教育委员会" if unit_code in MUNICIPALITIES else "教育厅")
