"""What every rule owes its readers and the tables it feeds."""

import re
from pathlib import Path

import pytest

from xueji.checks import catalogue
from xueji.checks.catalogue import MATCH_RULES, PAIR_RULES, QUERY_RULES, ROW_RULES, RULES, row_findings_sql, sentence
from xueji.checks.model import PROBLEM_TYPES
from xueji.checks.name_comparison import candidate_pairs_sql, compare_names, pair_findings_sql
from xueji.checks.tables import CORE_POPULATION, CORE_READ, CORE_SCHOOLS, PART_COLUMNS

CHECKS = Path(catalogue.__file__).parent
CHINESE = re.compile(r"[一-鿿]")
# The functions and keywords before a bracket that DuckDB and Spark both know and mean alike (style guide).
PORTABLE_WORDS = {
    "and", "as", "between", "by", "case", "cast", "coalesce", "count", "dense_rank", "else", "exists", "extract", "from", "in",
    "join", "length", "max", "md5", "min", "not", "on", "or", "over", "replace", "row_number", "substr", "sum", "then",
    "translate", "try_cast", "when", "where",
}  # fmt: skip
FORBIDDEN = ("qualify", "::", "exclude", "* replace", "//", "regexp", "strptime")

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def columns_of(tables, query):
    return {name: kind.lower() for name, kind, *_ in tables.connection.execute(f"describe {query}").fetchall()}


def test_ids_are_unique_and_every_rule_is_of_one_kind():
    assert (
        len({rule.id for rule in RULES})
        == len(RULES)
        == len(ROW_RULES) + len(QUERY_RULES) + len(PAIR_RULES) + len(MATCH_RULES)
    )


@each_rule
def test_module_and_test_bear_the_rules_name(rule):
    assert (CHECKS / f"{rule.id}.py").is_file()
    assert (Path(__file__).parent / f"test_{rule.id}.py").is_file()
    assert catalogue.rule(rule.id) is rule


def test_no_rule_module_is_left_out():
    modules = {
        path.stem
        for path in CHECKS.glob("*.py")
        if re.search(r"^RULE = ", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert modules == {rule.id for rule in RULES}


@each_rule
def test_rule_speaks_chinese_and_names_its_source(rule):
    assert rule.problem_type in PROBLEM_TYPES
    assert CHINESE.search(rule.title) and rule.source
    assert rule.reasons
    for text in rule.reasons.values():
        assert CHINESE.search(text)


@pytest.mark.parametrize("rule", ROW_RULES, ids=lambda rule: rule.id)
def test_each_reason_of_a_row_rule_has_its_sentence(rule):
    assert {condition.reason or "" for condition in rule.conditions} == set(rule.reasons)
    for condition in rule.conditions:
        assert sentence(rule.id, condition.reason) == rule.reasons[condition.reason or ""]


def test_row_findings_have_the_columns_of_a_finding(tables):
    found = columns_of(tables, row_findings_sql(ROW_RULES))
    assert (found, list(found)) == (PART_COLUMNS, list(PART_COLUMNS))


@pytest.mark.parametrize("rule", QUERY_RULES, ids=lambda rule: rule.id)
def test_query_findings_have_the_columns_of_a_finding(tables, rule):
    found = columns_of(tables, rule.findings_sql("core_students"))
    assert (found, list(found)) == (PART_COLUMNS, list(PART_COLUMNS))


def test_pair_findings_have_the_columns_of_a_finding(tables):
    tables.connection.register(
        "compared_names", compare_names(tables.rows(candidate_pairs_sql("core_students"))).to_arrow()
    )
    found = columns_of(tables, pair_findings_sql("compared_names"))
    assert (found, list(found)) == (PART_COLUMNS, list(PART_COLUMNS))


def test_core_tables_have_their_columns(findings, tables):
    findings(RULES[0], [{}])
    for table in (CORE_READ, CORE_SCHOOLS, CORE_POPULATION):
        found = columns_of(tables, table.name)
        assert found.items() >= table.columns.items()
        assert set(found) - set(table.columns) == set(table.derived) | ({"as_of"} if table is CORE_READ else set())


SQL_TEXTS = {
    **{rule.id: row_findings_sql([rule]) for rule in ROW_RULES},
    **{rule.id: rule.findings_sql("core_students") for rule in QUERY_RULES},
    "candidate_pairs": candidate_pairs_sql("core_students"),
    "pair_findings": pair_findings_sql("compared_names"),
}


@pytest.mark.parametrize("name", SQL_TEXTS)
def test_rules_keep_to_the_portable_words(name):
    text = re.sub(r"'(?:[^']|'')*'", "''", SQL_TEXTS[name].lower())
    words = set(re.findall(r"([a-z_][a-z_0-9]*)\s*\(", text))
    tables_and_steps = set(re.findall(r"([a-z_0-9]+) as \(", text))
    assert words - tables_and_steps <= PORTABLE_WORDS
    assert not [word for word in FORBIDDEN if word in text]
