"""A second system with planted deviations: all are found, none invented; a re-check shows what was mended; explanations are taken."""

import shutil
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from docking_sample import KEY, UNIT, Province, unit_students

from xueji.assets.docking import check_docking
from xueji.data_samples.docking import NOTHING, DockingSample, make_docking

FIRST, SECOND, THIRD = "2026-11-20", "2026-12-20", "2027-01-20"


@pytest.fixture(scope="module")
def unit() -> tuple[pl.DataFrame, pl.DataFrame]:
    return unit_students()


@pytest.fixture(scope="module")
def planted(unit) -> DockingSample:
    return make_docking(unit[0], UNIT, 5)


def deliver(province: Province, night: str, sample: DockingSample, schools: pl.DataFrame) -> None:
    sample.write(province.folder(night))
    schools.write_csv(province.folder(night).parent / "schools.csv")


@pytest.fixture(scope="module")
def checked(unit, planted, tmp_path_factory) -> Province:
    """The first check. For reading and copying only."""
    province = Province(tmp_path_factory.mktemp("docking"))
    deliver(province, FIRST, planted, unit[1])
    assert province.run(FIRST) == 1
    return province


@pytest.fixture
def province(checked, tmp_path) -> Province:
    """A copy of the province after its first check."""
    shutil.copytree(checked.root, tmp_path / "province")
    return Province(tmp_path / "province")


def differences(found: pl.DataFrame, truth: pl.DataFrame) -> tuple[list, list]:
    """What was invented, and what was missed."""
    return (
        found.join(truth, on=KEY, how="anti", nulls_equal=True).select(KEY).rows(),
        truth.join(found, on=KEY, how="anti", nulls_equal=True).rows(),
    )


def test_finds_all_that_was_planted_and_nothing_else(checked, planted):
    found = checked.deviations()
    assert differences(found, planted.truth) == ([], [])
    assert found.height == planted.truth.unique().height
    assert set(planted.truth["check_id"]) >= {f"docking_{kind}" for kind in ("missing_local", "key_local", "codes_local", "number_central")}  # fmt: skip


def test_many_alike_are_one_deviation_with_a_count(checked):
    grouped = checked.deviations("is_grouped")
    assert grouped.select("field", "records").rows() == [("csdm", 1_500)]
    assert len(grouped["examples"][0].split("、")) == 5


def test_without_own_numbers_at_the_centre_the_same_is_found(unit, tmp_path):
    province = Province(tmp_path)
    sample = make_docking(unit[0], UNIT, 5, central_has_local_no=False)
    deliver(province, FIRST, sample, unit[1])
    province.run(FIRST)
    assert differences(province.deviations(), sample.truth) == ([], [])


@pytest.mark.parametrize("has_local_no", [True, False], ids=["linked by 学籍辅号", "linked by 学籍号"])
def test_two_equal_copies_have_no_deviation(unit, tmp_path, has_local_no):
    province = Province(tmp_path)
    deliver(province, FIRST, make_docking(unit[0], UNIT, 5, NOTHING, has_local_no), unit[1])
    province.run(FIRST)
    assert province.deviations("true").select(KEY).rows() == []
    failed = province.rows("select distinct check_id from docking_checks where is_passed is false")
    assert failed.is_empty()
    assert "现无偏差" in (province.home / "docking" / UNIT / f"{FIRST}.html").read_text()


def test_recheck_shows_exactly_what_was_mended(province, unit, planted):
    """Names and birth dates are put right, lost students come back; the rest stays."""
    right = make_docking(unit[0], UNIT, 5, NOTHING).local
    mended = planted.truth.filter(
        pl.col("field").is_in(["xm", "csrq"]) | (pl.col("check_id") == "docking_missing_local")
    )
    own = planted.central.filter(pl.col("xjh").is_in(mended["subject"].to_list()))["xjfh"].to_list()
    local = pl.concat(
        [
            planted.local.filter(~pl.col("学籍辅号").is_in(own)),
            right.select(planted.local.columns).filter(pl.col("学籍辅号").is_in(own)),
        ]
    )
    province.folder(SECOND).mkdir(parents=True)
    local.write_csv(province.folder(SECOND) / "local_students.csv")
    before = province.deviations()
    assert province.run(SECOND) == 1
    assert sorted(province.deviations(f"mended_on = date '{SECOND}'").select(KEY).rows()) == sorted(mended.rows())
    assert province.deviations(f"first_seen = date '{SECOND}'").is_empty()
    standing = province.deviations()
    assert set(standing["deviation_no"]) < set(before["deviation_no"])
    assert standing["last_seen"].cast(pl.String).unique().to_list() == [SECOND]
    page = (province.home / "docking" / UNIT / f"{SECOND}.html").read_text()
    figures = [before.height, mended.height, standing.height, 0, standing.height]
    cells = "".join(f'<td class="number">{figure:,}</td>' for figure in figures)
    assert cells in page and "上次偏差（2026年11月20日）" in page and "本次新增（2026年12月20日）" in page
    # What comes back opens anew, under a number of its own.
    province.folder(THIRD).mkdir(parents=True)
    planted.local.write_csv(province.folder(THIRD) / "local_students.csv")
    province.run(THIRD)
    again = province.deviations(f"first_seen = date '{THIRD}'")
    assert sorted(again.select(KEY).rows()) == sorted(mended.rows())
    assert not set(again["deviation_no"]) & set(before["deviation_no"])


def test_a_night_again_gives_the_same_tables_and_bytes(province):
    before = (province.deviations("true"), province.rows("from docking_checks order by all"), province.outputs())
    again = Province(province.root, threads=1)
    shutil.rmtree(province.home / "docking")
    again.run(FIRST)
    after = (province.deviations("true"), province.rows("from docking_checks order by all"), province.outputs())
    assert [frame.rows() for frame in before[:2]] == [frame.rows() for frame in after[:2]]
    assert before[2] == after[2]


def test_a_night_made_afresh_gives_the_same(province):
    before = (province.deviations("true").rows(), province.rows("from docking_checks order by all").rows())
    pages = province.outputs()
    shutil.rmtree(province.home / "docking")
    afresh = province.engine.model_copy(update={"afresh": True})
    assert check_docking(afresh, province.landing, FIRST) == 1
    assert (province.deviations("true").rows(), province.rows("from docking_checks order by all").rows()) == before
    assert province.outputs() == pages


def test_a_night_without_news_commits_nothing(province):
    tables = ("docking_checks", "docking_deviations", "local_students", "deliveries", "quarantine")
    before = {table: province.engine.version(table) for table in tables}
    (province.root / "landing" / SECOND).mkdir()
    assert province.run(SECOND) == 0
    assert {table: province.engine.version(table) for table in tables} == before
    assert not (province.home / "docking" / UNIT / f"{SECOND}.html").exists()


def answers(province: Province, night: str, rows: list[tuple]) -> None:
    province.folder(night).mkdir(parents=True, exist_ok=True)
    columns = ("偏差编号", "原因说明", "整改措施", "说明人", "说明日期")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    frame.write_csv(province.folder(night) / "docking_answers.csv")


def test_answers_are_taken_and_wrong_ones_refused(province):
    number = province.deviations()["deviation_no"][0]
    answers(
        province,
        SECOND,
        [
            (number.lower(), "本省系统升级时漏传", "重新上传", "张三", "2026-12-01"),
            ("DJ31-999999", "不知道", None, "张三", None),
            (province.deviations()["deviation_no"][1], "　", "有措施", "张三", None),
            (province.deviations()["deviation_no"][2], "有原因", None, "张三", "昨天"),
            (None, "没有编号", None, "张三", None),
        ],
    )
    province.run(SECOND)
    said = province.deviations("explanation is not null")
    assert said.select("deviation_no", "explanation", "remedy", "explained_by").rows() == [
        (number, "本省系统升级时漏传", "重新上传", "张三")
    ]
    (delivered,) = province.rows("from deliveries where kind = 'docking_answers'").to_dicts()
    assert [delivered[f"rows_{name}"] for name in ("delivered", "accepted", "quarantined")] == [5, 1, 4]
    refused = province.rows("select rule_id, reason from quarantine where kind = 'docking_answers' order by 1, 2")
    assert refused["rule_id"].to_list() == ["docking_answer_date", "docking_answer_empty", "docking_answer_unknown", "docking_answer_unknown"]  # fmt: skip
    # The page says so, dated the night, about the same check; a night again changes nothing.
    page = (province.home / "docking" / UNIT / f"{SECOND}.html").read_text()
    assert "已说明原因 1 条" in page and "检查日期：2026年11月20日" in page
    before = (province.deviations("true").rows(), province.outputs())
    province.run(SECOND)
    assert (province.deviations("true").rows(), province.outputs()) == before


def test_the_workbook_comes_back_filled_in(province):
    book = openpyxl.load_workbook(province.home / "docking" / UNIT / f"{FIRST}.xlsx")
    sheet = book["偏差清单"]
    heads = next(row for row in sheet.iter_rows() if row[0].value == "偏差编号")
    place = {cell.value: cell.column for cell in heads}
    for row in (heads[0].row + 1, heads[0].row + 2):
        for title, text in (("原因说明", "接口超时"), ("说明人", "李四"), ("说明日期", "2026/12/2")):
            sheet.cell(row, place[title]).value = text
    province.folder(SECOND).mkdir(parents=True)
    book.save(province.folder(SECOND) / "docking_answers_31.xlsx")
    province.run(SECOND)
    said = province.deviations("explanation is not null")
    assert (
        said.select("explanation", "explained_by", pl.col("explained_on").cast(pl.String)).rows()
        == [("接口超时", "李四", "2026-12-02")] * 2
    )


def test_low_load_rate_is_a_deviation_and_unreadable_rows_count(unit, planted, tmp_path: Path):
    """A sixth of the copy never reached the centre: the rate says it, and the students are told of school by school."""
    province = Province(tmp_path)
    sample = make_docking(unit[0], UNIT, 5, NOTHING)
    short = DockingSample(
        sample.central[: len(sample.central) * 5 // 6], sample.local, sample.issued.clear(), sample.truth
    )
    deliver(province, FIRST, short, unit[1])
    with (province.folder(FIRST) / "local_students.csv").open("a") as file:
        file.write("坏行\n" * 10)
    province.run(FIRST)
    (rate,) = province.rows("from docking_checks where check_id = 'docking_load_rate'").to_dicts()
    assert rate["observed"] == pytest.approx(100 * len(short.central) / (len(sample.local) + 10))
    found = province.deviations()
    assert found.filter(pl.col("check_id") == "docking_load_rate").height == 1
    lone = found.filter(pl.col("check_id") == "docking_school_local_only")
    in_lone = sample.central.filter(pl.col("xxbsm").is_in(lone["subject"].to_list())).height
    missing = found.filter(pl.col("check_id") == "docking_missing_central")
    assert missing["records"].sum() + in_lone == len(sample.local) - len(short.central)
    assert found.height == lone.height + missing.height + 1


def test_refused_issued_numbers(province):
    province.folder(SECOND).mkdir(parents=True)
    (province.folder(SECOND) / "issued_numbers.csv").write_text(
        "学籍辅号,学籍号,下发日期\n,G1,\nA1,,\nA2,G2,去年\nA3,G3,2026-10-01\n"
    )
    province.run(SECOND)
    rows = province.rows("select local_no, student_no, cast(issued_on as varchar) from issued_numbers")
    assert rows.rows() == [("A3", "G3", "2026-10-01")]
    rules = province.rows("select rule_id from quarantine where kind = 'issued_numbers' order by 1")["rule_id"]
    assert rules.to_list() == ["docking_issued_date", "docking_issued_no_local_no", "docking_issued_no_number"]


def test_the_page_holds_no_personal_value(checked, planted):
    page = checked.outputs()[f"{UNIT}/{FIRST}.html"].decode()
    people = planted.central.select("xm", "sfzjh", "xjh", "cy1xm", "cy1lxdh").head(2_000)
    values = {value for column in people for value in column.drop_nulls() if len(value) > 2}
    assert not {value for value in values if value in page}


def test_the_workbook_masks_names_and_numbers(checked, planted):
    file = checked.home / "docking" / UNIT / f"{FIRST}.xlsx"
    texts = {str(cell) for sheet in openpyxl.load_workbook(file) for row in sheet.iter_rows(values_only=True) for cell in row if cell}  # fmt: skip
    names = {value for column in ("xm", "cy1xm", "cy2xm", "sfzjh", "cy1sfzjh", "cy1lxdh") for value in planted.central[column].drop_nulls()}  # fmt: skip
    assert not texts & names
