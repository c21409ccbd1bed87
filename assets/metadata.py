"""What Dagster shows of a step: counts and codes, never a person's values."""

import dagster as dg
import duckdb


def counts_markdown(connection: duckdb.DuckDBPyConnection, query: str) -> dg.MarkdownMetadataValue:
    """The query's rows as a Markdown table. Only for queries that return codes and counts."""
    result = connection.execute(query)
    heads = [column[0] for column in result.description or ()]
    lines = [heads, ["---"] * len(heads), *result.fetchall()]
    return dg.MetadataValue.md("\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines))
