"""Write `checks/data/look_alikes.csv` from the similar-shape table of pycorrector (Apache-2.0).

    pip download --no-deps pycorrector && python scripts/build_look_alikes.py pycorrector-*.whl

Each line of the source lists a character and others that look like it; the pairs are taken both ways.
"""

import csv
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

SOURCE = "pycorrector/data/same_stroke.txt"
TARGET = Path(__file__).parent.parent / "checks" / "data" / "look_alikes.csv"


def look_alikes(lines: list[str]) -> dict[str, set[str]]:
    """The characters that look like each character."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        head, *others = [cell for cell in line.strip().split("\t") if len(cell) == 1] or [""]
        for other in others:
            if other != head:
                found[head].add(other)
                found[other].add(head)
    return found


def main() -> None:
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        lines = wheel.read(SOURCE).decode("utf-8").splitlines()
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("character", "look_alikes"))
        for character, others in sorted(look_alikes(lines).items()):
            writer.writerow((character, "".join(sorted(others))))


if __name__ == "__main__":
    main()
