"""Names in which a character could not be typed: does what is left agree?

A private-use character, a mark (`?`, `□`, `〓`, U+FFFD) or Latin letters among ideographs stand for a character.
"""

import numpy as np
from numpy.typing import NDArray

from xueji.checks.name_codes import Codes, Flags, kinds


def untyped(names: Codes, others: Codes) -> Flags:
    """The places of `names` where a character is only stood for.

    Letters stand for one when the rest are ideographs and the other name has no letter: 王YAN for 王䶮.
    """
    letters, other_letters = (np.asarray(kinds().letter[side]) for side in (names, others))
    is_mixed = np.asarray(kinds().ideograph[names].any(axis=1) & ~other_letters.any(axis=1))
    return np.asarray(kinds().untyped[names] | (letters & is_mixed[:, None]))


def is_encoding_twin(ours: Codes, theirs: Codes, our_marks: Flags, their_marks: Flags) -> Flags:
    """Whether all characters that are given on both sides agree, one at least, and each of the others on one side only."""
    return np.asarray(
        _agree_place_by_place(ours, theirs, our_marks, their_marks)
        | _agree_around_one_run(ours, theirs, our_marks, their_marks)
        | _agree_around_one_run(theirs, ours, their_marks, our_marks)
    )


def _agree_place_by_place(ours: Codes, theirs: Codes, our_marks: Flags, their_marks: Flags) -> Flags:
    same_length = ((ours > 0) == (theirs > 0)).all(axis=1)
    one_side = our_marks ^ their_marks
    agreeing = (ours == theirs) & (ours > 0) & ~our_marks & ~their_marks
    return np.asarray(same_length & (one_side | agreeing | (ours == 0)).all(axis=1) & agreeing.any(axis=1))


def _agree_around_one_run(marked: Codes, whole: Codes, marks: Flags, whole_marks: Flags) -> Flags:
    """One run of marks may stand for fewer characters than it has signs: `??` is one character of two bytes."""
    length, whole_length, run = _lengths(marked), _lengths(whole), marks.sum(axis=1)
    start = marks.argmax(axis=1)
    ends = marks[:, :-1] & ~marks[:, 1:]
    is_one_run = (run > 0) & (ends.sum(axis=1) + marks[:, -1] == 1) & ~whole_marks.any(axis=1)
    gap = whole_length - (length - run)
    places = np.arange(marked.shape[1])[None, :]
    before = (marked == whole) | (places >= start[:, None])
    shifted = np.clip(
        places - (run - gap)[:, None], 0, marked.shape[1] - 1
    )  # where what follows the run stands in the other name
    after = (marked == np.take_along_axis(whole, shifted, axis=1)) | (places < (start + run)[:, None]) | (marked == 0)
    return np.asarray(is_one_run & (gap >= 1) & (gap <= run) & (length > run) & before.all(axis=1) & after.all(axis=1))


def _lengths(names: Codes) -> NDArray[np.int64]:
    return np.asarray((names > 0).sum(axis=1))
