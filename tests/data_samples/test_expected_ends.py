"""The reasoning behind expected ends, story by story: who said what on which night, and where the case then stands."""

from datetime import date, timedelta

import pytest

from xueji.data_samples.expected_ends import Act, ExpectedEnds
from xueji.data_samples.mistakes import Outcome
from xueji.data_samples.outcomes import Planned
from xueji.data_samples.registry import Identity, Registration

FIRST = date(2026, 3, 2)
WRONG = Identity("林新", "1", "20150312", "1", "440106201503120036")
RIGHT = Identity("林欣", "1", "20150312", "1", "440106201503120036")


def registration(school, number, right):
    planned = Planned(0, "name_mistyped", 0, 9, Outcome())
    return Registration("44", 0, school, number, 3, "name_mistyped", -1, planned, WRONG, right, frozenset())


def tell(parties, nights):
    """The states after each night. `parties`: (student number, problem type, what is right); `nights`: (day, what is found, acts)."""
    people = {
        ("44", f"school {n}", number): registration(f"school {n}", number, right)
        for n, (number, _, right) in enumerate(parties)
    }
    keys = [("44", f"school {n}", number, kind) for n, (number, kind, _) in enumerate(parties)]
    ends, states = ExpectedEnds(people), []
    delivered = FIRST
    for days, found, acts in nights:
        night = FIRST + timedelta(days)
        if days % 28 == 0:
            delivered = night
        said = [Act(keys[n], form, "office", answer, corrected) for n, form, answer, corrected in acts]
        assert all(ends.accepts(act) for act in said)
        ends.step(night, delivered, {keys[n]: 1 for n in found}, said)
        states.append([ends.cases[key].state for key in keys if key in ends.cases])
    return states


def says(n, form, answer, corrected=None):
    return (n, form, answer, corrected)


STORIES = {
    "a temporary number is deleted at once": (
        [("L1", "DUP_ID", None)],
        [(0, [0], []), (7, [0], [says(0, "list", "删除")]), (28, [], [])],
        [["待处理"], ["已删除"], ["已删除"]],
    ),
    "a deletion that the registry does not show comes back after ten working days": (
        [("L1", "DUP_ID", None)],
        [(0, [0], []), (7, [0], [says(0, "list", "删除")]), (14, [0], []), (28, [0], [])],
        [["待处理"], ["已删除"], ["已删除"], ["待处理"]],
    ),
    "a formal number goes through province and ministry": (
        [("G1", "ERR_ID", None)],
        [(0, [0], []), (7, [0], [says(0, "list", "删除")]), (14, [0], [says(0, "review", "通过")]), (21, [0], [says(0, "review", "通过")])],
        [["待处理"], ["待省级审核"], ["待教育部审核"], ["已删除"]],
    ),
    "a right correction is resolved on the night of its audit": (
        [("G1", "ERR_NAME", RIGHT)],
        [(0, [0], []), (7, [0], [says(0, "list", "变更", RIGHT)]), (14, [0], [says(0, "review", "通过")]), (28, [], [])],
        [["待处理"], ["待审核"], ["已解决"], ["已解决"]],
    ),
    "a wrong correction comes back": (
        [("G1", "ERR_NAME", RIGHT)],
        [(0, [0], []), (7, [0], [says(0, "list", "变更", WRONG)]), (14, [0], [says(0, "review", "通过")])],
        [["待处理"], ["待审核"], ["待处理"]],
    ),
    "an attested name waits for its number": (
        [("G1", "ERR_NAME", WRONG)],
        [(0, [0], []), (7, [0], [says(0, "list", "佐证")]), (14, [0], [says(0, "review", "通过")]), (21, [0], [says(0, "issue", "已发号")]), (56, [0], [])],
        [["待处理"], ["待审核"], ["待发号"], ["已解决"], ["已解决"]],
    ),
    "several may be attested without a number": (
        [("L1", "DUP_NSB", WRONG), ("L2", "DUP_NSB", WRONG)],
        [(0, [0, 1], []), (7, [0, 1], [says(0, "list", "佐证"), says(1, "list", "佐证")]),
         (14, [0, 1], [says(0, "review", "通过"), says(1, "review", "通过")])],
        [["待处理"] * 2, ["待审核"] * 2, ["已解决"] * 2],
    ),
    "an attested number waits for the others": (
        [("G1", "DUP_ID", WRONG), ("L2", "DUP_ID", None)],
        [(0, [0, 1], []), (7, [0, 1], [says(0, "list", "佐证")]), (14, [0, 1], [says(0, "review", "通过")]), (21, [0, 1], [says(1, "list", "删除")]), (28, [], [])],
        [["待处理"] * 2, ["待审核", "待处理"], ["待他方处理", "待处理"], ["已解决", "已删除"], ["已解决", "已删除"]],
    ),
    "two attested numbers go to an arbiter": (
        [("G1", "DUP_ID", WRONG), ("L2", "DUP_ID", None)],
        [(0, [0, 1], []), (7, [0, 1], [says(0, "list", "佐证"), says(1, "list", "佐证")]),
         (14, [0, 1], [says(0, "review", "通过"), says(1, "review", "通过")]), (21, [0, 1], []),
         (28, [0, 1], [says(0, "sheet", "坚持佐证"), says(1, "sheet", "坚持佐证")]),
         (35, [0, 1], [says(0, "verdict", "保留"), says(1, "verdict", "不予保留")])],
        [["待处理"] * 2, ["待审核"] * 2, ["待仲裁"] * 2, ["核查中"] * 2, ["待裁定"] * 2, ["已解决", "待处理"]],
    ),
    "who gives up leaves the other waiting for its own": (
        [("G1", "DUP_ID", WRONG), ("L2", "DUP_ID", None)],
        [(0, [0, 1], []), (7, [0, 1], [says(0, "list", "佐证"), says(1, "list", "佐证")]),
         (14, [0, 1], [says(0, "review", "通过"), says(1, "review", "通过")]), (21, [0, 1], []),
         (28, [0, 1], [says(0, "sheet", "坚持佐证"), says(1, "sheet", "放弃佐证")]), (35, [0, 1], [says(1, "list", "删除")])],
        [["待处理"] * 2, ["待审核"] * 2, ["待仲裁"] * 2, ["核查中"] * 2, ["待他方处理", "待处理"], ["已解决", "已删除"]],
    ),
    "a problem that is gone before it was answered is cleared": (
        [("G1", "ERR_NAME", RIGHT)],
        [(0, [0], []), (28, [], []), (56, [0], [])],
        [["待处理"], ["已消除"], ["待处理"]],
    ),
    "held for an admission, then released": (
        [("G1", "ERR_NAME", RIGHT)],
        [(0, [0], []), (7, [0], [says(0, "list", "变更", RIGHT)]), (14, [0], [says(0, "review", "挂起")]), (28, [0], [says(0, "review", "解除挂起")])],
        [["待处理"], ["待审核"], ["挂起"], ["待处理"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_ends_as_the_rules_say(story):
    parties, nights, expected = STORIES[story]
    assert tell(parties, nights) == expected


def test_an_answer_to_a_case_that_is_gone_is_not_accepted():
    key = ("44", "school 0", "G1", "ERR_NAME")
    ends = ExpectedEnds({key[:3]: registration("school 0", "G1", RIGHT)})
    ends.step(FIRST, FIRST, {key: None}, [])
    ends.step(FIRST + timedelta(28), FIRST + timedelta(28), {}, [])
    assert not ends.accepts(Act(key, "list", "school 0", "变更", RIGHT))
