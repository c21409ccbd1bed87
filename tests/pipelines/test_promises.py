"""Promises 2 and 3: the same input gives the same bytes, however many threads, however often, and after any kill."""

import os
import signal
import subprocess
import time

import pytest


def test_one_thread_writes_the_same_bytes(nights, done, home, output_bytes, tmp_path):
    nights.first_night(tmp_path, threads=1)
    nights.last_night(tmp_path, threads=1)
    assert output_bytes(tmp_path) == output_bytes(home)


def test_a_night_run_again_changes_nothing(nights, home, output_bytes, tmp_path):
    nights.first_night(tmp_path)
    nights.last_night(tmp_path)
    nights.last_night(tmp_path)
    assert output_bytes(tmp_path) == output_bytes(home)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.8])
def test_a_killed_night_is_finished_by_the_same_command(nights, home, output_bytes, tmp_path, share):
    start = time.monotonic()
    nights.first_night(tmp_path)
    whole = time.monotonic() - start
    night = subprocess.Popen(
        nights.command("run", nights.landing),
        env=nights.environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(whole * share)
    os.killpg(night.pid, signal.SIGKILL)
    night.wait()
    nights.last_night(tmp_path)
    assert output_bytes(tmp_path) == output_bytes(home)


def test_an_older_night_is_refused_with_a_clear_word(nights, home):
    refused = nights.xueji("run", nights.landing, "--date", nights.first, home=home, expected=1)
    assert f"{nights.first} is older than the last night taken, {nights.last}" in refused.err


def test_a_past_month_is_rendered_again_byte_for_byte(nights, home, output_bytes):
    before = output_bytes(home)
    for month in (nights.first[:7], nights.last[:7]):
        nights.xueji("bulletin", month, home=home)
    assert output_bytes(home) == before
