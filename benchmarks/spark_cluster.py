"""Spark's own standalone cluster on this machine: a master and workers on loopback, each a process of its own."""

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyspark

SPARK_CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"
WAIT = 90  # seconds for a process to answer


@dataclass
class Cluster:
    """A running cluster. `configuration` is a folder for SPARK_CONF_DIR, which applications read."""

    master: str
    configuration: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What an application needs to run here."""
        return {
            "SPARK_CONF_DIR": str(self.configuration),
            "XUEJI_SPARK_MASTER": self.master,
            "SPARK_LOCAL_IP": "127.0.0.1",
        }

    def kill_worker(self, place: int) -> None:
        """End a worker and its executors at once, as a machine that fails does."""
        os.killpg(self.workers[place].pid, 9)
        self.workers[place].wait()


@contextmanager
def cluster(
    folder: Path, workers: int = 2, memory: str = "2g", options: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """A cluster whose workers have a core each and their scratch files and logs under `folder`; its processes end with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "conf"
    configuration.mkdir(exist_ok=True)
    lines = {"spark.executor.memory": "1g", "spark.driver.memory": "2g", "spark.ui.enabled": "false"} | dict(
        options or {}
    )
    (configuration / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    port, page = free_port(), free_port()
    running = Cluster(f"spark://127.0.0.1:{port}", configuration)
    base = "org.apache.spark.deploy"
    address = ["--host", "127.0.0.1"]
    with (folder / "master.log").open("wb") as log:
        master = start([f"{base}.master.Master", *address, "--port", str(port), "--webui-port", str(page)], log)
    try:
        wait_for(f"http://127.0.0.1:{page}/json/")
        for place in range(workers):
            scratch = folder / f"worker-{place}"
            command = [f"{base}.worker.Worker", *address, "--cores", "1", "--memory", memory, "--work-dir", str(scratch),
                       "--webui-port", str(free_port()), running.master]  # fmt: skip
            with (folder / f"worker-{place}.log").open("wb") as log:
                running.workers.append(start(command, log, SPARK_LOCAL_DIRS=str(scratch / "shuffle")))
        wait_for(f"http://127.0.0.1:{page}/json/", f'"aliveworkers" : {workers}')
        yield running
    finally:
        for process in (*running.workers, master):
            if process.poll() is None:
                os.killpg(process.pid, 9)
                process.wait()
        for scratch in folder.glob("worker-*/"):
            shutil.rmtree(scratch, ignore_errors=True)


def start(command: list[str], log: object, **environment: str) -> subprocess.Popen[bytes]:
    """A process, with whatever it starts, in a group of its own."""
    return subprocess.Popen(
        [str(SPARK_CLASS), *command],
        stdout=log,  # type: ignore[call-overload]
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env=os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"} | environment,
    )


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_for(address: str, word: str = "") -> None:
    """Wait until a page answers, and says the word."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if word in answer.read().decode():
                    return
        except OSError:
            pass
        time.sleep(0.3)
    raise TimeoutError(f"{address}: no {word or 'answer'} within {WAIT} s")
