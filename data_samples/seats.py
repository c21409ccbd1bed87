"""Where students sit: school, grade and place, from a student's index."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xueji.data_samples.schools import Layout


@dataclass(frozen=True)
class Seats:
    """Where students sit. One entry a student."""

    index: NDArray[np.int64]
    school: NDArray[np.int64]
    grade: NDArray[np.int64]  # on the last delivery date
    entry_grade: NDArray[np.int64]  # in which the student entered the school
    place_in_grade: NDArray[np.int64]
    county: NDArray[np.int64]
    line: NDArray[np.int64]  # place among the county's children of this grade

    def take(self, rows: NDArray[np.int64]) -> "Seats":
        return Seats(
            index=self.index[rows],
            school=self.school[rows],
            grade=self.grade[rows],
            entry_grade=self.entry_grade[rows],
            place_in_grade=self.place_in_grade[rows],
            county=self.county[rows],
            line=self.line[rows],
        )


def seats_of(layout: Layout, index: NDArray[np.int64]) -> Seats:
    """The seats of the students with these indexes."""
    school = np.searchsorted(layout.school_start, index, side="right") - 1
    offset = index - layout.school_start[school]
    size = layout.school_start[school + 1] - layout.school_start[school]
    grades = layout.grade_count[school]
    base, larger = size // grades, size % grades  # the first `larger` grades have one child more
    in_larger = offset < larger * (base + 1)
    rest = offset - larger * (base + 1)
    safe = np.maximum(base, 1)
    place = np.where(in_larger, offset // (base + 1), larger + rest // safe)
    place_in_grade = np.where(in_larger, offset % (base + 1), rest % safe)
    first = layout.first_grade[school]
    grade = first + place
    return Seats(
        index=index,
        school=school,
        grade=grade,
        entry_grade=first,
        place_in_grade=place_in_grade,
        county=layout.county[school],
        line=layout.cell_start[school, grade - 1] + place_in_grade,
    )
