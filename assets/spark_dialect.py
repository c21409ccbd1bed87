"""The rules' SQL for Spark: one text, parsed as DuckDB's and written as Spark's by sqlglot, and every difference that it lets through.

sqlglot passes what it does not know as it stands, without an error. So the functions that a text may use are listed here (`KNOWN`),
a test holds every text against the list, and what means something else in Spark is rewritten below, a function a difference.
"""

from collections.abc import Callable, Sequence

import sqlglot
from sqlglot import ErrorLevel, exp

DUCKDB_HASH = "duckdb_hash"  # a function of the session: what DuckDB's hash() gives, 64 bits as a bigint
ONE_ROW_TABLES = ("name_sounds",)
# The functions whose meaning was looked up and tried in both, by sqlglot's names. Behind the line: those rewritten below.
KNOWN = frozenset({
    "Abs", "And", "AnyValue", "ArgMax", "Array", "ArrayAgg", "ArrayContains", "Case", "Cast", "Ceil", "Coalesce", "ConcatWs", "Count",
    "DateDiff", "DenseRank", "Exists", "Explode", "Floor", "Greatest", "If", "Least", "LogicalAnd", "LogicalOr", "Lower", "MD5", "Map",
    "Max", "Min", "Nullif", "Or", "Pad", "Replace", "RowNumber", "Split", "SplitPart", "Sqrt", "Substring", "Sum", "Translate",
    "TryCast", "Upper",
    # rewritten
    "ArrayOverlaps", "Extract", "GroupConcat", "Length", "ReadParquet", "RegexpFullMatch", "Trim", "Unicode", "hash", "list_extract",
})  # fmt: skip


def parsed(text: str) -> list[exp.Expression]:
    """The statements of a text in DuckDB's words."""
    return [statement for statement in sqlglot.parse(text, read="duckdb") if statement is not None]


def spark_sql(tree: exp.Expression) -> str:
    """The statement or query in Spark's words."""
    if strange := unknown_functions(tree):
        raise ValueError(f"{', '.join(sorted(strange))}: not known to mean the same in Spark (assets/spark_dialect.py)")
    tree = tree.copy()
    for rewrite in REWRITES:
        for node in reversed(list(tree.walk(bfs=True))):  # what is within a node before the node itself
            new = rewrite(node)
            if new is None:
                node.pop()
            elif new is not node:
                tree = new if node is tree else tree
                node.replace(new)
    return tree.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE)


def unknown_functions(tree: exp.Expression) -> set[str]:
    """The functions of a statement that stand in no list here."""
    return {function_name(node) for node in tree.find_all(exp.Func)} - KNOWN


def function_name(node: exp.Func) -> str:
    """How sqlglot calls a function, or the text itself where sqlglot does not know it."""
    return node.name.lower() if isinstance(node, exp.Anonymous) else type(node).__name__


def scans(tree: exp.Expression) -> list[exp.Table]:
    """The nodes that read Parquet files."""
    return [node for node in tree.find_all(exp.Table) if isinstance(node.this, exp.ReadParquet)]


def scanned_paths(scan: exp.Table) -> list[str]:
    """The files that a node reads."""
    listed = scan.this.expressions[0]
    return [path.name for path in (listed.expressions if isinstance(listed, exp.Array) else [listed])]


def replace_scan(scan: exp.Table, view: str) -> None:
    """Let a node read a view instead of files; it keeps its alias."""
    scan.replace(exp.table_(view, alias=scan.alias or None))


def one_row_as_variable(node: exp.Expression) -> exp.Expression | None:
    """A table of one row joined to all rows would be copied into each of them: its columns are variables of the session instead."""
    if isinstance(node, exp.Join) and isinstance(node.this, exp.Table) and node.this.name in ONE_ROW_TABLES:
        return None
    return node


def hash_of_duckdb(node: exp.Expression) -> exp.Expression:
    """hash() is DuckDB's own, and stands in the lake."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "hash":
        return exp.Anonymous(this=DUCKDB_HASH, expressions=node.expressions)
    return node


def shift_of_unsigned(node: exp.Expression) -> exp.Expression:
    """DuckDB shifts an unsigned hash; Spark's is signed, and its plain shift would keep the sign."""
    if isinstance(node, exp.BitwiseRightShift):
        return exp.Anonymous(this="shiftrightunsigned", expressions=[node.this, node.expression])
    return node


def whole_part_of_date(node: exp.Expression) -> exp.Expression:
    """extract() gives a bigint in DuckDB, an int in Spark: another hash below zero, and an overflow above."""
    if isinstance(node, exp.Extract) and not isinstance(node.parent, exp.Cast):
        return exp.cast(node, "bigint")
    return node


def whole_length(node: exp.Expression) -> exp.Expression:
    """length() and unicode() likewise."""
    if isinstance(node, exp.Length) and not isinstance(node.parent, exp.Cast):
        return exp.cast(node, "bigint")
    return node


def fraction_as_double(node: exp.Expression) -> exp.Expression:
    """A number with a point is a decimal in either; a quotient of them is a double in DuckDB, a decimal in Spark."""
    if (
        isinstance(node, exp.Literal)
        and not node.is_string
        and "." in node.name
        and not isinstance(node.parent, exp.Cast)
    ):
        return exp.cast(node, "double")
    return node


def quotient_as_double(node: exp.Expression) -> exp.Expression:
    """A quotient by nothing is null in DuckDB, an error in Spark; of whole numbers a double in both."""
    if isinstance(node, exp.Div):
        return exp.Anonymous(
            this="try_divide", expressions=[exp.cast(node.this, "double"), exp.cast(node.expression, "double")]
        )
    return node


def blank_characters(node: exp.Expression) -> exp.Expression:
    """trim() without characters takes every blank of Unicode in DuckDB, U+0020 alone in Spark."""
    if isinstance(node, exp.Trim) and node.expression is None:
        raise ValueError("trim() without a list of characters means something else in Spark")
    return node


def whole_match(node: exp.Expression) -> exp.Expression:
    """regexp_full_match()."""
    if isinstance(node, exp.RegexpFullMatch) or (
        isinstance(node, exp.Anonymous) and node.name.lower() == "regexp_full_match"
    ):
        text, pattern = (node.this, node.expression) if isinstance(node, exp.RegexpFullMatch) else node.expressions
        return exp.RegexpLike(this=text, expression=exp.Literal.string(rf"\A(?:{pattern.name})\z"))
    return node


def element(node: exp.Expression) -> exp.Expression:
    """list_extract(): from 1 on, null behind the end and at 0."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "list_extract":
        place = exp.Nullif(this=exp.cast(node.expressions[1], "int"), expression=exp.Literal.number(0))
        return exp.Anonymous(this="try_element_at", expressions=[node.expressions[0], place])
    return node


def overlap(node: exp.Expression) -> exp.Expression:
    """list_has_any()."""
    if isinstance(node, exp.ArrayOverlaps):
        return exp.Anonymous(this="arrays_overlap", expressions=[node.this, node.expression])
    return node


def pair_as_struct(node: exp.Expression) -> exp.Expression:
    """(a, b) as a value to order by."""
    if isinstance(node, exp.Tuple) and isinstance(node.parent, exp.ArgMax | exp.ArgMin):
        return exp.Anonymous(this="struct", expressions=node.expressions)
    return node


def joined_texts(node: exp.Expression) -> exp.Expression:
    """string_agg(distinct x, ',' order by x): Spark's listagg fails beside another distinct aggregate."""
    if not isinstance(node, exp.GroupConcat):
        return node
    order = node.this if isinstance(node.this, exp.Order) else None
    distinct = order.this if order else node.this
    if order is None or not isinstance(distinct, exp.Distinct) or isinstance(node.parent, exp.Filter):
        raise ValueError("of string_agg only string_agg(distinct x, ',' order by x) has a like in Spark")
    text = distinct.expressions[0]
    if [key.this for key in order.expressions] != [text]:
        raise ValueError("string_agg(distinct x) can be ordered by x alone")
    joined = exp.Anonymous(
        this="array_join",
        expressions=[f"array_sort(collect_set({text.sql('spark')}))", node.args["separator"]],
    )
    return exp.Case().when(exp.GT(this=exp.Count(this=text.copy()), expression=exp.Literal.number(0)), joined)


def distinct_list(node: exp.Expression) -> exp.Expression:
    """list(x order by y): sqlglot drops the order, without a word."""
    if isinstance(node, exp.ArrayAgg) and node.find(exp.Order):
        raise ValueError("an ordered list() has no like in Spark: order what is read from it")
    return node


REWRITES: Sequence[Callable[[exp.Expression], exp.Expression | None]] = (
    one_row_as_variable,
    hash_of_duckdb, shift_of_unsigned, whole_part_of_date, whole_length, fraction_as_double, quotient_as_double,
    blank_characters, whole_match, element, overlap, pair_as_struct, distinct_list, joined_texts,
)  # fmt: skip
