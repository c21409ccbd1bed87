"""Where Dagster keeps runs, events and schedules: SQLite under DAGSTER_HOME, or PostgreSQL when the environment names one.

`dagster.yaml` cannot choose a storage class by itself; this class, named there, chooses.
"""

from typing import Any

from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData

from xueji.pipelines.settings import postgres_url


class XuejiStorage(DagsterSqliteStorage):
    """Becomes Dagster's PostgreSQL storage when XUEJI_POSTGRES_URL is set."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Any) -> Any:
        url = postgres_url()
        if url is None:
            return DagsterSqliteStorage.from_local(config_value["base_dir"], inst_data)
        from dagster_postgres import DagsterPostgresStorage  # only where it is used: it needs libpq

        settings: Any = {"postgres_url": url, "should_autocreate_tables": True}
        return DagsterPostgresStorage.from_config_value(inst_data, settings)
