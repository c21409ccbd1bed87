"""Dagster's own pages and daemon over HOME: `python -m xueji.pipelines.dev`."""

import os
import sys
from pathlib import Path

from xueji.pipelines.settings import prepare_dagster_home, read_settings

if __name__ == "__main__":
    settings = read_settings()
    os.environ["XUEJI_HOME"] = str(settings.home)  # absolute: Dagster's processes start elsewhere
    if settings.landing:
        os.environ["XUEJI_LANDING"] = str(settings.landing)
    prepare_dagster_home(settings.home)
    program = str(Path(sys.executable).with_name("dagster"))
    os.execv(program, [program, "dev", "-m", "xueji.pipelines.definitions", *sys.argv[1:]])
