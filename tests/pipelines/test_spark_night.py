"""Nights on Spark's own standalone cluster, of several processes on this machine: the same tables as one machine's, whatever befalls a worker."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from xueji.assets.engine import Engine

pytestmark = pytest.mark.spark
STUDENTS, SHARING = 320_000, 100_000
NIGHTS = ("2026-10-20", "2026-11-20")
XUEJI = str(Path(sys.executable).with_name("xueji"))
STEPS = Path(__file__).resolve().parents[1] / "assets"
FIXED = {"XUEJI_PRINT": "nation", "XUEJI_SEAL_KEY": "a key for tests and for nothing else"}
# Every sort goes to disk after so many rows; of fewer there would be thousands of files, with a buffer each.
SPILLING = {"spark.shuffle.spill.numElementsForceSpillThreshold": "200000", "spark.sql.shuffle.partitions": "2"}


@pytest.fixture(scope="module")
def landing(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "landing"
    command = [XUEJI, "sample", folder, "--students", STUDENTS, "--seed", "2015", "--date", NIGHTS[-1], "--months", "2"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    return folder


def night(
    landing: Path, home: Path, day: str, engine: str, environment: dict[str, str], said: Path
) -> subprocess.Popen:
    command = [XUEJI, "run", landing, "--home", home, "--date", day, "--engine", engine]
    with said.open("wb") as log:
        return subprocess.Popen(
            list(map(str, command)), env=os.environ | FIXED | environment, stdout=log, stderr=subprocess.STDOUT
        )


def wait_for_word(said: Path, word: str, process: subprocess.Popen) -> None:
    while word not in said.read_text(errors="replace"):
        assert process.poll() is None, said.read_text()[-3000:]
        time.sleep(0.5)


def test_two_nights_equal_one_machines_though_a_worker_is_killed(landing, tmp_path):
    from spark import differences
    from spark_cluster import cluster

    one, many, said = tmp_path / "one", tmp_path / "many", tmp_path / "said.txt"
    with cluster(tmp_path / "cluster", options={"spark.sql.shuffle.partitions": "4"}) as running:
        for day in NIGHTS:
            assert night(landing, one, day, "duckdb", {}, said).wait() in (0, 3)
            process = night(landing, many, day, "spark", running.environment, said)
            if day == NIGHTS[-1]:
                wait_for_word(said, "group_candidates …", process)
                running.kill_worker(0)
            assert process.wait() in (0, 3), said.read_text()[-3000:]
            assert differences(Engine(home=str(one)), Engine(home=str(many))) == {}
        assert [worker.poll() is None for worker in running.workers] == [False, True]
    with Engine(home=str(one)).session() as connection:
        for table in ("findings", "cases", "progress"):
            assert connection.execute(f"select count(*) from {table}").fetchall()[0][0] > 1_000
    assert not list((many / "work" / "spark").glob("*")), "no scratch file is left"


def test_a_number_that_many_share_is_stepped_with_everything_spilled(tmp_path):
    from spark import differences
    from spark_cluster import cluster

    events = tmp_path / "events"
    events.mkdir()
    logged = {
        "spark.eventLog.enabled": "true", "spark.eventLog.dir": events.as_uri(), "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
    }  # fmt: skip
    command = [sys.executable, str(STEPS / "skewed_night.py"), str(tmp_path), str(SHARING)]
    subprocess.run([*command, "duckdb"], check=True, capture_output=True)
    with cluster(tmp_path / "cluster", options=SPILLING | logged) as running:
        subprocess.run(
            [*command, "spark", running.master], check=True, capture_output=True, env=os.environ | running.environment
        )
    assert differences(Engine(home=str(tmp_path / "duckdb")), Engine(home=str(tmp_path / "spark"))) == {}
    ended = [json.loads(line) for file in events.iterdir() for line in file.open(encoding="utf-8") if "TaskEnd" in line]
    assert sum(event["Task Metrics"]["Disk Bytes Spilled"] for event in ended if event.get("Task Metrics")) > 0
