"""What the register's owner is asked: the (number, name) pairs not yet answered."""

from pathlib import Path

from xueji.assets.engine import Engine
from xueji.assets.export import write_query
from xueji.checks.sound_number import IS_NUMBER_SOUND

# Numbers that a rule already finds wrong in themselves are not asked about.
REQUEST_SQL = f"""
    select distinct id_number as "身份证件号", name as "姓名"
    from core_students as s
    where name is not null and {IS_NUMBER_SOUND}
        and not exists (
            select 1 from identity_answers as a where a.id_key = s.id_key and a.name_folded is not distinct from s.name_folded
        )
"""


def write_identity_request(engine: Engine, file: Path) -> int:
    """Write the new or changed pairs. Returns how many."""
    with engine.session() as connection:
        return write_query(connection, REQUEST_SQL + " order by all", file)
