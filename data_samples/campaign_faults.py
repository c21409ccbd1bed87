"""What goes wrong with rows of forms and photos in a simulated campaign, each way in its turn.

A fault is a row that must be refused; the right row follows on a later day. Which rule has to refuse it: `RULES`, the only place that
knows the rules' names.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle

from xueji.checks.form_codes import form_no
from xueji.data_samples.campaign_child import Child, every
from xueji.data_samples.campaign_days import CAMPAIGN
from xueji.data_samples.campaign_sheets import Cells

RULES = {
    "code_mistyped": "form_code_unreadable",
    "code_of_nobody": "form_unknown",
    "other_unit": "form_other_unit",
    "classmates_number": "form_other_student",
    "old_edition": "form_superseded",
    "step_unknown": "form_step_unknown",
    "date_unreadable": "form_date_unreadable",
    "date_to_come": "form_date_future",
    "nobody_did_it": "form_person_missing",
    "verdict_unknown": "form_verdict_unknown",
    "excluded": "form_excluded",
    "gone": "form_record_gone",
    "before_the_window": "form_outside_window",
    "late": "form_late",
    "after_archive": "form_archived",
    "repeated": "form_repeated",
    "returned_too_early": "form_order",
    "entered_too_early": "form_order",
    "archived_too_early": "form_order",
    "archived_unaudited": "form_audits_pending",
    "archived_without_photo": "form_photo_missing",
    "item_unknown": "form_item_unknown",
    "old_value": "form_old_value",
    "new_value": "form_new_value",
    "no_change": "form_no_change",
    "no_evidence": "form_evidence_missing",
    "evidence_unknown": "form_evidence_unknown",
    "audit_without_item": "form_audit_item",
    "wrong_office": "form_wrong_office",
    "item_not_entered": "form_order",
    "audited_again": "form_not_pending",
    "photo_code_mistyped": "photo_form_unreadable",
    "photo_of_nobody": "photo_form_unknown",
    "photo_of_old_edition": "photo_superseded",
    "photo_before_the_window": "photo_not_open",
    "photo_late": "photo_late",
    "photo_used_twice": "photo_shared",
    "photo_of_another": "photo_other_form",
    "photo_damaged": "photo_damaged",
    "photo_altered": "photo_altered",
    "photo_absent": "photo_missing",
    "photo_date_unreadable": "photo_date",
    "photo_date_to_come": "photo_day_later",
    "photo_digest_cut": "photo_sha256",
    "photo_by_nobody": "photo_uploader",
    "window_switch": "campaign_switch",
    "window_reversed": "campaign_dates_reversed",
    "window_elsewhere": "campaign_region_foreign",
    "window_nowhere": "campaign_region_unknown",
    "window_of_no_round": "campaign_code",
    "window_undated": "campaign_date",
    "window_twice": "campaign_overlap",
    "window_too_early": "campaign_entry_first",
}
EVIDENCE_OF_NOTHING = "邻居证明"
NO_SUCH_VERDICT, NO_SUCH_STEP, NO_SUCH_ITEM, NO_DATE, NO_UPLOADER = "同意", "签收", "血型", "昨天", "门卫"


@dataclass(frozen=True)
class Scene:
    """Where a fault is made: the row as it ought to be, and what may be put into it."""

    child: Child
    cells: Cells
    classmate: Child | None
    tomorrow: str
    before_window: (
        str | None
    )  # a day on which the step was not open yet, but the form handed out; null when there was none
    is_entry_open: bool
    other_office: str
    other_picture: str | None = None  # digest of one that another form had on an earlier day


Fault = Callable[[Scene], Cells | None]  # the wrong row; None where it cannot be made of this one


def with_cells(**wrong: str | None) -> Fault:
    return lambda scene: scene.cells | wrong


def code_mistyped(scene: Scene) -> Cells:
    code = scene.cells["确认表编号"] or ""
    return scene.cells | {"确认表编号": code[:-1] + ("7" if code[-1] != "7" else "3")}


def code_of_nobody(scene: Scene) -> Cells:
    """A code of the right form that another ministry's key has drawn."""
    return scene.cells | {"确认表编号": form_no(b"of no use here", CAMPAIGN, scene.child.student_no, 1)}


def classmates_number(scene: Scene) -> Cells | None:
    return scene.cells | {"学籍号": scene.classmate.student_no} if scene.classmate else None


def returned_too_early(scene: Scene) -> Cells | None:
    return scene.cells | {"环节": "回收"} if scene.is_entry_open else None


def before_the_window(scene: Scene) -> Cells | None:
    return scene.cells | {"日期": scene.before_window} if scene.before_window else None


def old_edition(scene: Scene) -> Cells | None:
    return scene.cells | {"确认表编号": scene.child.superseded} if scene.child.superseded else None


def entered(**wrong: str | None) -> Fault:
    """Of an entered change."""
    return lambda scene: scene.cells | wrong if scene.cells.get("新值") else None


def no_change(scene: Scene) -> Cells | None:
    return scene.cells | {"新值": scene.cells["原值"]} if scene.cells.get("新值") and scene.cells.get("原值") else None


def of_key_item(**wrong: str | None) -> Fault:
    """Of a change of key data, which alone needs evidence."""
    return lambda scene: scene.cells | wrong if scene.cells.get("佐证材料") and scene.cells.get("新值") else None


def number_wrong(scene: Scene) -> Cells | None:
    """A telephone number in which letters stand is none of ours to judge: an ID number without check character is."""
    is_number = scene.cells.get("项目") in ("身份证件号", "sfzjh") and scene.cells.get("新值")
    return scene.cells | {"新值": (scene.cells["新值"] or "")[:-1]} if is_number else None


def wrong_office(scene: Scene) -> Cells:
    return scene.cells | {"审核部门": scene.other_office}


# By the deed at which they are made.
FORM_FAULTS: dict[str, dict[str, Fault]] = {
    "hand_out": {
        "code_mistyped": code_mistyped,
        "code_of_nobody": code_of_nobody,
        "classmates_number": classmates_number,
        "step_unknown": with_cells(环节=NO_SUCH_STEP),
        "date_unreadable": with_cells(日期=NO_DATE),
        "nobody_did_it": with_cells(经办人=None),
        "returned_too_early": returned_too_early,
        "other_unit": with_cells(),
        "date_to_come": lambda scene: scene.cells | {"日期": scene.tomorrow},
    },
    "sign": {
        "old_edition": old_edition,
        "before_the_window": before_the_window,
        "verdict_unknown": with_cells(审核结果=NO_SUCH_VERDICT),
        "entered_too_early": lambda scene: scene.cells | {"环节": "录入", "审核结果": None},
    },
    "enter": {
        "old_value": entered(原值="与表上所印不同"),
        "no_evidence": of_key_item(佐证材料=None),
        "evidence_unknown": of_key_item(佐证材料=EVIDENCE_OF_NOTHING),
        "item_unknown": entered(项目=NO_SUCH_ITEM),
        "no_change": no_change,
        "new_value": number_wrong,
    },
    "audit_office": {
        "wrong_office": wrong_office,
        "audit_without_item": with_cells(项目=None),
        "item_not_entered": with_cells(项目="性别"),  # which nobody changes
    },
}  # fmt: skip
PHOTO_FAULTS: dict[str, Fault] = {
    "photo_code_mistyped": code_mistyped,
    "photo_of_nobody": code_of_nobody,
    "photo_used_twice": lambda scene: scene.cells | {"sha256": scene.other_picture} if scene.other_picture else None,
    "photo_before_the_window": lambda scene: (
        scene.cells | {"上传日期": scene.before_window} if scene.before_window else None
    ),
    "photo_of_old_edition": old_edition,
    "photo_date_unreadable": with_cells(上传日期=NO_DATE),
    "photo_date_to_come": lambda scene: scene.cells | {"上传日期": scene.tomorrow},
    "photo_digest_cut": lambda scene: scene.cells | {"sha256": (scene.cells["sha256"] or "")[:-1]},
    "photo_by_nobody": with_cells(上传人=NO_UPLOADER),
}
PICTURE_FAULTS = ("photo_of_another", "photo_damaged", "photo_altered", "photo_absent")


class FaultMaker:
    """Whose turn it is to go wrong, and how: once in `every_so_many` deeds of a kind."""

    def __init__(self, every_so_many: int) -> None:
        self._turns: dict[str, Iterator[bool]] = defaultdict(lambda: every(every_so_many))
        self._waiting: dict[str, list[str]] = {deed: [] for deed in FORM_FAULTS}
        self._orders = {deed: cycle(faults) for deed, faults in FORM_FAULTS.items()}

    def is_turn(self, deed: str) -> bool:
        return next(self._turns[deed])

    def of(self, deed: str, scene: Scene) -> tuple[str, Cells] | None:
        """The next fault that can be made at this deed, when it is its turn. One that cannot be made here waits for another child."""
        waiting = self._waiting[deed]
        if self.is_turn(deed):
            waiting.append(next(self._orders[deed]))
        for place, name in enumerate(waiting):
            if (cells := FORM_FAULTS[deed][name](scene)) is not None:
                del waiting[place]
                return name, cells
        return None
