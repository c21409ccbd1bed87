"""A connection that sees the lake's tables. A view is made when a query first names its table: most sessions name few of many."""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from threading import Lock
from typing import Any, Self

import duckdb

_WORD = re.compile(r"\w+")


class LakeSession:
    """Stands for a DuckDB connection, and makes each view of `views` (name → query) before the first query that names it.

    The queries were written when the session began, so every table is seen as it stood then, whenever it is asked for. All else is
    the connection's own.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, views: dict[str, str], lock: AbstractContextManager[bool]
    ) -> None:
        self._connection = connection
        self._views = views  # not made yet; shared with cursors
        self._lock = lock

    def execute(self, query: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        self._make_views(query)
        return self._connection.execute(query, parameters)

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        self._make_views(query)
        return self._connection.sql(query)

    def cursor(self) -> "LakeSession":
        return LakeSession(self._connection.cursor(), self._views, self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)

    def _make_views(self, query: str) -> None:
        if not self._views:
            return
        named = set(_WORD.findall(query))
        with self._lock:
            for name in [view for view in self._views if view in named]:
                self._connection.execute(f"create view {name} as {self._views.pop(name)}")


def lake_session(connection: duckdb.DuckDBPyConnection, views: Mapping[str, str]) -> duckdb.DuckDBPyConnection:
    """The connection with views to be made when they are named."""
    session: Any = LakeSession(connection, dict(views), Lock())  # it does all that is asked of a connection
    return session
