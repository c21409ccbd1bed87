"""The small landing folder `data_samples/small/`, which tests use first: few students, every problem several times.

`python -m xueji.data_samples.small [FOLDER]` writes it again.
"""

import sys
from datetime import date
from pathlib import Path

from xueji.data_samples.generate import Rates, SampleSummary, write_sample

FOLDER = Path(__file__).parent / "small"
STUDENTS, SEED, LAST_DATE, MONTHS = 3_000, 2015, date(2026, 11, 20), 2
RATES = Rates(
    duplicate_id=0.03,
    duplicate_document=0.005,
    duplicate_name_sex_birth=0.006,
    duplicate_across_units=0.004,
    suspected_duplicate=0.02,
    id_not_found=0.008,
    id_name_mismatch=0.016,
    id_format=0.006,
    id_checksum=0.006,
    id_region=0.003,
    id_region_division=0.003,
    id_birth_date=0.004,
    id_birth_conflict=0.004,
    id_sex_conflict=0.004,
    id_missing=0.006,
    required_missing=0.008,
    code_invalid=0.009,
    date_invalid=0.005,
    name_invalid=0.005,
    school_unknown=0.004,
    stale_record=0.005,
    student_no_duplicate=0.005,
    student_no_check=0.004,
    name_variant=0.006,
    name_not_comparable=0.004,
    spreadsheet_damage=2 / 32,
    other_document=0.006,
    no_document=0.003,
    residence_permit=0.003,
    harmless_typing=0.02,
    broken_rows=0.4,
)


def write_small(folder: Path, threads: int | None = None) -> SampleSummary:
    """Write the small landing folder to a new or empty folder."""
    return write_sample(folder, STUDENTS, SEED, LAST_DATE, MONTHS, RATES, threads=threads)


if __name__ == "__main__":
    print(write_small(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
