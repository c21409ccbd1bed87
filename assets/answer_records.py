"""What became of returned files, as rows of the tables."""

import json
from datetime import date

from xueji.assets.returned_answers import Outcome, Refused, Taken


def answer_record(outcome: Outcome, taken: Taken, night: date) -> dict[str, object]:
    """A row of `answers`."""
    file, keys, answer = outcome.reading.file, outcome.keys, taken.answer
    assert keys is not None
    return {
        "date": night,
        "unit_code": taken.case.unit_code,
        "kind": file.kind,
        "form": keys.form,
        "sender": keys.owner,
        "file": file.file,
        "sha256": file.sha256,
        "row": taken.row.line,
        "case_no": taken.case.case_no,
        "turn": taken.case.turn,
        "answer": answer.answer,
        "audit": answer.audit,
        "new_name": answer.new_name,
        "new_id_number": answer.new_id_number,
        "new_sex_code": answer.new_sex_code,
        "new_birth_date": answer.new_birth_date,
        "note": answer.note,
        "signed_by": answer.signed_by,
        "evidence_count": len(taken.scans),
    }


def evidence_records(outcome: Outcome, taken: Taken, night: date) -> list[dict[str, object]]:
    """Rows of `evidence`."""
    return [
        {
            "date": night,
            "unit_code": taken.case.unit_code,
            "case_no": taken.case.case_no,
            "turn": taken.case.turn,
            "kind": named.name.kind,
            "file": f"{outcome.reading.file.file}/{named.member.name}",
            "sha256": named.scan.sha256,
            "media_type": named.scan.media_type,
            "bytes": named.scan.size,
            "modified_at": named.member.modified_at,
        }
        for named in taken.scans
    ]


def delivery_record(outcome: Outcome, night: date) -> dict[str, object]:
    """The file's row of `deliveries`."""
    file, book = outcome.reading.file, outcome.reading.workbook
    return {
        "date": night,
        "unit_code": outcome.unit_code,
        "kind": file.kind,
        "file": file.file,
        "sha256": file.sha256,
        "rows_delivered": outcome.delivered,
        "rows_accepted": len(outcome.taken),
        "rows_quarantined": outcome.delivered - len(outcome.taken),
        "verdict": outcome.verdict,
        "reason": outcome.reason,
        "format": outcome.reading.format,
        "missing_columns": ",".join(book.missing) or None if book else None,
    }


def quarantine_record(outcome: Outcome, refused: Refused, night: date) -> dict[str, object]:
    """A row of `quarantine`; `raw` says to whom it goes back."""
    file, keys, refusal = outcome.reading.file, outcome.keys, refused.refusal
    sender = {
        "form": keys.form if keys else None,
        # By place and name: what is sealed in a file of another's must not send the reject to that other.
        "owner": keys.owner if keys and not is_of_another(outcome) else None,
        "school_code": file.school_code,
        "sheet": refused.row.sheet if refused.row else None,
        "case_no": refused.case_no,
    }
    return {
        "date": night,
        "unit_code": outcome.unit_code,
        "kind": file.kind,
        "file": file.file,
        "row": refused.row.line if refused.row else None,
        "column": refusal.column,
        "value": refusal.value,
        "reason": refusal.reason,
        "rule_id": refusal.rule_id,
        "raw": json.dumps({name: value for name, value in sender.items() if value}, ensure_ascii=False, sort_keys=True),
    }


def is_of_another(outcome: Outcome) -> bool:
    """Whether the file's own word on whom it is for cannot be relied on."""
    refusal = outcome.reading.refusal
    return refusal is not None and refusal.rule_id in (
        "file_other_owner", "file_other_key", "file_seal_broken", "file_not_ours",
    )  # fmt: skip
