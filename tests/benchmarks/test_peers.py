"""The peers' page section, without the peers: they live in an environment of their own."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "peers.py"
specification = importlib.util.spec_from_file_location("peers", SCRIPT)
assert specification and specification.loader
peers = importlib.util.module_from_spec(specification)
specification.loader.exec_module(peers)

CASES = [
    # page, page with "## Peers\n\nnew\n", why
    ("# P\n\n## A\n\na\n", "# P\n\n## A\n\na\n\n## Peers\n\nnew\n", "absent: added at the end"),
    ("# P\n\n## Peers\n\nold\n", "# P\n\n## Peers\n\nnew\n", "last section"),
    ("# P\n\n## Peers\n\nold\n\n## B\n\nb\n", "# P\n\n## Peers\n\nnew\n\n## B\n\nb\n", "in the middle"),
    ("# P\n\n## Peers of ours\n\na\n", "# P\n\n## Peers of ours\n\na\n\n## Peers\n\nnew\n", "another heading"),
]


@pytest.mark.parametrize(("page", "expected", "why"), CASES, ids=[case[-1] for case in CASES])
def test_the_page_has_one_section_of_peers(page: str, expected: str, why: str) -> None:
    written = peers.with_section(page, "## Peers\n\nnew\n")
    assert written == expected
    assert peers.with_section(written, "## Peers\n\nnew\n") == expected
