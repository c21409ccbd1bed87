"""Approved schools, and students found in class: what a unit, or the ministry, delivered last stands until it delivers again."""

from xueji.assets.engine import Engine
from xueji.assets.landing_folder import Landing
from xueji.assets.standing_tables import StandingTable, take_in_standing
from xueji.assets.verification_columns import APPROVED_SCHOOLS, ATTENDING_STUDENTS
from xueji.checks.rosters import ROSTER_RULES, judged_approved_sql, judged_attending_sql

TABLES = (
    StandingTable(
        "approved_schools", APPROVED_SCHOOLS, judged_approved_sql, ROSTER_RULES, "place_code, school_name, school_code"
    ),
    StandingTable(
        "attending_students",
        ATTENDING_STUDENTS,
        judged_attending_sql,
        ROSTER_RULES,
        "school_code, grade, class_no, name, birth_date, student_no, id_number",
    ),
)


def take_in_rosters(engine: Engine, landing: Landing, night: str) -> int:
    """Take in the lists that were delivered on the night. Returns the rows written; 0 when nothing came."""
    return sum(take_in_standing(engine, landing, night, table) for table in TABLES)
