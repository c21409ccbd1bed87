"""What this machine lacks for Xueji to work, and the command that mends it."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

FREE_GIGABYTES = 5  # a night of the sample takes well under one; a national one is told in docs/performance.md


@dataclass(frozen=True)
class Finding:
    what: str
    is_well: bool
    seen: str
    mend: str = ""

    def __str__(self) -> str:
        mark = "ok     " if self.is_well else "MISSING"
        return f"{mark} {self.what}: {self.seen}" + ("" if self.is_well else f"\n        mend it: {self.mend}")


def examine(home: Path) -> list[Finding]:
    """All findings, the well ones too."""
    return [
        python_version(),
        libraries(),
        chinese_font(),
        pango(),
        chromium(),
        spark(),
        writable(home),
        disk(home),
        seal_key(home),
    ]


def python_version() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "Python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer, remove .venv, make run"
    )


def libraries() -> Finding:
    """Whether what is installed is what the lock says (in a checkout; a wheel has its own metadata)."""
    lock = Path(__file__).resolve().parent.parent / "requirements.lock"
    if not lock.is_file():
        return Finding("libraries", True, f"xueji {importlib.metadata.version('xueji')}")
    lines = [line.split(" ")[0] for line in lock.read_text().splitlines() if "==" in line and line[0] not in " #"]
    wanted = {plain_name(name): version for name, _, version in (line.partition("==") for line in lines)}
    installed = {plain_name(dist.metadata["Name"]): dist.version for dist in importlib.metadata.distributions()}
    wrong = [name for name, version in wanted.items() if installed.get(name) != version]
    seen = f"{len(wanted)} as locked" if not wrong else f"not as locked: {', '.join(wrong)}"
    return Finding("libraries", not wrong, seen, "make install")


def plain_name(name: str) -> str:
    """A distribution's name as any spelling of it compares: Ruamel.Yaml and ruamel-yaml are one."""
    return re.sub(r"[-_.]+", "-", name).lower()


def chinese_font() -> Finding:
    fc_list = shutil.which("fc-list")
    fonts = (
        subprocess.run([fc_list, ":lang=zh-cn", "family"], check=False, capture_output=True, text=True).stdout
        if fc_list
        else ""
    )
    has_font = "Noto Sans CJK SC" in fonts and "Noto Serif CJK SC" in fonts
    return Finding(
        "Chinese font",
        has_font,
        "Noto CJK" if has_font else "no Noto CJK",
        "make system (apt-get install fonts-noto-cjk)",
    )


def pango() -> Finding:
    try:
        import weasyprint

        return Finding("pango", True, f"WeasyPrint {weasyprint.__version__} loads it")
    except OSError as error:
        return Finding(
            "pango", False, str(error).splitlines()[0], "make system (apt-get install libpangoft2-1.0-0 libpango-1.0-0)"
        )


def chromium() -> Finding:
    """Only the browser tests need it."""
    place = shutil.which("chromium")
    return Finding(
        "chromium",
        place is not None,
        place or "not found (only the tests need it)",
        "make system (apt-get install chromium)",
    )


def spark() -> Finding:
    """Only `--engine spark` needs it: whether it is installed, and has Java."""
    if importlib.util.find_spec("pyspark") is None:
        return Finding("Spark", True, "not installed (only --engine spark needs it: make install-spark system-spark)")
    java = shutil.which("java") or os.environ.get("JAVA_HOME")
    seen = f"pyspark {importlib.metadata.version('pyspark')}, {java or 'no Java'}"
    return Finding("Spark", java is not None, seen, "make system-spark (apt-get install openjdk-17-jre-headless)")


def writable(home: Path) -> Finding:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    is_well = os.access(place, os.W_OK | os.X_OK)
    return Finding(
        "home",
        is_well,
        f"{home} {'can' if is_well else 'cannot'} be written",
        f"chown $(id -un) {place}, or --home elsewhere",
    )


def disk(home: Path) -> Finding:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(place).free / 1e9
    return Finding(
        "disk", free >= FREE_GIGABYTES, f"{free:.0f} GB free", f"free {FREE_GIGABYTES} GB on the disk of {place}"
    )


def seal_key(home: Path) -> Finding:
    """Whether what goes out is sealed with a key that is kept for itself, and not open to others."""
    file = home / "seal.key"
    if os.environ.get("XUEJI_SEAL_KEY"):
        return Finding("seal key", True, "XUEJI_SEAL_KEY")
    if not file.exists():
        return Finding("seal key", True, f"XUEJI_SEAL_KEY is not set: the first night makes {file}")
    is_private = not file.stat().st_mode & 0o077
    return Finding(
        "seal key", is_private, f"{file}, {'its owner alone' if is_private else 'open to others'}", f"chmod 600 {file}"
    )
