"""What each command does, from parsed options to what it prints. Long imports wait until a command needs them."""

import logging
from argparse import Namespace
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING

from xueji.checks.model import XuejiError
from xueji.pipelines.settings import Settings, engine_of

if TYPE_CHECKING:
    from xueji.data_samples.rates import Rates

DONE, FAILED, SOME_REFUSED = 0, 1, 3  # 2, wrong usage, is argparse's
MOST_FILES = 10  # that a command names one by one


def sample(options: Namespace, settings: Settings) -> int:
    from xueji.data_samples.generate import Rates, write_sample
    from xueji.pipelines.progress_bar import watched

    if options.campaign:
        return played_campaign(options, settings)
    if options.home:
        return played_sample(options, settings)
    with watched():
        summary = write_sample(
            options.dir,
            students=options.students,
            seed=options.seed,
            last_date=date.fromisoformat(options.date) if options.date else date.today(),
            months=options.months,
            rates=chosen_rates(Rates(), options.rate),
            delivery_format=options.format or "mixed",
            threads=settings.threads or None,
            on_progress=logging.getLogger("xueji").info,
        )
    print(f"{options.dir}: {summary}")
    return DONE


def played_sample(options: Namespace, settings: Settings) -> int:
    """A sample whose months follow from what schools and offices do with what each night hands out."""
    from xueji.data_samples.life import new_world, play
    from xueji.data_samples.rates import Rates
    from xueji.pipelines.nightly import run_night
    from xueji.pipelines.progress_bar import watched

    if options.format not in (None, "parquet"):
        raise XuejiError(f"--format {options.format}: a sample that is played with --home is Parquet")
    landing = options.dir.resolve()
    last_date = date.fromisoformat(options.date) if options.date else date.today()
    rates = chosen_rates(Rates(), options.rate)
    world = new_world(options.students, options.seed, last_date, options.months, rates)
    with watched():
        summary = play(
            world,
            landing,
            settings.home,
            lambda day: run_night(settings, landing, day.isoformat(), []),
            on_progress=logging.getLogger("xueji").info,
        )
    print(f"{options.dir}: {summary}")
    return DONE


def played_campaign(options: Namespace, settings: Settings) -> int:
    """A province's round of verification, played day by day: nights, forms, what comes back, and what is true of all of it."""
    from xueji.assets.confirmation_forms import FormRequest, print_forms
    from xueji.data_samples.campaign import Campaign, CampaignSize, play_campaign
    from xueji.pipelines.nightly import run_night
    from xueji.pipelines.progress_bar import watched
    from xueji.pipelines.seal_key import seal_of

    if not options.home:
        raise XuejiError("--campaign: expected --home too, where the nights are run and the forms printed")
    if options.date or options.format or options.rate or options.months > 1:
        raise XuejiError(
            "--campaign: the round has days and faults of its own; expected no --date, --months, --format or --rate"
        )
    size = CampaignSize(options.students, options.campaign, seed=options.seed)
    landing = options.dir.resolve()
    with watched():
        summary = play_campaign(
            Campaign(size),
            landing,
            settings.home,
            lambda day: run_night(settings, landing, day.isoformat(), []),
            lambda day, again: print_forms(
                engine_of(settings), seal_of(settings).key, day, FormRequest(unit=size.unit, reissue=tuple(again))
            ),
        )
    print(f"{options.dir}: {summary}")
    return DONE


def chosen_rates(rates: "Rates", choices: list[str]) -> "Rates":
    """`rates` with every NAME=SHARE of the command line put in."""
    known = {field.name for field in fields(rates)}
    for choice in choices:
        name, _, share = choice.partition("=")
        try:
            value = float(share)
        except ValueError:
            value = -1.0
        if name not in known or not 0 <= value <= 1:
            raise XuejiError(
                f"--rate {choice}: expected NAME=SHARE, a share from 0 to 1 and a name of {', '.join(sorted(known))}"
            )
        rates = replace(rates, **{name: value})
    return rates


def run(options: Namespace, settings: Settings) -> int:
    from xueji.pipelines.night_summary import print_summary
    from xueji.pipelines.nightly import run_night
    from xueji.pipelines.progress_bar import watched

    units = [unit.strip() for unit in options.units.split(",") if unit.strip()]
    chosen = replace(settings, engine=options.engine or settings.engine)
    with watched():
        night = run_night(chosen, options.landing.resolve(), options.date, units, afresh=options.full)
    return SOME_REFUSED if print_summary(settings.home, night) else DONE


def forms(options: Namespace, settings: Settings) -> int:
    from xueji.assets.confirmation_forms import FormRequest, print_forms
    from xueji.assets.form_reissue import read_list
    from xueji.pipelines.progress_bar import watched
    from xueji.pipelines.seal_key import seal_of

    request = FormRequest(
        unit=options.unit,
        county=options.county,
        school=options.school,
        campaign=options.campaign,
        reissue=read_list(options.reissue) if options.reissue else (),
        is_whole_school_reissued=options.reissue_school,
    )
    day = date.fromisoformat(options.date) if options.date else date.today()
    with watched():
        printed = print_forms(engine_of(settings), seal_of(settings).key, day, request)
    print(f"{printed.forms:,} forms of {printed.schools:,} schools in {printed.files:,} files")
    for campaign in printed.campaigns:
        print(f"  in {settings.home / 'forms' / campaign}")
    for count, what in (
        (printed.already, "students had theirs already"),
        (printed.excluded, "students are not to be verified yet: not in school, or business open"),
        (printed.schools_outside, "schools are not open on the day"),
    ):
        if count:
            print(f"  {count:,} {what}")
    return DONE


def bulletin(options: Namespace, settings: Settings) -> int:
    from xueji.assets.bulletin_issues import Issue, note_issue
    from xueji.assets.report_bulletin import render_month
    from xueji.pipelines.progress_bar import watched

    engine = engine_of(settings)
    issue = Issue(options.number, options.issued and date.fromisoformat(options.issued), options.issuer)
    if any(vars(issue).values()):
        note_issue(engine, options.month, options.unit or "00", issue)
    with watched():
        files = render_month(engine, options.month, settings.printed_levels, options.unit)
    for file in files[:MOST_FILES]:
        print(file)
    if len(files) > MOST_FILES:
        print(f"… {len(files)} files in {files[0].parent}")
    return DONE


def export(options: Namespace, settings: Settings) -> int:
    from xueji.assets.export import export_table

    rows = export_table(engine_of(settings), options.table, options.file, options.unit)
    print(f"{options.file}: {rows} rows")
    return DONE


def identity_request(options: Namespace, settings: Settings) -> int:
    from xueji.assets.identity_request import write_identity_request

    rows = write_identity_request(engine_of(settings), options.file)
    print(f"{options.file}: {rows} pairs")
    return DONE


def case(options: Namespace, settings: Settings) -> int:
    from xueji.assets.case_history import case_history
    from xueji.reports.case_history import render_case_history

    print(render_case_history(case_history(engine_of(settings), options.case_no)))
    return DONE


def doctor(options: Namespace, settings: Settings) -> int:
    from xueji.pipelines.doctor import examine

    findings = examine(settings.home)
    for finding in findings:
        print(finding)
    return DONE if all(finding.is_well for finding in findings) else FAILED
