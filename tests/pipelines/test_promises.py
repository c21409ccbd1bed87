"""Promises 2 and 3: the same input gives the same bytes, however many threads, however often, and after any kill."""

import os
import shutil
import signal
import subprocess
import time

import pytest


def assert_same_files(made: dict[str, bytes], expected: dict[str, bytes]) -> None:
    """Names the files that differ, not their content: it holds people's data."""
    assert sorted(made) == sorted(expected)
    assert [name for name in made if made[name] != expected[name]] == []


def test_one_thread_writes_the_same_bytes(nights, after_first, home, output_bytes, tmp_path):
    again = tmp_path / "home"
    shutil.copytree(after_first.home, again)
    nights.last_night(again, threads=1)
    assert_same_files(output_bytes(again), output_bytes(home))


def test_a_night_run_again_changes_nothing(nights, home, output_bytes, tmp_path):
    again = tmp_path / "home"
    shutil.copytree(home, again)
    nights.last_night(again)
    assert_same_files(output_bytes(again), output_bytes(home))


@pytest.mark.parametrize("share", [0.35, 0.8])
def test_a_killed_night_is_finished_by_the_same_command(nights, after_first, home, output_bytes, tmp_path, share):
    again = tmp_path / "home"
    shutil.copytree(after_first.home, again)
    night = subprocess.Popen(
        nights.command("run", nights.landing),
        env=nights.environment(again),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(after_first.seconds * share)
    os.killpg(night.pid, signal.SIGKILL)
    night.wait()
    nights.last_night(again)
    assert_same_files(output_bytes(again), output_bytes(home))


def test_making_everything_anew_gives_the_same_bytes(nights, home, output_bytes, tmp_path):
    again = tmp_path / "home"
    shutil.copytree(home, again)
    nights.xueji("run", nights.landing, "--full", home=again, expected=3)
    assert_same_files(output_bytes(again), output_bytes(home))


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own that holds a night, and little more."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m", "tmpfs", str(place)], check=False).returncode:
        pytest.skip("mounting a file system needs root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_said_and_leaves_the_last_good_state(nights, after_first, home, output_bytes, small_disk):
    again = small_disk / "home"
    shutil.copytree(after_first.home, again)
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        file.write(b"\0" * (shutil.disk_usage(small_disk).free - (1 << 20)))
    failed = nights.xueji("run", nights.landing, home=again, expected=1)
    assert f"the disk of {again} is full" in failed.err and "run the same command again" in failed.err
    assert "Traceback" not in failed.err
    assert output_bytes(again) == output_bytes(after_first.home)
    filler.unlink()
    nights.last_night(again)
    assert_same_files(output_bytes(again), output_bytes(home))


def test_an_older_night_is_refused_with_a_clear_word(nights, home):
    refused = nights.xueji("run", nights.landing, "--date", nights.first, home=home, expected=1)
    assert f"{nights.first} is older than the last night taken, {nights.last}" in refused.err


def test_past_months_are_rendered_again_byte_for_byte_from_the_lake_alone(nights, home, output_bytes, tmp_path):
    again = tmp_path / "home"
    shutil.copytree(home, again)
    for folder in ("bulletins", "site"):
        shutil.rmtree(again / folder)
    for month in (nights.first[:7], nights.last[:7]):
        nights.xueji("bulletin", month, home=again)
    assert_same_files(output_bytes(again), output_bytes(home))
