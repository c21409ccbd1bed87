"""A campaign of one province at its size, from the first open window to the archive: real nights, real forms, every count compared.

`python benchmarks/campaign.py --students 300000 --days 41 /tmp/campaign` plays it (data_samples/campaign.py), prints a line a day and
what the whole came to. Nights are run by `xueji run` in a process of its own, whose peak memory is told; forms are printed in this one.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from xueji.assets.confirmation_forms import FormRequest, print_forms
from xueji.assets.engine import Engine
from xueji.data_samples.campaign import Campaign, CampaignSize, play_campaign
from xueji.data_samples.campaign_truth import compare

KEY = "a key for this benchmark and for nothing else"
ENVIRONMENT = {
    "XUEJI_SEAL_KEY": KEY,
    "XUEJI_PRINT": "nation",
}  # no PDFs of the units: bulletins have a benchmark of their own


@dataclass
class Watch:
    """What the days cost, and what was wrong."""

    campaign: Campaign
    landing: Path
    home: Path
    nights: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    gib: float = 0.0
    printing: float = 0.0
    compared: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def engine(self) -> Engine:
        return Engine(home=str(self.home))

    def answer(self, query: str) -> pl.DataFrame:
        with self.engine.session() as connection:
            return connection.sql(query).pl()

    def run_night(self, day: date) -> None:
        command = [
            str(Path(sys.executable).with_name("xueji")),
            "run",
            str(self.landing),
            "--home",
            str(self.home),
            "--date",
            str(day),
        ]
        measured = (
            f"import resource, subprocess; subprocess.run({command!r}, check=True, stdout=subprocess.DEVNULL);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        start = time.perf_counter()
        with (self.landing.parent / "nights.log").open("a") as log:
            done = subprocess.run(
                [sys.executable, "-c", measured],
                check=True,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=os.environ | ENVIRONMENT,
            )
        self.nights.append(time.perf_counter() - start)
        self.gib = max(self.gib, int(done.stdout) / 1024**2)

    def print_forms(self, day: date, again: Sequence[str]) -> None:
        start = time.perf_counter()
        print_forms(self.engine, KEY.encode(), day, FormRequest(unit=self.campaign.size.unit, reissue=tuple(again)))
        self.printing += time.perf_counter() - start

    def compare(self, day: date) -> None:
        """Hold the night against what is true; say how long it took."""
        wrong = compare(self.campaign.truth, self.answer, day)
        self.differences += wrong
        self.compared += self.campaign.truth.progress[-1].height
        sent = self.campaign.desk.rows_sent
        new = sent - sum(self.rows)
        self.rows.append(new)
        print(f"{day}: night {self.nights[-1]:6.1f} s, {new:7,} rows delivered, {len(wrong)} differences", flush=True)
        for line in wrong[:5]:
            print(f"    {line}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="new or empty")
    parser.add_argument("--students", type=int, default=300_000)
    parser.add_argument("--days", type=int, default=41)
    parser.add_argument("--seed", type=int, default=2015)
    asked = parser.parse_args()
    start = time.perf_counter()
    size = CampaignSize(asked.students, asked.days, seed=asked.seed, fault_every=400, most_pictures=300)
    watch = Watch(Campaign(size), asked.folder / "landing", asked.folder / "home")
    summary = play_campaign(
        watch.campaign, watch.landing, watch.home, watch.run_night, watch.print_forms, watch.compare
    )
    forms = sum(child.edition for child in watch.campaign.children)
    nights = sorted(watch.nights[1:])
    print(f"{summary}; the whole took {time.perf_counter() - start:,.0f} s")
    print(f"forms: {forms:,} in {watch.printing:,.0f} s, {forms / watch.printing:,.0f} a second")
    print(
        f"nights: the first {watch.nights[0]:.1f} s, then {nights[0]:.1f} to {nights[-1]:.1f} s, the middle one {nights[len(nights) // 2]:.1f} s; "
        f"at most {watch.gib:.2f} GiB"
    )
    print(f"player: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.2f} GiB")
    print(
        f"compared: {watch.compared:,} counts that are not zero, {len(watch.campaign.truth.refused):,} refused rows; {len(watch.differences)} differences"
    )
    print(*watch.campaign.surprises, sep="\n")
    sys.exit(bool(watch.differences or watch.campaign.surprises))


if __name__ == "__main__":
    main()
