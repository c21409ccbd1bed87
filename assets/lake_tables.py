"""Every table of the lake: those of `checks/tables.py` and `checks/verification_tables.py`, and one findings table for the row rules and for each other rule."""

from xueji.checks.catalogue import QUERY_RULES
from xueji.checks.tables import TABLES, findings_part
from xueji.checks.verification_tables import VERIFICATION_TABLES

ROW_FINDINGS = "findings_row_rules"
IDENTITY_FINDINGS = "findings_identity"  # of the pair rules: names compared with the register
SUSPECT_FINDINGS = "findings_suspected_duplicate"  # of registrations matched by weights
QUERY_FINDINGS = {f"findings_{rule.id}": rule for rule in QUERY_RULES}
FINDINGS_PARTS = (ROW_FINDINGS, *QUERY_FINDINGS, IDENTITY_FINDINGS, SUSPECT_FINDINGS)

LAKE_TABLES = (
    TABLES
    | {table.name: table for table in VERIFICATION_TABLES}
    | {name: findings_part(name) for name in FINDINGS_PARTS}
)
