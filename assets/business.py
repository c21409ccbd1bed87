"""Registry business (学籍异动) as units deliver it: what a unit delivered last stands until it delivers again."""

from xueji.assets.engine import Engine
from xueji.assets.landing_folder import Landing
from xueji.assets.standing_tables import StandingTable, take_in_standing
from xueji.assets.verification_columns import BUSINESS
from xueji.checks.business import BUSINESS_RULES, judged_business_sql

TABLE = StandingTable("business", BUSINESS, judged_business_sql, BUSINESS_RULES, "business_no")


def take_in_business(engine: Engine, landing: Landing, night: str) -> int:
    """Take in the business that units delivered on the night. Returns the rows written; 0 when nothing came."""
    return take_in_standing(engine, landing, night, TABLE)
