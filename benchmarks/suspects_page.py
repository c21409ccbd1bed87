"""What `benchmarks/suspects.py` found, kept in docs/suspects.json, and the section of docs/performance.md made from it.

docs/accuracy.md takes the accuracy of both sides from the same file (`pipelines/scorecard_suspects.py`).
"""

import json
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

import duckdb

from xueji.pipelines.scorecard_score import share, table

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGE, KEPT = DOCS / "performance.md", DOCS / "suspects.json"
HEADING = "## Suspected duplicates beside Splink"
OURS, SPLINK = "this rule", "Splink"
BESIDE, ALONE = "beside", "alone"
COST = ("pairs compared", "s", "peak, GiB")
ACCURACY = ("threshold", "precision", "recall", "F1", "best F1, by the truth")
Figures = dict[str, Any]


def keep(key: str, figures: Figures) -> Figures:
    """Put the figures into the kept ones, in place of earlier ones of the key. Returns all."""
    kept: Figures = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    kept[key] = figures
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return kept


def section(kept: Figures, curve: Path) -> str:
    """The page's section."""
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {gib} GiB; Python {platform.python_version()}"
    lines = [HEADING, "", f"{machine}, duckdb {duckdb.__version__}, Splink {splink_version()}.", ""]
    if BESIDE in kept:
        lines += beside_lines(kept[BESIDE], curve)
    alone = sorted((row for key, row in kept.items() if key.startswith(ALONE)), key=lambda row: row["students"])
    if alone:
        rows = [(f"{row['students']:,}", *cost(row)) for row in alone]
        lines += ["This rule alone, from the core tables (target: 20 million within 600 s and 8 GiB):", ""]
        lines += table(("students", *COST), rows)
    return "\n".join(lines)


def beside_lines(beside: Figures, curve: Path) -> list[str]:
    sides = beside["sides"]
    return [
        f"{beside['students']:,} students, {beside['true_pairs']:,} pairs of one child that no rule on duplicates reports; {beside['date']}. The same",
        "facts, a process each: ours starts from the core tables; Splink from one Parquet file, with surnames, given names, pinyin and lists of",
        "numbers and guardians made for it beforehand. Ours has its weights from earlier training on another sample, without labels; Splink",
        "trains in the run, as its documentation advises. Splink's own threshold is the one that its documentation uses.",
        "",
        *table(("side", *COST, *ACCURACY), [(name, *cost(side), *accuracy(side)) for name, side in sides.items()]),
        f"Seconds of ours: {steps(sides[OURS])}; of Splink: {steps(sides[SPLINK])}. Ours finds keys by sound and compares",
        "characters itself, night after night only where something changed; Splink, once trained, needs loading and predicting alone. What it finds",
        "beside the true pairs is mostly twins of whom one has no confirmed number: its model has two classes, and brothers and sisters are neither.",
        "",
        f"![Precision and recall]({curve.name})",
        "",
    ]


def steps(side: Figures) -> str:
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in side["seconds"].items())


def cost(side: Figures) -> tuple[str, str, str]:
    """Cells of the columns `COST`."""
    return f"{side['compared']:,}", f"{sum(side['seconds'].values()):.1f}", f"{side['gib']:.2f}"


def accuracy(side: Figures) -> tuple[str, ...]:
    """Cells of the columns `ACCURACY`."""
    used, best = side["used"], side["best"]
    shares = (share(used[column]) for column in ("precision", "recall", "f1"))
    return f"{used['threshold']:.2f}", *shares, f"{share(best['f1'])} at {best['threshold']:.4f}"


def splink_version() -> str:
    command = [str(ROOT / ".venv-bench" / "bin" / "python"), "-c", "import splink; print(splink.__version__)"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def put_into_page(text: str) -> None:
    """Replace the page's section, or append it."""
    page = PAGE.read_text(encoding="utf-8")
    page = re.sub(rf"{re.escape(HEADING)}\n.*?(?=\n## |\Z)", "", page, flags=re.DOTALL).rstrip()
    PAGE.write_text(f"{page}\n\n{text.rstrip()}\n", encoding="utf-8")
