"""What the duplicate rules share: the scope of a group of records, its key, and one finding a party."""

from xueji.checks.tables import part_columns_sql


def scope_sql() -> str:
    """Text SQL over a windowed party: the lowest level that holds all parties of its group (docs/architecture.md, Places)."""

    def is_one(column: str) -> str:
        window = "over (partition by group_text)"
        return f"count({column}) {window} = count(*) {window} and min({column}) {window} = max({column}) {window}"

    levels = (("school_code", "school"), ("county_code", "county"), ("city_code", "city"), ("unit_code", "province"))
    cases = " ".join(f"when {is_one(column)} then '{level}'" for column, level in levels)
    return f"case {cases} else 'national' end"


def party_findings_sql(hits: str, prefix: str, reason: str, severity: str, **values: str) -> str:
    """A findings query, one row a party.

    `hits` is a query for the parties: the columns of core_students and `group_text`, the value they share. `reason` is
    text SQL and may use windows over `group_text`. The group's key is the same night after night, for the same value. `values`
    go before what is said here.
    """
    values = {
        "reason": reason,
        "severity": f"'{severity}'",
        "group_key": f"'{prefix}-' || substr(md5(group_text), 1, 16)",
        "scope": scope_sql(),
        "detail": "'共' || cast(count(*) over (partition by group_text) as varchar) || '条学籍'",
        **values,
    }
    return f"""
        select {part_columns_sql(values)}
        from (
            select hits.*, core_schools.county_code, core_schools.city_code
            from ({hits}) as hits
            left join core_schools on core_schools.school_code = hits.school_code
        ) as parties
    """
