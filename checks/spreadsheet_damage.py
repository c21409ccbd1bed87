"""Files whose numbers a spreadsheet flattened: only fifteen digits survive, the rest become 000 or an exponent.

One finding a file. A single number may end in 000 by chance, so a file is judged by how many of its numbers are broken.
"""

from xueji.checks.id_number import DIGITS, check_character_sql, is_well_formed_sql
from xueji.checks.model import QueryRule

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


def number_counts_sql(numbers: str) -> str:
    """One row a unit and file. `numbers` is a query for unit_code, file, id_number (type 1, normalised, not blank)."""
    return f"""
        select
            unit_code,
            file,
            count(*) as number_count,
            sum(case when {is_zero_ending_sql("id_number")} then 1 else 0 end) as zero_ending_count,
            sum(case when {is_scientific_sql("id_number")} then 1 else 0 end) as scientific_count
        from ({numbers}) as numbers
        group by unit_code, file
    """


def damaged_files_sql(numbers: str) -> str:
    """The rows of `number_counts_sql` whose file is damaged."""
    return f"""
        select *
        from ({number_counts_sql(numbers)}) as counts
        where zero_ending_count + scientific_count >= {LEAST_COUNT}
            and 100 * (zero_ending_count + scientific_count) >= {LEAST_PERCENT} * number_count
    """


def findings_sql() -> str:
    """One row a damaged file; it names no school and no student."""
    numbers = """
        select unit_code, file, id_number
        from core_students
        where is_damaged_file and id_type = '1' and id_number is not null
    """
    return f"""
        select
            case when zero_ending_count >= scientific_count then 'zero_endings' else 'scientific' end as reason,
            '{RULE.severity}' as severity,
            unit_code,
            cast(null as varchar) as school_code,
            cast(null as varchar) as student_no,
            cast(null as varchar) as name,
            cast(null as varchar) as id_number,
            cast(null as varchar) as group_key,
            cast(null as varchar) as scope,
            '文件共有' || cast(number_count as varchar) || '个身份证号，其中'
                || cast(zero_ending_count + scientific_count as varchar) || '个被电子表格改写' as detail,
            cast(null as varchar) as record_key,
            cast(null as integer) as grade,
            cast(null as varchar) as class_no,
            file
        from ({damaged_files_sql(numbers)}) as damaged
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
