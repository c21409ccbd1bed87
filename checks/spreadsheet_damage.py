"""Files whose numbers a spreadsheet flattened: only fifteen digits survive, the rest become 000 or an exponent.

One finding a file. A single number may end in 000 by chance, so a file is judged by how many of its numbers are broken.
"""

from xueji.checks.id_number import DIGITS, check_character_sql, is_well_formed_sql
from xueji.checks.model import QueryRule
from xueji.checks.tables import RECORD_COLUMNS, part_columns_sql

LEAST_COUNT = 10
LEAST_PERCENT = 5


def is_scientific_sql(column: str) -> str:
    """Boolean SQL over a normalised number: 1.10105E+17 and the like."""
    return f"""(substr({column}, 2, 1) in ('.', 'E') and substr({column}, 1, 1) between '0' and '9'
        and translate({column}, '{DIGITS}.', '') in ('E', 'E+'))"""


def is_zero_ending_sql(column: str) -> str:
    """Boolean SQL over a normalised number: well formed, ends in 000, and its check character is wrong."""
    return f"""case when substr({column}, 16, 3) = '000'
        then case when {is_well_formed_sql(column)} then substr({column}, 18, 1) <> {check_character_sql(column)}
            else false end
        else false end"""


def number_counts_sql(number: str) -> str:
    """Select list over normalised type-1 numbers: how many there are, and how many a spreadsheet broke in either way."""
    return f"""count({number}) as number_count,
            count(case when {is_zero_ending_sql(number)} then 1 end) as zero_ending_count,
            count(case when {is_scientific_sql(number)} then 1 end) as scientific_count"""


# Boolean SQL over the counts of a file.
IS_DAMAGED = f"""(zero_ending_count + scientific_count >= {LEAST_COUNT}
    and 100 * (zero_ending_count + scientific_count) >= {LEAST_PERCENT} * number_count)"""


def findings_sql(students: str) -> str:
    """One row a damaged file; it names no school and no student."""
    values = {
        **dict.fromkeys(RECORD_COLUMNS),
        "reason": "case when zero_ending_count >= scientific_count then 'zero_endings' else 'scientific' end",
        "unit_code": "unit_code",
        "detail": """'文件共有' || cast(number_count as varchar) || '个身份证号，其中'
                || cast(zero_ending_count + scientific_count as varchar) || '个被电子表格改写'""",
        "file": "file",
    }
    return f"""
        select {part_columns_sql(values)}
        from (
            select unit_code, damaged_file as file, {number_counts_sql("id_number")}
            from {students} as students
            where damaged_file is not null and id_type = '1'
            group by unit_code, damaged_file
        ) as damaged
        where {IS_DAMAGED}
    """


RULE = QueryRule(
    id="spreadsheet_damage",
    problem_type="INVALID",
    title="文件中的身份证号被电子表格改写",
    source="数值单元格只保留15位有效数字（Excel 规格）;domain.md 3.4",
    reasons={
        "zero_endings": "文件中大量身份证号末尾变为000，是电子表格按数值保存所致，应将该列设为文本后重新导出、报送整个文件",
        "scientific": "文件中大量身份证号变为科学计数法（如1.1E+17）,是电子表格按数值保存所致，应将该列设为文本后重新导出、报送整个文件",
    },
    findings_sql=findings_sql,
)
