"""States and moves of a case: one table, and the page that shows it."""

from collections import Counter
from pathlib import Path

import duckdb

from xueji.checks.case_states import (
    ACTOR_TITLES,
    CLOSED_STATES,
    IN_HAND,
    MOVES,
    OPEN_STATES,
    STATES,
    diagram,
    moves_sql,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cases.md"


def test_an_event_has_one_end_from_each_state():
    assert [ends for ends, count in Counter((move.from_state, move.event) for move in MOVES).items() if count > 1] == []


def test_moves_name_known_states_and_actors():
    named = {state for move in MOVES for state in (move.from_state, move.to_state)}
    assert named - {None} == set(STATES)
    assert {move.actor for move in MOVES} | {state.actor for state in STATES.values()} == set(ACTOR_TITLES)


def test_every_open_state_is_left_and_every_state_can_end():
    """Nobody is stuck: from every state some moves lead to a closed one."""
    reached = set(CLOSED_STATES)
    while more := {move.from_state for move in MOVES if move.to_state in reached} - reached - {None}:
        reached |= more
    assert reached == set(STATES)
    assert set(IN_HAND) < set(OPEN_STATES)


def test_moves_as_a_table():
    rows = duckdb.sql(moves_sql()).fetchall()
    assert rows == [(move.from_state, move.event, move.to_state, move.actor) for move in MOVES]


def test_the_page_shows_the_table():
    page = PAGE.read_text(encoding="utf-8")
    assert f"```mermaid\n{diagram()}\n```" in page
    for state in STATES.values():
        assert f"| {state.name} | {ACTOR_TITLES[state.actor]} | {state.meaning} |" in page
