"""How each check of a unit came out, in one line: counts and percentages in words."""

from collections.abc import Mapping, Sequence

from xueji.checks.docking import CHECKS, DockingCheck
from xueji.checks.field_labels import FIELD_LABELS
from xueji.reports.docking_report import CheckLine, percent

# What a check counts, and its measure word.
COUNTED = {
    "docking_school_local_only": "所", "docking_school_central_only": "所", "docking_missing_central": "人",
    "docking_missing_local": "人",
}  # fmt: skip


def check_lines(lines: Sequence[Mapping], standing: Sequence[Mapping]) -> tuple[CheckLine, ...]:
    """The checks that were made, in the order of the catalogue. `standing` are the deviations that are not mended."""
    made = []
    for check in CHECKS.values():
        own = [line for line in lines if line["check_id"] == check.id]
        if own:
            deviations = [row for row in standing if row["check_id"] == check.id]
            verdicts = [line["is_passed"] for line in own if line["is_passed"] is not None]
            made.append(
                CheckLine(
                    check.title,
                    check.requirement,
                    check.clause,
                    observed_words(check, own),
                    all(verdicts) if verdicts else None,
                    len(deviations),
                    sum(row["records"] for row in deviations),
                )
            )
    return tuple(made)


def observed_words(check: DockingCheck, own: Sequence[Mapping]) -> str:
    """What was seen, as a reader wants it said."""
    whole = next((line for line in own if line["subject"] is None), None)
    if check.id == "docking_compared" and whole:
        return f"提供项目{whole['expected']:.0f}项，比对{whole['observed']:.0f}项"
    if check.id == "docking_school_students" and whole:
        return f"共{whole['expected']:,.0f}所，相等{whole['observed']:,.0f}所"
    if check.id in COUNTED and whole:
        return f"{whole['observed']:,.0f}{COUNTED[check.id]}"
    if check.id.startswith("docking_key"):
        return "；".join(f"{FIELD_LABELS[line['subject']]}重复{line['observed']:,.0f}个" for line in own)
    if check.id.startswith("docking_number") and whole:
        return f"下发{whole['expected']:,.0f}个，符合{whole['observed']:,.0f}个"
    if whole:
        return percent(whole["observed"])
    passed = sum(line["is_passed"] for line in own)
    said = f"{len(own)}项中{passed}项符合"
    if check.measure == "percent" and passed < len(own):
        worst = min(own, key=lambda line: (line["observed"] - line["expected"], line["subject"]))
        said += f"，差距最大的为{FIELD_LABELS[worst['subject']]}（{percent(worst['observed'])}）"
    return said
