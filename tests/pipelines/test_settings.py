"""What the environment may say."""

from importlib.util import find_spec

import pytest

from xueji.checks.model import XuejiError
from xueji.pipelines.settings import cluster_of, postgres_url, prepare_dagster_home, read_settings


def test_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = read_settings({})
    assert (settings.home, settings.landing, settings.threads) == (tmp_path / "var", None, 0)


def test_everything_set(tmp_path):
    environment = {
        "XUEJI_HOME": str(tmp_path),
        "XUEJI_LANDING": str(tmp_path / "in"),
        "XUEJI_THREADS": "3",
        "XUEJI_MEMORY": "4GB",
        "XUEJI_SPILL": "500MB",
    }
    settings = read_settings(environment)
    assert (settings.home, settings.landing) == (tmp_path, tmp_path / "in")
    assert (settings.threads, settings.memory_limit, settings.spill_limit) == (3, "4GB", "500MB")


@pytest.mark.parametrize("name", ["XUEJI_MEMORY", "XUEJI_SPILL"])
@pytest.mark.parametrize("text", ["much", "10", "-1GB", "10GB; drop"])
def test_sizes_must_be_sizes(name, text):
    with pytest.raises(XuejiError, match=f"{name} is"):
        read_settings({name: text})


def test_an_engine_is_one_of_two():
    assert type(cluster_of(read_settings({}))).__name__ == "Engine"
    with pytest.raises(XuejiError, match="XUEJI_ENGINE is 'pandas', expected one of duckdb, spark"):
        read_settings({"XUEJI_ENGINE": "pandas"})


@pytest.mark.skipif(find_spec("pyspark") is not None, reason="Spark is installed here")
def test_a_missing_spark_is_named_with_what_installs_it():
    settings = read_settings({"XUEJI_ENGINE": "spark", "XUEJI_SPARK_MASTER": "spark://host:7077"})
    assert settings.spark_master == "spark://host:7077"
    with pytest.raises(XuejiError, match="the package pyspark is not installed, .*make install-spark"):
        cluster_of(settings)


def test_what_is_printed_is_one_of_two():
    assert read_settings({}).printed_levels == ("national", "province")
    assert read_settings({"XUEJI_PRINT": "nation"}).printed_levels == ("national",)
    with pytest.raises(XuejiError, match="XUEJI_PRINT is 'none', expected one of units, nation"):
        read_settings({"XUEJI_PRINT": "none"})


@pytest.mark.parametrize("threads", ["two", "-1", "1.5"])
def test_threads_must_be_a_number(threads):
    with pytest.raises(XuejiError, match="XUEJI_THREADS"):
        read_settings({"XUEJI_THREADS": threads})


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (None, None),
        ("postgresql://host/db", "postgresql+psycopg2://host/db"),
        ("postgres://host/db", "postgresql+psycopg2://host/db"),
        ("postgresql+psycopg2://host/db", "postgresql+psycopg2://host/db"),
    ],
    ids=["unset", "plain", "short", "with_driver"],
)
def test_postgres_url_names_the_driver_that_is_there(given, used):
    assert postgres_url({"XUEJI_POSTGRES_URL": given} if given else {}) == used


def test_dagster_yaml_comes_along(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", "")
    folder = prepare_dagster_home(tmp_path)
    assert folder == tmp_path / "dagster"
    assert "XuejiStorage" in (folder / "dagster.yaml").read_text()
