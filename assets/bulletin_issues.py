"""Number, day and office under which a bulletin was issued, as its office says."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from xueji.assets.engine import Engine
from xueji.assets.records import create_from, schema_of
from xueji.checks.model import XuejiError


@dataclass(frozen=True)
class Issue:
    """What an office says of its bulletin; null where it says nothing, which leaves what it said before."""

    document_number: str | None
    issued_on: date | None
    issuer: str | None


def note_issue(engine: Engine, month: str, code: str, issue: Issue) -> None:
    """Keep what is said of an area's bulletin of a month, for every rendering from now on.

    Raises XuejiError when there are no figures of the area in that month, or it was issued before the day they are of.
    """
    with engine.session() as connection:
        as_of = connection.execute(
            "select max(as_of) from progress where month = ? and code = ?", [month, code]
        ).fetchall()[0][0]
        if as_of is None:
            raise XuejiError(f"bulletin {month} of {code}: no figures, so nothing that could have been issued")
        if issue.issued_on is not None and issue.issued_on < as_of:
            raise XuejiError(
                f"bulletin {month} of {code}: issued on {issue.issued_on}, expected a day not before its figures', {as_of}"
            )
        row = {"month": month, "code": code, **vars(issue)}
        create_from(connection, "said", pl.DataFrame([row], schema=schema_of("bulletin_issues")))
        engine.replace_table(
            "bulletin_issues",
            """
            select
                month, code,
                coalesce(said.document_number, kept.document_number) as document_number,
                coalesce(said.issued_on, kept.issued_on) as issued_on,
                coalesce(said.issuer, kept.issuer) as issuer
            from said full join bulletin_issues as kept using (month, code)
            """,
            connection,
        )
