"""What the register's owner is asked: the (number, name) pairs not yet answered."""

from pathlib import Path

from xueji.assets.change_checks import lay_out_corrected
from xueji.assets.engine import Engine
from xueji.assets.export import write_query
from xueji.checks.change_check import waiting_changes_sql
from xueji.checks.sound_number import IS_NUMBER_SOUND

# Numbers that a rule already finds wrong in themselves are not asked about.
_REQUEST_SQL = f"""
    select distinct id_number as "身份证件号", name as "姓名"
    from {{students}} as s
    where name is not null and {IS_NUMBER_SOUND}
        and not exists (
            select 1 from identity_answers as a where a.id_key = s.id_key and a.name_folded is not distinct from s.name_folded
        )
"""


def write_identity_request(engine: Engine, file: Path) -> int:
    """Write the new or changed pairs, also those of corrected records that wait for their check. Returns how many."""
    with engine.session() as connection:
        query = _REQUEST_SQL.format(students="core_students")
        if lay_out_corrected(connection, waiting_changes_sql("select * from cases")):
            query += f" union {_REQUEST_SQL.format(students='corrected_students')}"
        return write_query(connection, f"select * from ({query}) as pairs order by all", file)
