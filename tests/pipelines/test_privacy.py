"""Promise 4: no name and no number of a person where it does not belong. Scans everything a night leaves behind."""

import re
import sqlite3
from unicodedata import normalize

import openpyxl
import polars as pl
import pytest
from pypdf import PdfReader

from xueji.assets.engine import Engine
from xueji.checks.divisions import names as division_names


@pytest.fixture(scope="module")
def people(home):
    """Names of three characters or more (shorter ones occur in any text) and numbers of every student and register entry."""
    engine = Engine(home=str(home))
    with engine.session() as connection:
        rows = connection.execute(
            f"""
            select distinct name, id_number, student_no from core_students
            union select distinct trim(xm), sfzjh, xjh from ({engine.table_sql("raw_students")})
            union select distinct name, null, null from core_population
            """
        ).fetchall()
    names = {row[0] for row in rows if row[0] and len(row[0]) >= 3}
    numbers = {normalize("NFKC", value) for row in rows for value in row[1:] if value and len(value) >= 15}
    assert len(names) > 1000 and len(numbers) > 1000
    return names, numbers


def leaks(text, people):
    """How many names and numbers of people occur in the text. Counts only: a failing test must not print them."""
    names, numbers = people
    text = normalize("NFKC", text)
    chinese = {
        run[at : at + size]
        for run in re.findall(r"[一-鿿·]{3,}", text)
        for size in (3, 4)
        for at in range(len(run) - size + 1)
    }
    coincidences = {name for name in names & chinese if name in PLACES}
    digits = set(re.findall(r"[GJL]?[0-9]{14,17}[0-9Xx]+", text))
    return len((names & chinese) - coincidences), len(digits & numbers)


WHOLE_NUMBER = re.compile(r"[GJL]?[0-9]{14,}[0-9Xx]")
# Words of three and four characters in the names of places, which some person may be named like.
PLACES = frozenset(
    name[at : at + size] for name in division_names().values() for size in (3, 4) for at in range(len(name) - size + 1)
)


def test_the_scan_finds_what_is_planted(people):
    names, numbers = people
    name = max(name for name in names if re.fullmatch("[一-鿿]{3}", name))
    number = max(number for number in numbers if WHOLE_NUMBER.fullmatch(number))
    found = leaks(f"学生{name}的身份证件号为{number}。", people)
    assert min(found) >= 1


def test_what_the_command_says(done, people):
    for night in done:
        assert leaks(night.out + night.err, people) == (0, 0)


def test_bulletins_site_and_delivery_reports(home, people):
    pages = [
        file
        for folder in ("bulletins", "site", "deliveries")
        for file in sorted((home / folder).rglob("*"))
        if file.suffix in (".html", ".js", ".csv")
    ]
    assert {file.suffix for file in pages} == {".html", ".js", ".csv"}
    for page in pages:
        assert leaks(page.read_text(encoding="utf-8"), people) == (0, 0), page.name
    for facts in (home / "bulletins").rglob("*.parquet"):
        assert leaks(str(pl.read_parquet(facts).rows()), people) == (0, 0), facts.name
    for pdf in sorted((home / "bulletins").rglob("*.pdf"))[:4]:
        assert leaks("".join(page.extract_text() for page in PdfReader(pdf).pages), people) == (0, 0), pdf.name
    for file in sorted((home / "bulletins").rglob("*.xlsx"))[:4]:
        assert leaks(workbook_text(file), people) == (0, 0), file.name


def test_dagster_records(home, people):
    databases = list((home / "dagster").rglob("*.db"))
    assert databases
    for database in databases:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
            text = "".join(
                str(row) for table in tables for row in connection.execute(f'select * from "{table}"').fetchall()
            )
        # Dagster stores some of its records with Chinese characters escaped.
        text += re.sub(r"(?:\\u[0-9a-f]{4})+", lambda found: found[0].encode().decode("unicode_escape"), text)
        assert leaks(text, people) == (0, 0), database.name


def test_dagster_logs(home, people):
    logs = [file for file in (home / "dagster").rglob("*") if file.suffix in (".out", ".err")]
    assert logs
    for log in logs:
        assert leaks(log.read_text(encoding="utf-8"), people) == (0, 0), log.name


def test_progress_and_deliveries_tables(home, people):
    with Engine(home=str(home)).session() as connection:
        for table in ("progress", "deliveries", "landing_contract", "school_lists"):
            text = str(
                connection.execute(
                    f"select * exclude (school_name) from {table}"
                    if table == "school_lists"
                    else f"select * from {table}"
                ).fetchall()
            )
            text = re.sub(r"[0-9a-f]{32,64}", "", text)
            assert leaks(text, people) == (0, 0), table


def test_a_school_sees_only_its_own_people_in_clear(home, nights):
    """Every number printed whole in a school's list belongs to a record that this school delivered."""
    engine = Engine(home=str(home))
    with engine.session() as connection:
        own: dict[str, set[str]] = {}
        for school, number in connection.execute(
            f"""select school_code, unnest([id_number, student_no]) from core_students where school_code is not null
                union select trim(xxbsm), sfzjh from ({engine.table_sql("raw_students")}) where xxbsm is not null"""
        ).fetchall():
            own.setdefault(school, set()).add(number)
    lists = [file for file in (home / "outbox" / nights.last).rglob("*.xlsx") if file.stem in own]
    assert lists
    for file in lists:
        words = re.findall(r"[0-9A-Za-z]+", workbook_text(file))
        strangers = sum(bool(WHOLE_NUMBER.fullmatch(word)) and word not in own[file.stem] for word in words)
        assert strangers == 0, file.stem


def workbook_text(file):
    workbook = openpyxl.load_workbook(file, read_only=True)
    return "\n".join(
        str(cell) for sheet in workbook for row in sheet.iter_rows(values_only=True) for cell in row if cell
    )
