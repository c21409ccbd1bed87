"""Groups of suspected duplicates: who belongs together, and keys that last."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xueji.assets.suspected_duplicates import MEMBERS, connected, group_members

NIGHTS = ("2026-11-20", "2026-11-21", "2026-11-22")
NOBODY = pl.DataFrame(
    schema={"group_key": pl.String, "unit_code": pl.String, "record_key": pl.String, "first_seen": pl.String}
)


def pairs_of(*pairs):
    """Pairs of registrations 1, 2, … of one unit; the hash of a registration is a hundred times its number."""
    rows = [(100 * left, "44", f"S/G{left}", 100 * right, "44", f"S/G{right}") for left, right in pairs]
    columns = ("l_hash", "l_unit_code", "l_record_key", "r_hash", "r_unit_code", "r_record_key")
    kinds = (pl.Int64, pl.String, pl.String) * 2
    return pl.DataFrame(rows, schema=dict(zip(columns, kinds, strict=True)), orient="row")


def nights_of(*nights):
    """The members of each night's groups, one night after the other: record number → (group key, first seen)."""
    earlier, found = NOBODY, []
    for night, pairs in zip(NIGHTS, nights, strict=False):
        members = group_members(pairs_of(*pairs), earlier, night)
        assert members.schema == pl.Schema(MEMBERS)
        earlier = members.select("group_key", "unit_code", "record_key", "first_seen").unique()
        found.append({int(key[3:]): (group, first) for _, group, _, key, first in members.iter_rows()})
    return found


def test_a_group_keeps_its_key_when_another_joins():
    first, second = nights_of([(2, 3)], [(2, 3), (1, 2)])
    assert second == {1: first[2], 2: first[2], 3: first[2]}
    assert first[2][1] == NIGHTS[0]


def test_a_group_keeps_its_key_when_its_first_member_leaves():
    first, second = nights_of([(1, 2), (2, 3)], [(2, 3)])
    assert second == {2: first[1], 3: first[1]}


def test_of_two_groups_that_become_one_the_older_key_stays():
    first, second, third = nights_of([(3, 4)], [(3, 4), (1, 2)], [(1, 2), (2, 3), (3, 4)])
    assert {key for key, _ in third.values()} == {first[3][0]}
    assert second[1][0] != first[3][0]


def test_of_a_group_that_parts_the_first_half_keeps_the_key():
    first, second = nights_of([(1, 2), (2, 3), (3, 4)], [(1, 2), (3, 4)])
    assert second[1] == second[2] == first[1]
    assert second[3] == second[4] != first[1]
    assert second[3][1] == NIGHTS[1]


def test_what_ended_and_begins_again_is_new():
    first, second, third = nights_of([(1, 2)], [], [(1, 2)])
    assert second == {}
    assert third[1][0] != first[1][0]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda pair: pair[0] != pair[1]), max_size=25))
def test_pairs_stay_together_and_everyone_is_in_one_group(pairs):
    groups = connected(pairs_of(*pairs))
    place = {one: number for number, group in enumerate(groups) for one in group}
    assert len(place) == sum(map(len, groups)) == len({one for pair in pairs for one in pair})
    assert all(place[100 * left] == place[100 * right] for left, right in pairs)
    assert len(groups) >= len(place) - len(pairs)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_order_of_the_pairs_does_not_matter(order):
    pairs = [(1, 2), (5, 6), (2, 3)]
    (usual,), (other,) = nights_of(pairs), nights_of([pairs[place] for place in order])
    assert usual == other
