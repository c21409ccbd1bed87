"""The command line: `xueji sample | run | forms | bulletin | export | identity request | case | doctor` (design.md 3.2)."""

import argparse
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from xueji.checks.model import XuejiError
from xueji.pipelines import commands as work
from xueji.pipelines.settings import ENGINES, read_settings


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns the exit status: 0 done, 1 failed, 2 wrong usage, 3 done but a delivery was refused."""
    options = parser().parse_args(arguments)
    try:
        settings = read_settings()
        if getattr(options, "home", None):
            settings = replace(settings, home=options.home.resolve())
        status: int = options.command(options, settings)
    except XuejiError as error:
        print(f"xueji: {error}", file=sys.stderr)
        return work.FAILED
    except KeyboardInterrupt:
        print("xueji: interrupted; the same command takes the work up again", file=sys.stderr)
        return work.FAILED
    return status


def parser() -> argparse.ArgumentParser:
    """The contract's commands and options."""
    top = argparse.ArgumentParser(prog="xueji", description="Data quality of the national school registry.")
    commands = top.add_subparsers(required=True, metavar="command")

    sample = commands.add_parser("sample", help="write an invented, truth-labelled landing folder")
    sample.add_argument("dir", type=Path)
    sample.add_argument("--students", type=count, required=True)
    sample.add_argument("--seed", type=int, required=True)
    sample.add_argument("--date", type=day, default=None, help="last delivery date, default today")
    sample.add_argument("--months", type=count, default=1, help="monthly deliveries ending at --date")
    sample.add_argument("--format", choices=["mixed", "parquet", "csv"], default=None, help="default mixed")
    sample.add_argument(
        "--rate", action="append", default=[], metavar="NAME=SHARE", help="share of students, e.g. id_checksum=0.001"
    )
    sample.add_argument(
        "--home", type=Path, default=None, help="play: run every night there, and let schools and offices answer"
    )
    sample.add_argument(
        "--campaign",
        type=count,
        default=None,
        metavar="DAYS",
        help="with --home: play a round of verification (数据质量核查) of one province instead, e.g. 41",
    )
    sample.set_defaults(command=work.sample)

    run = commands.add_parser("run", help="the nightly job: landing to lists, and the month's bulletin")
    run.add_argument("landing", type=Path)
    add_home(run)
    run.add_argument("--date", type=day, default=None, help="take the newest delivery date not after this one")
    run.add_argument("--units", default="", help="unit codes, e.g. 44,51; default all")
    run.add_argument("--full", action="store_true", help="make everything anew, not only what changed")
    run.add_argument(
        "--engine", choices=ENGINES, default=None, help="default $XUEJI_ENGINE, else duckdb; spark: docs/scale.md"
    )
    run.set_defaults(command=work.run)

    add_forms(
        commands.add_parser("forms", help="confirmation forms (确认表) of students to be verified, one PDF a class")
    )

    bulletin = commands.add_parser("bulletin", help="render a month again")
    bulletin.add_argument("month", type=month, metavar="YYYY-MM")
    add_home(bulletin)
    bulletin.add_argument(
        "--unit", default=None, metavar="CODE", help="of a unit, city or county alone (00: the nation), in every format"
    )
    bulletin.add_argument("--number", default=None, help="its document number (文号), kept for every later rendering")
    bulletin.add_argument(
        "--issued", type=day, default=None, metavar="YYYY-MM-DD", help="the day it was issued, kept too"
    )
    bulletin.add_argument("--issuer", default=None, help="the office that issued it, kept too")
    bulletin.set_defaults(command=work.bulletin)

    export = commands.add_parser("export", help="a table as .csv, .parquet or .xlsx")
    export.add_argument("table")
    export.add_argument("file", type=Path)
    add_home(export)
    export.add_argument("--unit", default=None)
    export.set_defaults(command=work.export)

    identity = commands.add_parser("identity", help="exchange with the register's owner").add_subparsers(
        required=True, metavar="what"
    )
    request = identity.add_parser("request", help="the new or changed (number, name) pairs to be compared")
    request.add_argument("file", type=Path)
    add_home(request)
    request.set_defaults(command=work.identity_request)

    case = commands.add_parser("case", help="one case's whole history")
    case.add_argument("case_no", metavar="CASE_NO", help="e.g. XJ44-261120-000123")
    add_home(case)
    case.set_defaults(command=work.case)

    doctor = commands.add_parser("doctor", help="what is missing on this machine, and the command that mends it")
    add_home(doctor)
    doctor.set_defaults(command=work.doctor)
    return top


def add_forms(forms: argparse.ArgumentParser) -> None:
    """Whose forms; without any choice the whole nation's."""
    forms.add_argument("--unit", default=None, metavar="CODE", help="of a unit alone, e.g. 44")
    forms.add_argument("--county", default=None, metavar="CODE", help="of a county alone, six digits")
    forms.add_argument("--school", default=None, metavar="CODE", help="of a school alone, ten digits")
    forms.add_argument("--date", type=day, default=None, help="the day of printing, default today")
    forms.add_argument("--campaign", default=None, help="round, e.g. 2026A1; default the one that a unit is in")
    again = forms.add_mutually_exclusive_group()
    again.add_argument(
        "--reissue", type=Path, default=None, metavar="CSV", help="print again: 学籍号 or 确认表编号 of each student"
    )
    again.add_argument("--reissue-school", action="store_true", help="print the forms of --school again")
    add_home(forms)
    forms.set_defaults(command=work.forms)


def add_home(command: argparse.ArgumentParser) -> None:
    command.add_argument("--home", type=Path, default=None, help="default $XUEJI_HOME, else ./var")


def day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date, expected YYYY-MM-DD") from error


def month(text: str) -> str:
    if len(text) != 7:
        raise argparse.ArgumentTypeError(f"{text!r} is no month, expected YYYY-MM")
    return day(f"{text}-01")[:7]


def count(text: str) -> int:
    number = text.replace("_", "").replace(",", "")
    if not number.isdigit() or int(number) == 0:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number above 0")
    return int(number)
