"""The scorecard over hand-made findings and truth: every figure can be counted by eye."""

import json
from datetime import date

import duckdb
import polars as pl
import pytest

from xueji.pipelines import scorecard, scorecard_duplicates, scorecard_names, scorecard_numbers, scorecard_suspects
from xueji.pipelines.scorecard_score import Score, share, table

NIGHT, EARLIER = date(2026, 11, 20), date(2026, 10, 20)
NIGHT_TEXT = "2026-11-20"


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def truth_file(tmp_path):
    """Writes truth rows, dates and columns given, as Parquet."""

    def write(columns: str, *rows: tuple[object, ...], types: dict | None = None):
        file = tmp_path / "truth.parquet"
        pl.DataFrame(rows, schema=columns.split(), orient="row", schema_overrides=types).write_parquet(file)
        return file

    return write


@pytest.fixture
def put(connection):
    """Makes a table of the rows."""

    def make(name: str, columns: str, *rows: tuple[object, ...], types: dict | None = None) -> None:
        frame = pl.DataFrame(rows, schema=columns.split(), orient="row", schema_overrides=types)
        connection.register("given", frame.to_arrow())
        connection.execute(f"create or replace table {name} as select * from given")

    return make


SCORES = [
    # expected, found, right, precision, recall, f1
    (4, 2, 2, 1.0, 0.5, 2 / 3),
    (0, 3, 0, 0.0, None, 0.0),
    (3, 0, 0, None, 0.0, 0.0),
    (0, 0, 0, None, None, None),
]


@pytest.mark.parametrize(("expected", "found", "right", "precision", "recall", "f1"), SCORES)
def test_shares_of_a_score(expected, found, right, precision, recall, f1):
    score = Score("rule", expected, found, right)
    assert (score.precision, score.recall, score.f1) == (precision, recall, f1)


def test_a_share_is_never_rounded_up():
    assert (share(0.9999), share(1.0), share(None)) == ("0.999", "1.000", "–")


def test_a_table_aligns_texts_left_and_numbers_right():
    assert table(("a", "b"), [("x", "1")]) == ["| a | b |", "| --- | ---: |", "| x | 1 |", ""]


# --- rules and classes of names -----------------------------------------------------------------------------------

TRUTH = "date unit school_code student_no rule_id reason file"
FOUND = "as_of unit_code school_code student_no record_key rule_id reason file"
REASONS = [
    # student, made (rule, reason), said (rule, reason)
    ("G1", ("id_name_mismatch", "homophone"), ("id_name_mismatch", "homophone")),
    ("G2", ("id_name_mismatch", "homophone"), ("id_name_mismatch", "shape")),
    ("G3", ("id_name_mismatch", "shape"), ("id_name_mismatch", "shape")),
    ("G4", ("name_variant", "width"), ("name_variant", "width")),
    ("G5", ("name_variant", "variant"), ("id_name_mismatch", "different")),  # equal once folded: must not be
    ("G6", None, ("id_name_mismatch", "different")),  # nor this: the very same name
    ("G7", ("name_not_comparable", None), ("name_not_comparable", "")),
    ("G8", ("id_name_mismatch", "order"), None),
]


@pytest.fixture
def names(connection, put, truth_file):
    made = [(NIGHT, "44", "S1", student, *told, None) for student, told, _ in REASONS if told]
    made.append((EARLIER, "44", "S1", "G9", "id_name_mismatch", "order", None))  # true on another date
    said = [(NIGHT, "44", "S1", student, f"S1/{student}", *told, None) for student, _, told in REASONS if told]
    texts = {"reason": pl.String, "file": pl.String}
    put("findings", FOUND, *said, types=texts)
    assert scorecard.create_comparison(connection, truth_file(TRUTH, *made, types=texts)) == NIGHT_TEXT
    return connection


def test_rules_are_scored_whatever_the_reason(names):
    scores = {score.rule_id: score for score in scorecard.rule_scores(names)}
    assert scores["id_name_mismatch"] == Score("id_name_mismatch", expected=4, found=5, right=3)
    assert scores["name_variant"] == Score("name_variant", expected=2, found=1, right=1)
    assert scores["id_checksum"] == Score("id_checksum", 0, 0, 0)


def test_an_unknown_rule_is_told(connection, put, truth_file):
    put("findings", FOUND, (NIGHT, "44", "S1", "G1", "S1/G1", "no_rule", "", ""))
    scorecard.create_comparison(connection, truth_file(TRUTH, (NIGHT, "44", "S1", "G1", "id_checksum", "", "")))
    with pytest.raises(ValueError, match="no_rule"):
        scorecard.rule_scores(connection)


def test_classes_need_the_right_reason(names):
    scores = {score.rule_id: score for score in scorecard_names.class_scores(names)}
    assert scores["id_name_mismatch / homophone"] == Score("id_name_mismatch / homophone", 2, 1, 1)
    assert scores["id_name_mismatch / shape"] == Score("id_name_mismatch / shape", 1, 2, 1)
    assert scores["id_name_mismatch / different"] == Score("id_name_mismatch / different", 0, 2, 0)
    assert scores["name_not_comparable"] == Score("name_not_comparable", 1, 1, 1)


def test_macro_f1_is_the_mean_over_the_true_classes(names):
    # homophone 2/3, order 0, shape 2/3, not comparable 1, variant 0, width 1
    assert scorecard_names.macro_f1(scorecard_names.class_scores(names)) == pytest.approx((4 / 3 + 2) / 6)
    assert scorecard_names.macro_f1([]) is None


def test_a_mismatch_of_names_equal_after_folding_is_counted(names):
    assert scorecard_names.false_mismatches(names) == 2


def test_confusion_tells_what_was_made_and_said(names):
    confusion = set(scorecard_names.reason_confusion(names))
    assert ("id_name_mismatch / homophone", "id_name_mismatch / shape", 1) in confusion
    assert ("nothing", "id_name_mismatch / different", 1) in confusion
    assert ("id_name_mismatch / order", "nothing", 1) in confusion
    assert sum(count for *_, count in confusion) == len(REASONS)


# --- repairs ------------------------------------------------------------------------------------------------------

NUMBERS = [
    # student, slips, slip, right number (None: not mistyped), repairs, repaired number
    ("G1", 1, "digit", "A", 1, "A"),
    ("G2", 1, "digit", "B", 1, "C"),
    ("G3", 1, "digit", "D", 0, None),
    ("G4", 1, "swap", "E", 2, None),
    ("G5", 2, "digit", "F", 1, "F"),
    ("G6", None, None, None, 1, "G"),
]


def test_repairs_are_counted_by_slip(connection, put, truth_file):
    mistyped = [
        (NIGHT, "44", "S1", student, right, slips, slip) for student, slips, slip, right, *_ in NUMBERS if right
    ]
    mistyped.append((EARLIER, "44", "S1", "G1", "Z", 1, "swap"))
    file = truth_file("date unit school_code student_no right_number slips slip", *mistyped)
    autopsies = [("44", f"S1/{student}", repairs, repaired) for student, *_, repairs, repaired in NUMBERS]
    put("number_autopsies", "unit_code record_key repairs repaired_number", *autopsies)
    found = scorecard_numbers.repairs(connection, file, NIGHT_TEXT)
    assert found == [
        scorecard_numbers.Repairs("digit", broken=3, examined=3, unique=2, right=1, several=0),
        scorecard_numbers.Repairs("swap", 1, 1, 0, 0, 1),
        scorecard_numbers.Repairs("two slips", 1, 1, 1, 1, 0),
        scorecard_numbers.Repairs(scorecard_numbers.OTHERWISE, 0, 1, 1, 0, 0),
    ]
    assert scorecard_numbers.total(found).precision == 2 / 3
    assert found[-1].precision is None


# --- suspected duplicates -----------------------------------------------------------------------------------------

SUSPECTS = "date child unit school_code student_no record kind how"
CHILDREN = [
    (1, "44", "G1", "first", "two_numbers"), (1, "45", "G2", "second", "two_numbers"),
    (2, "44", "G3", "first", "one_number"), (2, "44", "G4", "second", "one_number"),
    (3, "44", "G5", "first", "one_number"), (3, "44", "G6", "second", "one_number"),
]  # fmt: skip
SUSPECTED = [
    # group, unit, student, reason
    ("a", "44", "G1", "two_numbers"), ("a", "45", "G2", "two_numbers"),  # right
    ("b", "44", "G3", "two_numbers"), ("b", "44", "G4", "two_numbers"), ("b", "44", "G7", "two_numbers"),  # G4 with G3; G3 and G7 are duplicates
]  # fmt: skip


@pytest.fixture
def suspects(connection, put, truth_file):
    rows = [(NIGHT, child, unit, "S1", student, 0, kind, how) for child, unit, student, kind, how in CHILDREN]
    rows.append((EARLIER, 4, "44", "S1", "G8", 0, "first", "no_number"))
    put(
        "findings",
        "rule_id group_key unit_code record_key reason",
        *(("suspected_duplicate", group, unit, f"S1/{student}", reason) for group, unit, student, reason in SUSPECTED),
        *(("duplicate_id", "x", "44", f"S1/{student}", "different_person") for student in ("G3", "G7", "G9")),
    )
    scorecard_suspects.create_duplicate_pairs(connection)
    assert scorecard_suspects.create_true_pairs(connection, truth_file(SUSPECTS, *rows), NIGHT_TEXT) == 3
    scorecard_suspects.create_suspected_pairs(connection)
    return connection


def test_pairs_of_a_group_are_scored_by_kind(suspects):
    scores = {score.rule_id: score for score in scorecard_suspects.pair_scores(suspects)}
    everything = scores["all"]
    assert (everything.expected, everything.found, everything.right, everything.recalled) == (3, 3, 2, 2)
    assert everything.f1 == pytest.approx(2 / 3)
    assert scores["two_numbers"].precision == 2 / 3 and scores["two_numbers"].recall == 1.0
    assert scores["one_number"].precision is None and scores["one_number"].recall == 1 / 2


def test_scored_pairs_are_told_once_whichever_side_comes_first(suspects, put):
    put(
        "suspect_pairs",
        "l_unit_code l_record_key r_unit_code r_record_key probability",
        ("45", "S1/G2", "44", "S1/G1", 0.9),
        ("44", "S1/G1", "45", "S1/G2", 0.8),
        ("44", "S1/G4", "44", "S1/G7", 0.4),
        ("44", "S1/G7", "44", "S1/G3", 0.7),
    )
    assert scorecard_suspects.scored_pairs(suspects).sort("probability").rows() == [(0.4, False), (0.9, True)]


def test_what_was_found_beside_a_peer_is_told(tmp_path):
    kept = tmp_path / "suspects.json"
    assert scorecard_suspects.peer_lines(kept) == []
    side = {"used": {"threshold": 0.95, "precision": 0.9, "recall": 0.5, "f1": 0.64}, "best": {"f1": 0.7}}
    kept.write_text(json.dumps({"beside": {"students": 1000, "true_pairs": 7, "sides": {"peer": side}}}))
    assert "| peer | 0.95 | 0.900 | 0.500 | 0.640 | 0.700 |" in scorecard_suspects.peer_lines(kept)


# --- holders and coincidences -------------------------------------------------------------------------------------


def test_suggested_holders_are_scored_by_question(connection, put, truth_file):
    parties = [
        # group, student, holder, suggested, question
        ("a", "G1", True, True, "number"), ("a", "G2", False, False, "number"),  # right
        ("b", "G3", True, False, "number"), ("b", "G4", False, True, "number"),  # wrong
        ("c", "G5", True, False, "record"), ("c", "G6", False, False, "record"),  # no suggestion
        ("d", "G7", None, True, "record"), ("d", "G8", None, False, "record"),  # the truth does not tell
    ]  # fmt: skip
    known = [
        (NIGHT, ord(group), "44", "S1", student, holds) for group, student, holds, *_ in parties if holds is not None
    ]
    file = truth_file("date child unit school_code student_no is_holder", *known)
    put(
        "suggested_holders",
        "unit_code group_key record_key is_suggested question",
        *(("44", group, f"S1/{student}", said, question) for group, student, _, said, question in parties),
    )
    assert scorecard_duplicates.holder_rows(connection, file, NIGHT_TEXT) == [("number", 2, 2, 1), ("record", 1, 0, 0)]
    assert "| number | 2 | 2 | 1 | 1.000 | 0.500 |" in scorecard_duplicates.holder_section(connection, file, NIGHT_TEXT)


def test_coincidences_tell_in_how_many_units_chance_suffices(connection, put):
    columns = "as_of level code population students expected low high found is_beyond_chance"
    put(
        "expected_coincidences",
        columns,
        (NIGHT, "national", "00", "all", 3000, 4.25, 1, 8, 9, True),
        (NIGHT, "province", "44", "all", 1000, 3.0, 0, 6, 3, False),
        (NIGHT, "province", "45", "all", 2000, 1.25, 0, 3, 6, True),
        (NIGHT, "county", "440106", "all", 10, 0.0, 0, 0, 0, False),
    )
    assert "| all | 3,000 | 4.2 | 1 | 8 | 9 | 1 of 2 |" in scorecard_duplicates.coincidence_section(
        connection, NIGHT_TEXT
    )
