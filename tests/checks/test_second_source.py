"""Names, numbers and families from Faker, which shares nothing with the sample's generator, through names, repairs and suspicions."""

import random
from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

import faker.providers.ssn.zh_CN as ssn_provider
import polars as pl
import pytest
from faker import Faker

from xueji.assets.engine import Engine
from xueji.assets.suspect_candidates import compare_pairs, find_linked_pairs, find_pairs, in_rooms_sql, prepare
from xueji.assets.suspected_duplicates import weighed_pairs
from xueji.checks import duplicate_id
from xueji.checks.name_difference import NAME_COLUMNS, name_differences
from xueji.checks.number_autopsy import repairs, under_their_names
from xueji.checks.number_slips import candidates
from xueji.checks.suspect_blocks import KEYS, blocked_students_sql

SEED = 20261120


class Night(date):
    """The day on which all this happens: Faker counts ages from today."""

    @classmethod
    def today(cls) -> "Night":
        return cls(2026, 11, 20)


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.setattr(ssn_provider, "datetime", SimpleNamespace(date=Night, timedelta=timedelta))
    fake = Faker("zh_CN")
    fake.seed_instance(SEED)
    return fake


# --- names --------------------------------------------------------------------------------------------------------


def lost(text: str, dice: random.Random) -> str:
    place = dice.randrange(len(text))
    return text[:place] + text[place + 1 :]


def doubled(text: str, dice: random.Random) -> str:
    place = dice.randrange(len(text))
    return text[: place + 1] + text[place:]


def swapped(text: str, dice: random.Random) -> str:
    place = dice.choice([at for at in range(len(text) - 1) if text[at] != text[at + 1]])
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def parted(text: str, dice: random.Random) -> str:
    """With blanks of both widths, as in a list that is to look even."""
    place = dice.randrange(1, len(text))
    return text[:place] + dice.choice([" ", "  ", "\u3000"]) + text[place:]


KEYBOARD = [
    # what the hand does, rule and reason that say so
    (None, (None, None)),
    (lost, ("id_name_mismatch", "missing_character")),
    (doubled, ("id_name_mismatch", "added_character")),
    (swapped, ("id_name_mismatch", "order")),
]


def judged(pairs: list[tuple[str, str]]) -> list[tuple[str | None, str | None]]:
    """Rule and reason of each pair of a typed and a right name; names as Faker gives them need no folding."""
    rows = [(typed, "".join(typed.split()), right, right) for typed, right in pairs]
    return name_differences(pl.DataFrame(rows, schema=NAME_COLUMNS, orient="row")).select("rule_id", "reason").rows()


@pytest.mark.parametrize(
    ("slip", "said"), KEYBOARD, ids=[slip.__name__ if slip else "as it is" for slip, _ in KEYBOARD]
)
def test_says_what_the_keyboard_did_to_a_name(fake, slip, said):
    dice = random.Random(SEED)
    names = [name for name in (fake.name() for _ in range(1500)) if len(set(name)) == len(name) > 2]
    assert len(names) > 300
    assert set(judged([(slip(name, dice) if slip else name, name) for name in names])) == {said}


def test_blanks_in_a_name_are_no_mismatch(fake):
    dice = random.Random(SEED)
    names = [fake.name() for _ in range(500)]
    assert {rule for rule, _ in judged([(parted(name, dice), name) for name in names])} == {"name_variant"}


def test_two_people_are_never_the_same(fake):
    names = sorted({fake.name() for _ in range(1500)})
    random.Random(SEED).shuffle(names)
    assert {rule for rule, _ in judged(list(pairwise(names)))} == {"id_name_mismatch"}


# --- numbers ------------------------------------------------------------------------------------------------------


def one_digit(text: str, dice: random.Random) -> str:
    place = dice.randrange(17)
    return text[:place] + dice.choice(sorted(set("0123456789") - {text[place]})) + text[place + 1 :]


def letter(text: str, dice: random.Random) -> str:
    likeness = {"0": "O", "1": "I", "2": "Z", "5": "S", "8": "B"}
    place = dice.choice([at for at in range(17) if text[at] in likeness])
    return text[:place] + likeness[text[place]] + text[place + 1 :]


def is_right(number: str) -> bool:
    """Whether the check character follows, by Faker's own arithmetic."""
    return len(number) == 18 and number[:17].isdigit() and number[17] == check_character(number[:17])


def check_character(body: str) -> str:
    return str((1 - 2 * int(body, 13)) % 11).replace("10", "X")


@pytest.mark.parametrize("slip", [one_digit, swapped, letter, lost, doubled], ids=lambda slip: slip.__name__)
def test_a_number_broken_by_one_slip_is_repaired_to_itself(fake, slip):
    dice = random.Random(SEED)
    children = [(fake.ssn(min_age=6, max_age=17), fake.name()) for _ in range(400)]
    typed = [slip(number, dice) for number, _ in children]
    broken = pl.DataFrame(
        [
            (place, text, name, date.fromisoformat(number[6:14]), str(2 - int(number[16]) % 2), None)
            for place, (text, (number, name)) in enumerate(zip(typed, children, strict=True))
            if not is_right(text)
        ],
        schema={"record_no": pl.Int64, "number": pl.String, "name_folded": pl.String, "birth_date": pl.Date,
                "sex_code": pl.String, "student_no": pl.String},
        orient="row",
    )  # fmt: skip
    register = pl.DataFrame(
        [(int(number[:17]), name) for number, name in children],
        schema={"id_key": pl.Int64, "register_name_folded": pl.String},
        orient="row",
    )
    held = (
        candidates(broken).join(register, on="id_key").join(broken.select("record_no", "name_folded"), on="record_no")
    )
    found = repairs(under_their_names(held)).sort("record_no")
    assert found["record_no"].to_list() == broken["record_no"].to_list() and found.height > 300
    assert found["repairs"].unique().to_list() == [1]
    assert found["repaired_key"].to_list() == [int(children[place][0][:17]) for place in found["record_no"]]
    assert repairs(under_their_names(held.clear())).is_empty(), "nothing is suggested that the register does not hold"


# --- a small registry ---------------------------------------------------------------------------------------------

COUNTIES = ("440106", "440103", "440307", "510104")
SCHOOLS = [
    {"school_code": f"21{county[:2]}{place:06d}", "place_code": f"{county}001000"}
    for place, county in enumerate(COUNTIES * 2)
]
CHILDREN, WITH_SIBLING, TWINS, NAMESAKES, REGISTERED_TWICE = 1_200, 250, 40, 60, 60


class Town:
    """Children with their families, what the register holds of them, and who of them are registered twice."""

    def __init__(self, fake: Faker) -> None:
        self.fake, self.dice = fake, random.Random(SEED)
        self.rows: list[dict[str, object]] = []
        self.register: list[dict[str, object]] = []
        self.twice: set[frozenset[str]] = set()
        first = [self.child() for _ in range(CHILDREN)]
        for child in first[:WITH_SIBLING]:
            self.sibling(child, is_twin=False)
        for child in first[WITH_SIBLING : WITH_SIBLING + TWINS]:
            self.sibling(child, is_twin=True)
        for child in first[-NAMESAKES:]:
            self.namesake(child)
        for child in self.dice.sample(first, REGISTERED_TWICE):
            self.second_registration(child)

    def add(self, **cells: object) -> dict[str, object]:
        row = {"unit_code": str(cells["school_code"])[2:4], "student_no": f"L{len(self.rows)}", **cells}
        self.rows.append(row)
        return row

    def known(self, row: dict[str, object]) -> dict[str, object]:
        self.register.append({"id_number": row["id_number"], "name": row["name"]})
        return row

    def child(self) -> dict[str, object]:
        school = self.dice.choice(SCHOOLS)
        is_boy = self.dice.random() < 0.5
        number = self.fake.ssn(min_age=6, max_age=17, gender="M" if is_boy else "F", area_code=school["place_code"][:6])
        family = {"cy1sfzjh": self.fake.ssn(min_age=28, max_age=50), "cy1lxdh": self.fake.phone_number()}
        return self.known(
            self.add(
                school_code=school["school_code"], name=self.fake.name_male() if is_boy else self.fake.name_female(),
                sex="男" if is_boy else "女", birth_date=number[6:14], id_number=number, hkszdm=f"{number[:6]}000000", **family,
            )
        )  # fmt: skip

    def sibling(self, child: dict[str, object], is_twin: bool) -> None:
        number = self.fake.ssn(min_age=6, max_age=17, area_code=str(child["id_number"])[:6])
        birth = child["birth_date"] if is_twin else number[6:14]
        body = f"{number[:6]}{birth}{number[14:17]}"
        given = self.dice.choice([name for name in ("嘉诚", "思远", "宇航", "可欣") if name != str(child["name"])[1:]])
        self.known(
            self.add(
                **{key: child[key] for key in ("school_code", "hkszdm", "cy1sfzjh", "cy1lxdh")},
                name=str(child["name"])[0] + given, sex="男" if int(body[16]) % 2 else "女", birth_date=birth,
                id_number=body + check_character(body),
            )
        )  # fmt: skip

    def namesake(self, child: dict[str, object]) -> None:
        """Another child of the same name, sex and birth date in another school, with a family of its own."""
        other = self.child()
        body = f"{str(other['id_number'])[:6]}{child['birth_date']}{str(other['id_number'])[14:16]}{2 - (child['sex'] == '男')}"
        other |= {key: child[key] for key in ("name", "sex", "birth_date")} | {
            "id_number": body + check_character(body)
        }
        self.known(other)

    def second_registration(self, child: dict[str, object]) -> None:
        """At another school, without the number or under a mistyped one; now and then a key slips in name or date as well."""
        cells = {key: child[key] for key in ("name", "sex", "birth_date", "hkszdm", "cy1sfzjh", "cy1lxdh")}
        number = self.dice.choice([None, one_digit(str(child["id_number"]), self.dice)])
        slip = self.dice.random()
        if slip < 0.15:
            cells["name"] = (
                swapped(str(child["name"]), self.dice) if len(set(str(child["name"]))) > 1 else child["name"]
            )
        elif slip < 0.3:
            day = date.fromisoformat(str(child["birth_date"])) + timedelta(days=self.dice.choice([-1, 1]))
            cells["birth_date"] = f"{day:%Y%m%d}"
        elif slip < 0.5:
            cells |= {"cy1sfzjh": self.fake.ssn(min_age=28, max_age=50)}  # the other parent came
        schools = [one["school_code"] for one in SCHOOLS if one["school_code"] != child["school_code"]]
        again = self.add(school_code=self.dice.choice(schools), id_number=number, **cells)
        self.twice.add(frozenset((str(child["student_no"]), str(again["student_no"]))))


@pytest.fixture
def suspected(fake, findings, tables, tmp_path):
    """The town, and the pairs of student numbers that are suspected in it."""
    town = Town(fake)
    findings(duplicate_id.RULE, town.rows, schools=SCHOOLS, population=town.register)
    connection = tables.connection
    prepare(connection)
    for key in KEYS:
        find_pairs(connection, key, f"({in_rooms_sql('0', blocked_students_sql('core_students'))})")
    find_linked_pairs(connection)
    compare_pairs(Engine(home=str(tmp_path)), connection)
    connection.execute("create or replace table suspect_candidates as select * from compared_pairs")
    students = dict(connection.execute("select content_hash, student_no from core_students").fetchall())
    pairs = weighed_pairs(connection).filter("is_suspected").select("l_hash", "r_hash").rows()
    return town, {frozenset((students[left], students[right])) for left, right in pairs}


def test_children_registered_twice_are_suspected(suspected):
    town, found = suspected
    assert len(town.twice) == REGISTERED_TWICE
    assert len(found & town.twice) >= 0.95 * REGISTERED_TWICE


def test_siblings_and_namesakes_are_not_suspected(suspected):
    """Nobody who is registered once. Beside a second registration without its number a brother may be taken for the child itself."""
    town, found = suspected
    again = {max(pair, key=lambda one: int(one[1:])) for pair in town.twice}
    assert all(pair & again for pair in found)
    assert len(found - town.twice) <= 0.15 * len(found)
