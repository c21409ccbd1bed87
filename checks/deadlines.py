"""By when a problem record has to be settled."""

from datetime import date


def settlement_due(night: date) -> date:
    """The 30 June on or after `night`.

    教基一厅〔2015〕2号, sections 1 and 3: settled by 30 June; checked again in the second term of every school year.
    """
    due = date(night.year, 6, 30)
    return due if night <= due else date(night.year + 1, 6, 30)
