"""What a reader of a whole month can work out, by integer programming over everything that is printed."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from xueji.reports import indicators as ind
from xueji.reports.suppression import SMALL_MARK, WITHHELD_MARK, is_small
from xueji.reports.withholding import Area, Key, Rules, derived_marks, withheld

RULES: Rules = (
    ("DUP_ID", ["duplicate_id"]),
    ("DUP_NSB", ["duplicate_name_sex_birth"]),
    ("ERR_ID", ["id_format", "id_checksum"]),
    ("MISSING", ["id_missing", "required_missing"]),
)
AREAS: tuple[Area, ...] = (
    ("national", "00", None),
    ("province", "11", "00"),
    ("province", "13", "00"),
    ("city", "130100", "13"),
    ("city", "130200", "13"),
    ("county", "110101", "11"),
    ("county", "110102", "11"),
    ("county", "110000", "11"),
    ("county", "130102", "130100"),
    ("county", "130104", "130100"),
    ("county", "130202", "130200"),
    *(("school", f"{county}{place:04}", county) for county in ("110101", "130102", "130104") for place in range(3)),
)
PARENTS = {code: parent for _, code, parent in AREAS}
LEVELS = {code: level for level, code, _ in AREAS}
LEAVES = [code for level, code, _ in AREAS if level == "school"] + ["110102", "110000", "130202"]
TYPES = ("DUP_ID", "DUP_NSB", "ERR_NAME", "ERR_ID")
COUNT_SIZES = st.one_of(st.integers(1, 4), st.integers(5, 12), st.integers(5, 300))

# A number of equal cases: where, type, how they came, what became of them, and in which details they count.
Case = tuple[str, str, str, str, tuple[int, int], int]
CASES = st.tuples(
    st.sampled_from(LEAVES),
    st.sampled_from(TYPES),
    st.sampled_from(["opening", ind.CASES_NEW, ind.CASES_NEW, ind.CASES_REOPENED]),
    st.sampled_from(["pending", "pending", "returned", "overdue", "waiting", *ind.DISPOSITIONS]),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    COUNT_SIZES,
)


def case_indicators(case: Case) -> list[str]:
    """The figures that count a case; of rules the second one too where the details say so."""
    _, kind, came, became, (detail, other), _ = case
    names = [
        *([ind.CASES_OPENING, ind.opening(kind)] if came == "opening" else [came, ind.entered(kind)]),
    ]
    if became in ind.DISPOSITIONS:
        return [*names, ind.CASES_CLOSED, ind.closed(kind), ind.closed_by(became)]
    names += [ind.PENDING_TOTAL, ind.pending(kind), ind.PENDING_STUDENTS, ind.pending_aged(ind.AGES[detail])]
    names += {
        "returned": [ind.RETURNED_TOTAL, ind.returned_by(ind.OFFICES[other])],
        "overdue": [ind.OVERDUE_TOTAL, ind.overdue_at(ind.ACTORS[other])],
        "waiting": [ind.AUDITS_WAITING, ind.quality("MISSING"), "rule_id_missing"],
    }.get(became, [])
    if kind == "DUP_ID":
        names += [ind.duplicates_in(kind, ind.SCOPES[other]), "rule_duplicate_id"]
    if kind == "DUP_NSB":
        names += ["rule_duplicate_name_sex_birth"]
    if kind == "ERR_ID":
        names += ["rule_id_format", "rule_id_checksum"][: other + 1] if other < 3 else ["rule_id_checksum"]
    return names


def is_told_of(name: str, level: str) -> bool:
    if level == "school":
        return name in ind.SCHOOL_COUNTS
    if not ind.is_told(level, name):
        return False
    return level in ("national", "province") or not (name in ind.UNIT_COUNTS or name.startswith("rule_"))


def chain(code: str) -> list[str]:
    return [code, *(chain(parent) if (parent := PARENTS[code]) else [])]


ALL_INDICATORS = dict.fromkeys(
    [name for name in (*ind.COUNTS, *ind.UNIT_COUNTS, *ind.FLOW_BY_TYPE) if name not in ind.OPEN_COUNTS]
    + [f"rule_{rule}" for _, rules in RULES for rule in rules]
)


def month_of(cases: Iterable[Case]) -> dict[Key, int]:
    """All counts of a month; zero stands at all levels but the schools."""
    counts = Counter({
        (code, name): 0 for level, code, _ in AREAS for name in ALL_INDICATORS if (name in ind.FLOW_BY_TYPE or is_told_of(name, level)) and level != "school"
    })  # fmt: skip
    for case in cases:
        for code in chain(case[0]):
            counts.update(
                {(code, name): case[-1] for name in case_indicators(case) if is_counted_of(name, LEVELS[code])}
            )
    return dict(counts)


def is_counted_of(name: str, level: str) -> bool:
    """Told or not: a reader knows that cases of every type came and went everywhere."""
    return (name in ind.FLOW_BY_TYPE and level != "school") or is_told_of(name, level)


def told(counts: Mapping[Key, int]) -> dict[Key, int]:
    return {(code, name): count for (code, name), count in counts.items() if is_told_of(name, LEVELS[code])}


SUMS = [
    # parts, whole: within one area
    (map(ind.pending, ind.PENDING_TYPES), [ind.PENDING_TOTAL]),
    (map(ind.opening, ind.PENDING_TYPES), [ind.CASES_OPENING]),
    (map(ind.entered, ind.PENDING_TYPES), [ind.CASES_NEW, ind.CASES_REOPENED]),
    (map(ind.closed, ind.PENDING_TYPES), [ind.CASES_CLOSED]),
    (map(ind.closed_by, ind.DISPOSITIONS), [ind.CASES_CLOSED]),
    (map(ind.pending_aged, ind.AGES), [ind.PENDING_TOTAL]),
    (map(ind.returned_by, ind.OFFICES), [ind.RETURNED_TOTAL]),
    (map(ind.overdue_at, ind.ACTORS), [ind.OVERDUE_TOTAL]),
    ([ind.CASES_OPENING, ind.CASES_NEW, ind.CASES_REOPENED], [ind.PENDING_TOTAL, ind.CASES_CLOSED]),
    ([ind.PENDING_REPORTED, ind.pending("DUP_NSB")], [ind.PENDING_TOTAL]),
    *(([ind.opening(kind), ind.entered(kind)], [ind.pending(kind), ind.closed(kind)]) for kind in ind.PENDING_TYPES),
]
SUMS = [([*parts], whole) for parts, whole in SUMS]
UNIT_SUMS = [
    ([ind.duplicates_in("DUP_ID", scope) for scope in ind.SCOPES], [ind.pending("DUP_ID")]),
    *(([f"rule_{rule}" for rule in rules], [ind.problem_count(kind), f"excess {kind}"]) for kind, rules in RULES),
]


class Reader:
    """Every figure as a whole number that is printed, or within what its mark says, under all sums that a reader knows."""

    def __init__(self, counts: Mapping[Key, int], marks: Mapping[Key, str]) -> None:
        values = {key: value for key, value in counts.items() if key[1] not in ind.OPEN_COUNTS}
        for level, code, _ in AREAS:
            if level != "school":
                values[code, ind.PENDING_REPORTED] = (
                    values[code, ind.PENDING_TOTAL] - values[code, ind.pending("DUP_NSB")]
                )
            if level in ("national", "province"):
                for parts, (whole, *extra) in UNIT_SUMS:
                    if extra:
                        values[code, extra[0]] = sum(values[code, part] for part in parts) - values[code, whole]
        self.values, self.marks = values, marks
        self.places = {key: place for place, key in enumerate(values)}
        self.sums = self.matrix([*self.area_sums(), *self.figure_sums()])
        lowest = 1 if any(is_small(values[key]) and mark == WITHHELD_MARK for key, mark in marks.items()) else 5
        known = {SMALL_MARK: (1, 4), WITHHELD_MARK: (lowest, None)}
        ranges = [known.get(marks.get(key, ""), (value, value)) for key, value in values.items()]
        for place, (code, name) in enumerate(values):
            if name.startswith("excess"):
                rules = [f"rule_{rule}" for rule in dict(RULES)[name.split()[1]]]
                ranges[place] = (0, None if sum(values[code, rule] > 0 for rule in rules) > 1 else 0)
            elif name in ind.FLOW_BY_TYPE and not is_told_of(name, LEVELS[code]):
                ranges[place] = (0, None)
        self.least = [least for least, _ in ranges]
        self.most = [
            value + 50 if most is None else most for (_, most), value in zip(ranges, values.values(), strict=True)
        ]

    def area_sums(self) -> Iterable[tuple[list[Key], list[Key]]]:
        for code, name in self.values:
            parts = [(part, name) for part, parent in PARENTS.items() if parent == code and (part, name) in self.values]
            if parts:
                yield parts, [(code, name)]

    def figure_sums(self) -> Iterable[tuple[list[Key], list[Key]]]:
        for level, code, _ in AREAS:
            if level == "school":
                continue
            for parts, whole in [*SUMS, *(UNIT_SUMS if level in ("national", "province") else [])]:
                yield [(code, name) for name in parts], [(code, name) for name in whole]

    def matrix(self, sums: Iterable[tuple[list[Key], list[Key]]]) -> lil_matrix:
        sums = [*sums]
        matrix = lil_matrix((len(sums), len(self.places)))
        for row, (parts, whole) in enumerate(sums):
            for keys, sign in ((parts, 1), (whole, -1)):
                for key in keys:
                    matrix[row, self.places[key]] += sign
        return matrix

    def determined(self) -> list[Key]:
        """Withheld counts that have one value only. A solution found for one count shows another value of many."""
        truth = np.array([*self.values.values()])
        assert not (self.sums @ truth).any()
        open_keys = dict.fromkeys(self.marks)
        found = []
        while open_keys:
            key = next(iter(open_keys))
            for direction in (1, -1):
                goal = np.zeros(len(truth))
                goal[self.places[key]] = -direction
                result = milp(
                    goal,
                    constraints=LinearConstraint(self.sums.tocsr(), 0, 0),
                    bounds=Bounds(self.least, self.most),
                    integrality=np.ones(len(truth)),
                )
                assert result.status == 0, result.message
                solution = np.round(result.x)
                for other in [*open_keys]:
                    if solution[self.places[other]] != truth[self.places[other]]:
                        del open_keys[other]
                if key not in open_keys:
                    break
            else:
                found.append(key)
                del open_keys[key]
        return found


def check(cases: Iterable[Case], previous: Mapping[Key, str] | None = None) -> dict[Key, str]:
    counts = month_of(cases)
    marks = withheld(AREAS, counts, previous, RULES)
    reader = Reader(counts, marks)
    for key, value in reader.values.items():
        if is_small(value) and not key[1].startswith("excess") and is_told_of(key[1], LEVELS[key[0]]):
            assert key in marks, (key, value)
        if value == 0:
            assert key not in marks, key
        if marks.get(key) == SMALL_MARK:
            assert is_small(value)
    assert reader.determined() == []
    return marks


@settings(max_examples=40, deadline=None)
@given(st.lists(CASES, max_size=25))
def test_no_withheld_count_of_a_month_can_be_worked_out(cases: list[Case]) -> None:
    marks = check(cases)
    again = withheld(AREAS, dict(reversed(month_of(cases).items())), None, RULES)
    assert again == marks and [*again] == [*marks]


@settings(max_examples=15, deadline=None)
@given(st.lists(CASES, max_size=20), st.sets(st.sampled_from(sorted(PARENTS))), st.sampled_from(TYPES))
def test_what_the_previous_bulletin_withheld_stays_withheld(cases: list[Case], codes: set[str], kind: str) -> None:
    previous = {(code, name): WITHHELD_MARK for code in codes for name in (ind.pending(kind), ind.PENDING_TOTAL)}
    counts, marks = month_of(cases), check(cases, previous)
    for code in codes:
        for name in (ind.opening(kind), ind.CASES_OPENING):
            assert (code, name) in marks or not told(counts).get((code, name))


def whole_month(size: int) -> list[Case]:
    """The same number of every kind of case everywhere."""
    return [
        (leaf, kind, came, became, (place % 4, place % 3), size)
        for leaf in LEAVES
        for kind in TYPES
        for came in ("opening", ind.CASES_NEW)
        for place, became in enumerate(("pending", "returned", "overdue", *ind.DISPOSITIONS))
    ]


@pytest.mark.parametrize("seed", range(3))
def test_a_month_full_of_cases_is_safe(seed: int) -> None:
    dice = np.random.default_rng(seed)
    came, became = (
        ["opening", ind.CASES_NEW, ind.CASES_REOPENED],
        ["pending", "returned", "overdue", "waiting", *ind.DISPOSITIONS],
    )
    details = dice.integers(0, 4, (150, 2)).tolist()
    sizes = dice.choice([1, 2, 4, 5, 9, 60], 150).tolist()
    check([
        (str(dice.choice(LEAVES)), str(dice.choice(TYPES)), str(dice.choice(came)), str(dice.choice(became)), (detail, other), size)
        for (detail, other), size in zip(details, sizes, strict=True)
    ])  # fmt: skip


def test_nothing_is_withheld_without_small_counts() -> None:
    assert check(whole_month(7)) == {}


def test_one_small_count_takes_few_others_along() -> None:
    """A reopened case is hidden by a new one less, and by the same the other way round in the county beside it."""
    cases = [*whole_month(7), *(("130102" + "0000", "DUP_ID", ind.CASES_REOPENED, "pending", (0, 0), 2),)]
    cases.append(("1301040000", "DUP_ID", ind.CASES_REOPENED, "pending", (0, 0), 9))
    assert check(cases) == {
        ("130102", ind.CASES_NEW): "*",
        ("130102", ind.CASES_REOPENED): "<5",
        ("130104", ind.CASES_NEW): "*",
        ("130104", ind.CASES_REOPENED): "*",
    }


def test_a_single_case_in_the_nation_is_withheld_throughout() -> None:
    marks = check([("1301020000", "DUP_ID", ind.CASES_NEW, "pending", (0, 0), 3)])
    assert {marks[code, ind.PENDING_TOTAL] for code in chain("1301020000")} == {"<5"}


def test_five_schools_with_one_each_hide_their_county() -> None:
    cases = [(f"130102000{place % 3}", "DUP_ID", ind.CASES_NEW, "overdue", (0, 0), 1) for place in range(3)]
    cases += [(leaf, "DUP_ID", ind.CASES_NEW, "overdue", (0, 0), 30) for leaf in LEAVES if leaf[:6] != "130102"]
    marks = check(cases)
    assert marks["130102", ind.OVERDUE_TOTAL] == "<5"


def test_rules_count_every_record_at_least_once() -> None:
    """Four by form and the rest by check character make up all: without company, four could not be less."""
    cases = [
        (leaf, "ERR_ID", ind.CASES_NEW, "pending", (0, place), size)
        for leaf, sizes in (("110102", (4, 60)), ("130202", (3, 50)))
        for place, size in zip((0, 3), sizes, strict=True)
    ]
    assert {name for _, name in check(cases)} == {"rule_id_format", "rule_id_checksum"}


def test_persons_are_withheld_with_their_cases() -> None:
    marks = check([*whole_month(7)[:20], ("110102", "DUP_ID", ind.CASES_NEW, "pending", (0, 0), 1)])
    hidden = {code for code, name in marks if name == ind.PENDING_TOTAL and LEVELS[code] != "school"}
    assert len(hidden) > 1
    assert {(code, ind.PENDING_STUDENTS) for code in hidden} <= {*marks}


def test_an_opening_figure_that_was_printed_as_pending_is_not_withheld_for_others() -> None:
    """It would hide nothing: the previous bulletin tells it."""
    cases = [case for case in whole_month(40) if not (case[0].startswith("11") and case[1] == "ERR_NAME")]
    cases += [
        ("110102", "ERR_NAME", "opening", "change", (0, 0), 2),
        ("110102", "ERR_NAME", "opening", "pending", (0, 0), 6),
    ]
    cases += [("110102", "ERR_NAME", ind.CASES_NEW, "pending", (0, 0), 300)]
    assert ("11", ind.opening("ERR_NAME")) in check(cases, None)
    marks = check(cases, {})
    assert marks["11", ind.closed("ERR_NAME")] == SMALL_MARK
    assert not any(name.startswith(ind.CASES_OPENING) for _, name in marks)


def test_a_false_sum_is_named() -> None:
    counts = month_of(whole_month(7))
    for code, name, message in (
        ("00", ind.pending("DUP_ID"), "00: figures that meet in"),
        ("13", ind.AUDITS_WAITING, "00: audits_waiting is"),
        ("1301020001", ind.PENDING_TOTAL, "130102: pending_total is not the sum of its schools'"),
    ):
        with pytest.raises(ValueError, match=message):
            withheld(AREAS, counts | {(code, name): counts.get((code, name), 0) + 1}, None, RULES)
    with pytest.raises(ValueError, match="stands twice"):
        withheld([*AREAS, ("county", "130100", "130100")], counts, None, RULES)


def test_derived_figures_are_withheld_with_what_they_give_away() -> None:
    marks = {("13", ind.PENDING_TOTAL): "*", ("11", ind.pending("ERR_NAME")): "<5"}
    previous = {("11", ind.quality("STALE")): "<5", ("99", ind.PENDING_TOTAL): "*"}
    found = derived_marks(AREAS, marks, previous)
    assert set(found.values()) == {WITHHELD_MARK}
    assert {name for code, name in found if code == "11"} == {
        ind.per_10000(ind.pending("ERR_NAME")),
        ind.change_percent(ind.pending("ERR_NAME")),
        ind.change_percent(ind.quality("STALE")),
    }
    assert ("13", ind.COMPLETION_PERCENT) in found and ("13", ind.FORECAST_LEFT) in found
    assert not any(code in ("99", "00") for code, _ in found)
