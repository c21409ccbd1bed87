"""Who is listed as first, and who is named by threshold."""

from types import ModuleType

import pytest

from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import Area, number_cell
from xueji.reports.bulletin_pending import parts_above
from xueji.reports.bulletin_standing import completion, first_ranked, ranked_count

RANKS = [
    # figures in rank order, how many are listed, why
    ([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], 5, "ten parts, the first five"),
    ([9, 8, 7, 6, 5, 4], 3, "six parts: five of them would name the last one"),
    ([9, 8, 7, 6, 5], 0, "five parts"),
    ([9, 8, 7, 6, 5, 5, 4, 3, 2, 1], 6, "two print the same as the fifth"),
    ([9] * 12, 0, "all print the same"),
    ([9, 8] + [7] * 12, 2, "so many print the same that the list would be twice as long"),
]


@pytest.mark.parametrize(("figures", "listed", "why"), RANKS, ids=[r[-1] for r in RANKS])
def test_how_many_are_listed_as_the_first(figures: list[int], listed: int, why: str) -> None:
    ranked = [
        (Area("city", str(place), f"{place}市", "35"), number_cell(figure)) for place, figure in enumerate(figures)
    ]
    assert len(first_ranked(ranked)) == listed


def test_ranks_are_never_so_many_that_the_last_is_named() -> None:
    assert all(ranked_count(parts) < parts for parts in range(1, 40))


def percents(sample: ModuleType, values: dict[str, float]) -> object:
    changes = {(code, ind.COMPLETION_PERCENT): value for code, value in values.items()}
    facts = sample.large_month().changed(changes).facts()
    return completion(facts, "35", ind.COMPLETION_PERCENT, "完成率", 90)


CITIES = [f"350{number}00" for number in range(1, 10)]


def test_where_enough_are_complete_they_are_named_instead_of_a_rank(sample: ModuleType) -> None:
    found = percents(sample, dict.fromkeys(CITIES[:4], 100.0) | dict.fromkeys(CITIES[4:], 95.0))
    assert found.full == ("福州市", "厦门市", "莆田市", "三明市")
    assert found.best == () and found.below == ()


def test_those_below_are_told_in_administrative_order_or_as_all_but_a_few(sample: ModuleType) -> None:
    few = percents(sample, dict.fromkeys(CITIES, 95.0) | {CITIES[6]: 10.0, CITIES[1]: 20.0})
    assert few.below == ("厦门市", "南平市") and few.not_below == ()
    most = percents(sample, dict.fromkeys(CITIES, 50.0) | {CITIES[2]: 95.0})
    assert most.not_below == ("莆田市",) and len(most.below) == 8
    assert percents(sample, dict.fromkeys(CITIES, 50.0)).is_all_below


def test_small_parts_and_the_residual_are_not_ranked(sample: ModuleType) -> None:
    changes = {(code, ind.COMPLETION_PERCENT): 95.0 for code in CITIES}
    changes |= {
        ("350000", ind.COMPLETION_PERCENT): 100.0,
        (CITIES[0], ind.STUDENTS): 999.0,
        (CITIES[0], ind.COMPLETION_PERCENT): 1.0,
    }
    found = completion(sample.large_month().changed(changes).facts(), "35", ind.COMPLETION_PERCENT, "完成率", 90)
    assert found.full == found.below == ()


def test_a_threshold_rises_until_few_are_named(sample: ModuleType) -> None:
    facts = sample.large_month().facts()
    found = parts_above(facts, "00", ind.PENDING_TOTAL, 1000)
    assert found.threshold in (50_000, 100_000) and 0 < len(found.parts) <= 10
    counts = [cell.value for _, cell in found.parts]
    assert counts == sorted(counts, reverse=True) and min(counts) > found.threshold
    assert parts_above(facts, "35", ind.PENDING_TOTAL, None).parts == ()
