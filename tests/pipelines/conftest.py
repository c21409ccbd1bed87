"""Nights over the committed sample, run by the real command in a process of its own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from xueji.assets.landing_folder import delivery_dates

SEAL_KEY = "a key for tests and for nothing else"
SMALL = Path(__file__).resolve().parents[2] / "data_samples" / "small"


@dataclass(frozen=True)
class Done:
    """A home after a command, and what the command said."""

    home: Path
    status: int
    out: str
    err: str
    seconds: float


@dataclass(frozen=True)
class Nights:
    """The sample's landing folder and what can be done with it."""

    landing: Path
    first: str  # delivery dates
    last: str

    def command(self, *arguments: object) -> list[str]:
        return [str(Path(sys.executable).with_name("xueji")), *map(str, arguments)]

    def environment(self, home: Path, threads: int = 2) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
        # Thirty-two PDFs less: test_bulletins.py prints them once.
        chosen = {"XUEJI_THREADS": str(threads), "XUEJI_SEAL_KEY": SEAL_KEY, "XUEJI_PRINT": "nation"}
        return inherited | {"XUEJI_HOME": str(home)} | chosen

    def xueji(self, *arguments: object, home: Path, threads: int = 2, expected: int | None = 0) -> Done:
        """Run `xueji` as a user does; `expected` None: any exit status will do."""
        start = time.monotonic()
        done = subprocess.run(
            self.command(*arguments),
            check=False,
            env=self.environment(home, threads),
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert expected in (None, done.returncode), done.stderr[-3000:]
        return Done(home, done.returncode, done.stdout, done.stderr, time.monotonic() - start)

    def first_night(self, home: Path, threads: int = 2) -> Done:
        return self.xueji("run", self.landing, "--date", self.first, home=home, threads=threads)

    def last_night(self, home: Path, threads: int = 2) -> Done:
        return self.xueji("run", self.landing, home=home, threads=threads, expected=3)


@pytest.fixture(scope="session")
def nights() -> Nights:
    first, last = delivery_dates(SMALL)
    return Nights(SMALL, first, last)


@pytest.fixture(scope="session")
def after_first(nights, tmp_path_factory) -> Done:
    """The first night of the sample, two threads. Its home is for copying only."""
    return nights.first_night(tmp_path_factory.mktemp("first") / "home")


@pytest.fixture(scope="session")
def done(nights, after_first, tmp_path_factory) -> tuple[Done, Done]:
    """Both nights of the sample, two threads. Its home is for reading only."""
    home = tmp_path_factory.mktemp("both") / "home"
    shutil.copytree(after_first.home, home)
    return after_first, nights.last_night(home)


@pytest.fixture(scope="session")
def home(done) -> Path:
    return done[1].home


@pytest.fixture(scope="session")
def output_bytes() -> Callable[[Path], dict[str, bytes]]:
    """Relative path and content of everything a night hands out."""

    def read(home: Path) -> dict[str, bytes]:
        return {
            file.relative_to(home).as_posix(): file.read_bytes()
            for folder in ("outbox", "bulletins", "site", "deliveries")
            for file in sorted((home / folder).rglob("*"))
            if file.is_file()
        }

    return read


# Without these a headless Chromium asks its makers' servers at every start.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
)


@pytest.fixture(scope="module")
def browser():
    program = shutil.which("chromium")
    assert program, "chromium is missing: make system"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *QUIET])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Open an address; fails in the end when a page fetched anything but files, or had an error."""
    pages, foreign, errors = [], [], []

    def open_address(address, viewport, **options):
        page = browser.new_page(viewport=viewport, **options)
        page.set_default_timeout(5000)
        page.on(
            "request",
            lambda request: None if request.url.startswith(("file:", "data:")) else foreign.append(request.url),
        )
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        pages.append(page)
        return page

    yield open_address
    for page in pages:
        page.close()
    assert (foreign, errors) == ([], [])
