"""By when a problem record has to be settled, and each step of it done."""

from datetime import date

from xueji.checks.working_days import add_working_days

STEP_WORKING_DAYS = 10  # 福建省月度通报（截至2015年6月30日）: every step of a registry matter within ten working days


def settlement_due(night: date) -> date:
    """The 30 June on or after `night`.

    教基一厅〔2015〕2号, sections 1 and 3: settled by 30 June; checked again in the second term of every school year.
    """
    due = date(night.year, 6, 30)
    return due if night <= due else date(night.year + 1, 6, 30)


def step_due_sql(night: date, settle_by: str) -> str:
    """Date SQL: by when a step that began on `night` has to be done: ten working days on, but not after `settle_by`.

    A case that is past its `settle_by`, or reaches it tonight, still gets ten working days for the step.
    """
    due = f"date '{add_working_days(night, STEP_WORKING_DAYS)}'"
    return f"case when date '{night}' < {settle_by} then least({due}, {settle_by}) else {due} end"
