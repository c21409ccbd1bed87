"""The reasons of `id_name_mismatch`: how two names differ that are not one name written in two ways.

Names come as matrices of standard forms without separators (`checks/name_codes.py`), the record's beside the register's.
"""

from dataclasses import dataclass

import numpy as np

from xueji.checks.name_codes import (
    Codes,
    Flags,
    Numbers,
    faint_look_alike_keys,
    is_among,
    kinds,
    look_alike_keys,
    pair_keys,
    sounds,
    two_codes,
)

# From the most particular to the least; a name's reason is the first that fits.
REASONS = (
    "order", "missing_character", "added_character", "homophone", "homophone_tone", "homophone_reading", "shape", "surname",
    "different",
)  # fmt: skip
SAME_READING, SAME_SYLLABLE, SHARED_SYLLABLE, OTHER_SOUND = 1, 2, 3, 4  # how two characters sound; 0: equal ones


@dataclass(frozen=True)
class Side:
    """The names of one side, in three columns at least. `is_parted`: the name is written with a separator."""

    codes: Codes
    is_parted: Flags

    @property
    def length(self) -> Numbers:
        return np.asarray((self.codes > 0).sum(axis=1), np.int32)

    @property
    def has_compound_surname(self) -> Flags:
        """Of three characters or more, the first two of them a compound surname."""
        keys = two_codes(self.codes[:, 0], self.codes[:, 1])
        return np.asarray((self.codes[:, 2] > 0) & ~self.is_parted & is_among(keys, sounds().compounds))


def mismatch_reasons(ours: Side, theirs: Side) -> Numbers:
    """For each two names, which differ, the place of their reason in `REASONS`."""
    sound = worst_sound(ours, theirs)
    conditions = (
        (np.sort(ours.codes, axis=1) == np.sort(theirs.codes, axis=1)).all(axis=1),
        is_part_of(ours, theirs),
        is_part_of(theirs, ours),
        sound == SAME_READING,
        sound == SAME_SYLLABLE,
        sound == SHARED_SYLLABLE,
        look_alike_throughout(ours.codes, theirs.codes),
        surname_changed(ours, theirs),
    )
    return np.asarray(np.select(conditions, range(len(conditions)), len(conditions)), np.int32)


def is_part_of(shorter: Side, longer: Side) -> Flags:
    """Whether one name is the other with characters left out."""
    found = np.zeros(len(shorter.codes), np.int64)  # how many of the shorter one's characters the longer one has so far
    padded = np.pad(shorter.codes, ((0, 0), (0, 1)))  # a column of 0 to stand at when all are found
    rows = np.arange(len(found))
    for place in range(longer.codes.shape[1]):
        found += (padded[rows, found] == longer.codes[:, place]) & (longer.codes[:, place] > 0)
    return np.asarray((found == shorter.length) & (shorter.length > 0) & (shorter.length < longer.length))


def worst_sound(ours: Side, theirs: Side) -> Numbers:
    """How names of one length sound at the place where they sound least alike; `OTHER_SOUND` for names of two lengths."""
    differs = ours.codes != theirs.codes
    rows, places = np.nonzero(differs)
    worst = np.zeros(len(differs), np.int32)
    np.maximum.at(worst, rows, _sound_between(ours, theirs, rows, places))
    return np.where(ours.length == theirs.length, worst, OTHER_SOUND).astype(np.int32)


def _sound_between(ours: Side, theirs: Side, rows: np.ndarray, places: np.ndarray) -> Numbers:
    """How the two characters at each of the places sound beside each other, each read as its name has it."""
    table = sounds()
    our_reading, their_reading = (_read_in_name(side)[rows, places] for side in (ours, theirs))
    ours_every, theirs_every = (table.syllables[table.every[side.codes[rows, places]]] for side in (ours, theirs))
    is_read = (our_reading > 0) & (their_reading > 0)
    shared = ((ours_every[:, :, None] == theirs_every[:, None, :]) & (ours_every[:, :, None] > 0)).any(axis=(1, 2))
    return np.select(
        [
            is_read & (our_reading == their_reading),
            is_read & (table.toneless[our_reading] == table.toneless[their_reading]),
            shared,
        ],
        [SAME_READING, SAME_SYLLABLE, SHARED_SYLLABLE],
        OTHER_SOUND,
    ).astype(np.int32)


def _read_in_name(side: Side) -> Numbers:
    """The reading of each character: a surname's where the surname stands, else that of given names."""
    table = sounds()
    read = table.given[side.codes]
    starts = ~side.is_parted
    read[starts, 0] = table.surname[side.codes[starts, 0]]
    compound = np.flatnonzero(side.has_compound_surname)
    keys = two_codes(side.codes[compound, 0], side.codes[compound, 1])
    read[compound, :2] = table.compound_readings[np.searchsorted(table.compounds, keys)]
    return read


def look_alike_throughout(ours: Codes, theirs: Codes) -> Flags:
    """Whether the names look alike at every place where they differ.

    A faint likeness is enough where it is the one place, unless the surname stands there: another surname is likelier then.
    """
    rows, places = np.nonzero(ours != theirs)
    keys = pair_keys(ours[rows, places], theirs[rows, places])
    is_only_one = (np.bincount(rows, minlength=len(ours)) == 1)[rows] & (places > 0)
    alike = is_among(keys, look_alike_keys()) | (is_only_one & is_among(keys, faint_look_alike_keys()))
    every = np.ones(len(ours), np.bool_)
    every[rows[~alike]] = False
    return every


def surname_changed(ours: Side, theirs: Side) -> Flags:
    """Whether the given name is kept and the surname another, compound ones included.

    Not for names with a separator or other letters: which part is the family's differs from people to people.
    """
    given = [_given_name(side) for side in (ours, theirs)]
    chinese = [
        ~side.is_parted & (kinds().ideograph[side.codes] | (side.codes == 0)).all(axis=1) for side in (ours, theirs)
    ]
    return np.asarray(chinese[0] & chinese[1] & (given[0][:, 0] > 0) & (given[0] == given[1]).all(axis=1))


def _given_name(side: Side) -> Codes:
    """The names without their surname, from the first column on."""
    without_one = np.pad(side.codes[:, 1:], ((0, 0), (0, 1)))
    without_two = np.pad(side.codes[:, 2:], ((0, 0), (0, 2)))[:, : side.codes.shape[1]]
    return np.where(side.has_compound_surname[:, None], without_two, without_one)
