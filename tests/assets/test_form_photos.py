"""Photos of forms, with real pictures: taken by their code, or refused with the rule that they break."""

import hashlib
import shutil
import stat
from collections import defaultdict
from datetime import date

import pytest
from campaign_sample import CAMPAIGN, KEY, Desk, csv, edition, snapshot, window

from xueji.assets.form_photos import take_in_photos
from xueji.assets.photo_reader import read_picture
from xueji.checks.form_codes import form_no
from xueji.checks.photo_rules import PHOTO_RULES

HEADER = "确认表编号,文件名,sha256,文件大小,上传日期,上传人"
OTHER = "2144000002"
EDITIONS = [
    *(edition(student) for student in range(10)),
    edition(7, 2),  # printed anew
    edition(8, 2, printed="2026-10-05"),
    edition(20, school=OTHER),
    edition(21, school="2144000004"),
    edition(30, school="2151000001"),
]
WINDOWS = [
    window("entry", "00", "2026-09-10", "2026-11-30"),
    window("entry", "440304", "2026-10-10", "2026-10-20", "44"),
    window("entry", "440304", "2026-11-10", "2026-11-20", "44"),
]
NIGHT = "2026-10-01"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Schools, printed forms and windows. For copying only."""
    desk = Desk(tmp_path_factory.mktemp("prepared"))
    desk.put_schools()
    desk.put("form_editions", EDITIONS)
    desk.put("campaign_windows", WINDOWS)
    return desk


@pytest.fixture
def desk(prepared, tmp_path):
    return prepared.copy(tmp_path / "desk")


def form(student, number=1, school="2144000001"):
    return edition(student, number, school)["form_no"]


def digest(content):
    return hashlib.sha256(content).hexdigest()


def told(
    student=0, content=b"a picture", name="a.jpg", day="2026-09-30", by="家长", code=None, sha256=None, size="120000"
):
    """A row of a manifest."""
    return f"{code or form(student)},{name},{sha256 or digest(content)},{size},{day},{by}"


def take(desk, night=NIGHT):
    taken = take_in_photos(desk.engine, desk.landing, night)
    delivered, accepted, quarantined = desk.balance("photos")
    assert delivered == accepted + quarantined
    assert desk.values("select count(*) from quarantine where kind = 'photos'") == [quarantined]
    assert desk.values("select count(*) from form_photos") == [accepted]
    return taken


def refusals(desk, day=""):
    query = 'select file, "row", "column", reason, rule_id from quarantine'
    return desk.rows(query + (f" where \"date\" = '{day}'" if day else "") + ' order by file, "row", rule_id')


PICTURE = snapshot(form(0))
ROWS = [
    # a manifest's row without any picture, each of a picture of its own, delivered on 10-01; rule broken, why
    ({}, None, "as it should be"),
    ({"by": ""}, None, "nobody says who uploaded it"),
    ({"by": "家长（监护人）"}, None, "a guardian"),
    ({"by": "邻居"}, "photo_uploader", "a neighbour"),
    ({"code": form(0).lower().replace("0", "o")}, None, "typed by hand, O for 0"),
    ({"code": form(0)[:-1] + ("Z" if form(0)[-1] != "Z" else "Y")}, "photo_form_unreadable", "a slip in the code"),
    ({"code": " "}, "photo_form_unreadable", "no code"),
    ({"sha256": digest(b"x").upper()}, None, "capital letters"),
    ({"sha256": digest(b"x")[:-1]}, "photo_sha256", "a digit short"),
    ({"sha256": "g" * 64}, "photo_sha256", "no such digit"),
    ({"day": "2026-09-31"}, "photo_date", "no such day"),
    ({"day": ""}, "photo_date", "no day"),
    ({"day": "20260930"}, None, "date written otherwise"),
    ({"code": form_no(KEY, CAMPAIGN, "x", 1)}, "photo_form_unknown", "never printed"),
    ({"code": form(30, school="2151000001")}, "photo_other_unit", "another province's"),
    ({"student": 7}, "photo_superseded", "printed anew since"),
    ({"code": form(7, 2)}, None, "the newest edition"),
    ({"student": 8}, None, "printed anew only later"),
    ({"day": "2026-10-02"}, "photo_day_later", "uploaded after it was delivered"),
    ({"day": "2026-09-09"}, "photo_day_early", "uploaded before it was printed"),
    ({"day": "2026-10-01"}, None, "uploaded on the day of delivery"),
    ({"code": form(21, school="2144000004")}, "photo_not_open", "the county opens later"),
]


DAYS = [
    # uploaded, delivered, what is said of a form whose county is open 10-10 to 10-20 and 11-10 to 11-20
    ("2026-10-09", "2026-10-10", "录入修改窗口2026-10-10开放，上传日期2026-10-09"),
    ("2026-10-10", "2026-10-10", None),
    ("2026-10-20", "2026-10-20", None),
    ("2026-10-20", "2026-10-21", "录入修改窗口2026-10-20已关闭，照片2026-10-21送达"),
    ("2026-10-21", "2026-11-12", "录入修改窗口2026-10-20已关闭，上传日期2026-10-21"),
    ("2026-10-15", "2026-11-12", None),
    ("2026-11-20", "2026-11-21", "录入修改窗口2026-11-20已关闭，照片2026-11-21送达"),
    ("2026-12-01", "2026-12-01", "录入修改窗口2026-11-20已关闭，上传日期2026-12-01"),
]


@pytest.fixture(scope="module")
def judged(prepared, tmp_path_factory):
    """What became of every case, all of them on one desk: rule and reason of each that was refused, by the picture's name."""
    desk = prepared.copy(tmp_path_factory.mktemp("judged") / "desk")
    manifests = defaultdict(list)
    for place, (cells, _, why) in enumerate(ROWS):
        manifests[NIGHT].append(told(**{"content": why.encode(), "name": f"row-{place}.jpg"} | cells))
    for place, (uploaded, delivered, _) in enumerate(DAYS):
        late = told(21, f"day {place}".encode(), f"day-{place}.jpg", uploaded, code=form(21, school="2144000004"))
        manifests[delivered].append(late)
    for night, rows in manifests.items():
        desk.deliver(f"{night}/44/photos.csv", csv(HEADER, *rows))
    take(desk, max(manifests))
    assert not any(desk.values("select is_seen from form_photos"))
    names = {
        (night, place): row.split(",")[1]
        for night, rows in manifests.items()
        for place, row in enumerate(rows, start=2)
    }
    found = dict.fromkeys(desk.values("select file from form_photos"))
    for refusal in desk.rows('select cast("date" as varchar) as night, "row", rule_id, reason from quarantine'):
        name = names[refusal["night"], refusal["row"]]
        assert name not in found, "taken, or refused once"
        found[name] = (refusal["rule_id"], refusal["reason"])
    assert sorted(found) == sorted(names.values())
    return found


@pytest.mark.parametrize("place", range(len(ROWS)), ids=[case[-1] for case in ROWS])
def test_judges_a_manifest_by_its_word(judged, place):
    _, rule_id, _ = ROWS[place]
    refusal = judged[f"row-{place}.jpg"]
    assert (refusal and refusal[0]) == rule_id


@pytest.mark.parametrize("place", range(len(DAYS)), ids=[f"{case[0]}, delivered {case[1]}" for case in DAYS])
def test_nothing_is_taken_outside_the_window(judged, place):
    *_, reason = DAYS[place]
    refusal = judged[f"day-{place}.jpg"]
    assert (refusal and refusal[1]) == reason


def test_a_school_without_a_window_uploads_nothing(desk):
    desk.put("campaign_windows", WINDOWS[1:])
    desk.deliver(f"{NIGHT}/44/photos.csv", csv(HEADER, told()))
    assert take(desk) == 0
    assert [refusal["rule_id"] for refusal in refusals(desk)] == ["photo_no_window"]


def test_pictures_alone_are_taken_by_their_codes(desk):
    upside_down = snapshot(form(1), seed=1, angle=182)
    desk.deliver(f"{NIGHT}/44/photos/2144000001/六年级/a.jpg", PICTURE)
    desk.deliver(f"{NIGHT}/44/photos/b.png", snapshot(form(2), seed=2, kind="PNG"))
    desk.deliver(f"{NIGHT}/44/photos/c.jpg", upside_down)
    desk.deliver(f"{NIGHT}/44/photos/d.jpg", snapshot(form(30, school="2151000001"), seed=3))
    desk.deliver(f"{NIGHT}/44/photos/e.jpg", snapshot(form(3), second=form(4), seed=4))
    desk.deliver(f"{NIGHT}/44/photos/f.jpg", snapshot("https://example.org/advertisement", seed=5))
    desk.deliver(f"{NIGHT}/44/photos/g.jpg", PICTURE[:9000])
    desk.deliver(f"{NIGHT}/44/photos/h.jpg", b"%PDF-1.4" + b"x" * 2000 + b"%%EOF")
    desk.deliver(f"{NIGHT}/44/photos/i.jpg", b"tiny")
    desk.deliver(f"{NIGHT}/44/photos/Thumbs.db", b"clutter")
    assert take(desk) == 3
    rows = desk.rows(
        "select form_no, file, media_type, bytes, uploaded_on, uploaded_by, is_seen from form_photos order by file"
    )
    assert [(row["form_no"], row["file"], row["media_type"]) for row in rows] == [
        (form(0), "photos/2144000001/六年级/a.jpg", "image/jpeg"),
        (form(2), "photos/b.png", "image/png"),
        (form(1), "photos/c.jpg", "image/jpeg"),
    ]
    assert {(row["uploaded_on"], row["uploaded_by"], row["is_seen"]) for row in rows} == {
        (date(2026, 10, 1), None, True)
    }
    assert rows[0]["bytes"] == len(PICTURE)
    assert [(refusal["file"], refusal["rule_id"]) for refusal in refusals(desk)] == [
        ("photos/d.jpg", "photo_other_unit"),
        ("photos/e.jpg", "photo_two_forms"),
        ("photos/f.jpg", "photo_no_code"),
        ("photos/g.jpg", "photo_damaged"),
        ("photos/h.jpg", "photo_type"),
        ("photos/i.jpg", "photo_size"),
    ]
    kept = sorted(path for path in (desk.root / "home" / "forms-archive").rglob("*") if path.is_file())
    assert {path.relative_to(desk.root / "home").parts[1] for path in kept} == {"44"}
    assert len(kept) == 3 and {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert {path.stem for path in kept} == {hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}
    assert all(path.parent.name == path.name[:2] for path in kept)


def test_a_manifest_and_its_pictures_have_to_agree(desk):
    pictures = {name: snapshot(form(student), seed=student) for student, name in enumerate("abcdef")}
    for name, content in pictures.items():
        desk.deliver(f"{NIGHT}/44/photos/2144000001/{name}.jpg", content)
    desk.deliver(f"{NIGHT}/44/photos/g.jpg", snapshot("no form", seed=9))
    rows = [
        told(0, pictures["a"], "a.jpg"),  # by its name alone
        told(1, pictures["b"], "photos\\2144000001\\b.jpg"),  # by its path, as Windows writes it
        told(4, pictures["c"], "2144000001/c.jpg"),  # shows student 2
        told(3, b"another picture", "2144000001/d.jpg"),
        told(5, b"not there", "z.jpg"),
        told(6, snapshot("no form", seed=9), "g.jpg"),
    ]
    desk.deliver(f"{NIGHT}/44/photos.csv", csv(HEADER, *rows))
    assert take(desk) == 4, "two as the manifest says, and two that it does not name"
    assert [(refusal["row"], refusal["rule_id"], refusal["column"]) for refusal in refusals(desk)] == [
        (4, "photo_other_form", "确认表编号"),
        (5, "photo_altered", "sha256"),
        (6, "photo_missing", "文件名"),
        (7, "photo_no_code", "文件名"),
    ]
    taken = desk.rows("select form_no, uploaded_by, is_seen from form_photos")
    assert {row["form_no"]: row["uploaded_by"] for row in taken} == {
        form(0): "家长",
        form(1): "家长",
        form(4): None,
        form(5): None,
    }
    assert all(row["is_seen"] for row in taken)


def test_one_picture_for_two_forms_is_nobody_s(desk):
    desk.deliver(
        "2026-09-30/44/photos.csv", csv(HEADER, told(0, b"one"), told(1, b"two"), told(2, b"two"), told(3, b"three"))
    )
    assert take(desk, "2026-09-30") == 2, "of one delivery neither is taken"
    assert [refusal["reason"] for refusal in refusals(desk)] == ["另一份确认表用了同一张照片（2026-09-30报送）"] * 2
    desk.deliver("2026-10-01/44/photos.csv", csv(HEADER, told(4, b"one"), told(0, b"one"), told(2, b"two")))
    assert take(desk, "2026-10-01") == 1, "the form that had it keeps it; a picture that nobody has is free"
    assert [(refusal["rule_id"], refusal["reason"]) for refusal in refusals(desk, "2026-10-01")] == [
        ("photo_shared", "另一份确认表用了同一张照片（2026-09-30报送）"),
        ("photo_known", "同一张照片已于2026-09-30接收"),
    ]


def test_a_picture_that_was_seen_is_its_form_s(desk):
    desk.deliver(f"{NIGHT}/44/photos/a.jpg", PICTURE)
    row = told(code=form(30, school="2151000001"), content=PICTURE)
    desk.deliver(f"{NIGHT}/51/photos.csv", csv(HEADER, row))
    assert take(desk) == 1
    assert desk.values("select form_no from form_photos") == [form(0)]
    assert [refusal["rule_id"] for refusal in refusals(desk)] == ["photo_shared"]


def test_another_photo_of_a_form_stands_beside_the_first(desk):
    desk.deliver("2026-09-30/44/photos.csv", csv(HEADER, told(0, b"one")))
    desk.deliver("2026-10-01/44/photos.csv", csv(HEADER, told(0, b"two"), told(0, b"two")))
    assert take(desk, "2026-10-01") == 2, "an earlier date not yet taken is taken too"
    assert desk.values("select distinct form_no from form_photos") == [form(0)]
    assert [refusal["rule_id"] for refusal in refusals(desk)] == ["photo_repeated"]


def test_an_unreadable_manifest_refuses_the_delivery(desk):
    desk.deliver(f"{NIGHT}/44/photos.csv", csv("确认表编号,文件", "a,b"))
    desk.deliver(f"{NIGHT}/44/photos/a.jpg", PICTURE)
    desk.deliver(f"{NIGHT}/51/photos.csv", csv(HEADER, told(code=form(30, school="2151000001"))))
    take_in_photos(desk.engine, desk.landing, NIGHT)
    assert desk.values("select unit_code from form_photos") == ["51"]
    rows = desk.rows("select file, rows_quarantined, verdict from deliveries where unit_code = '44' order by file")
    assert [tuple(row.values()) for row in rows] == [("photos.csv", 1, "refused"), ("photos/", 1, "refused")]


def test_night_by_night_is_as_all_at_once(desk, prepared):
    for night, names in (("2026-09-29", "ab"), ("2026-09-30", "c"), ("2026-10-01", "ad")):
        for name in names:
            desk.deliver(f"{night}/44/photos/{name}.jpg", snapshot(form("abcd".index(name)), seed="abcd".index(name)))
        desk.deliver(f"{night}/44/photos.csv", csv(HEADER, told(5, night.encode(), "e.jpg")))
    everything = "select * from form_photos order by all"
    quarantine = 'select "date", file, "row", rule_id from quarantine order by all'
    take(desk, "2026-10-01")
    at_once, refused = desk.rows(everything), desk.rows(quarantine)
    assert len(at_once) == 4 and len(refused) == 4
    shutil.rmtree(desk.root / "home")
    shutil.copytree(prepared.root / "home", desk.root / "home")
    for night in ("2026-09-29", "2026-09-30", "2026-10-01", "2026-10-01"):
        take(desk, night)
    assert (desk.rows(everything), desk.rows(quarantine)) == (at_once, refused)


def test_a_quiet_night_commits_nothing(desk):
    desk.deliver("2026-09-30/44/photos.csv", csv(HEADER, told()))
    take(desk, "2026-09-30")
    versions = [desk.engine.version(table) for table in ("form_photos", "deliveries", "quarantine")]
    assert take(desk, "2026-10-02") == 0
    assert [desk.engine.version(table) for table in ("form_photos", "deliveries", "quarantine")] == versions


SIGHTS = [
    # width in pixels, angle, why
    (1240, 0, "straight"),
    (1240, 90, "on its side"),
    (1240, 187, "upside down"),
    (1240, 33, "askew"),
    (1000, 7, "small"),
    (2100, -12, "large"),
]


@pytest.mark.parametrize(("width", "angle", "why"), SIGHTS, ids=[case[-1] for case in SIGHTS])
def test_reads_the_code_however_the_page_lies(tmp_path, width, angle, why):
    (tmp_path / "photo.jpg").write_bytes(snapshot(form(3), seed=width, width=width, angle=angle))
    assert read_picture(tmp_path / "photo.jpg").form_nos == (form(3),)


def test_sentences_hold_what_was_found():
    assert all(rule.remedy and rule.sentence.count("{}") <= 2 for rule in PHOTO_RULES.values())
