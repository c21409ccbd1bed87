"""Why a row of a forms file is not taken: one rule each, with the sentence and the remedy that its sender reads."""

from xueji.checks.refusal_rule import RefusalRule
from xueji.checks.sql_text import literal

_RULES = (
    # The form
    RefusalRule("form_code_unreadable", "确认表编号无法识别：应为表上所印编号，如2026A1-XXXX-XXXX-XXXX-XXXX", "对照确认表重新填写编号，或扫描表上的码"),
    RefusalRule("form_unknown", "没有打印过这个编号的确认表", "核对确认表编号；确认表须由学籍系统打印"),
    RefusalRule("form_other_unit", "确认表属于{}，不属于报送单位{}", "由打印该表的单位报送"),
    RefusalRule("form_other_student", "学籍号与确认表不一致：表上是另一名学生", "核对确认表编号和学籍号，分清是哪一名学生的表"),
    RefusalRule("form_superseded", "确认表已于{}重新打印为第{}版，此为第{}版", "使用新打印的确认表重新签字、录入"),
    # The row by itself
    RefusalRule("form_step_unknown", "环节无法识别：应为{}", "按所列环节填写"),
    RefusalRule("form_date_unreadable", "日期无法识别：应为年-月-日，如2026-11-20", "按2026-11-20的样式填写办理日期"),
    RefusalRule("form_date_future", "日期{}晚于文件送达日期{}", "填写实际办理日期，办理之后再报送"),
    RefusalRule("form_person_missing", "没有填写经办人", "填写经办人姓名：谁采集谁负责、谁录入谁负责、谁审核谁负责"),
    RefusalRule("form_verdict_unknown", "{}的审核结果无法识别：应为{}", "按所列审核结果填写"),
    # Whom it is about
    RefusalRule("form_record_gone", "学籍记录已不在该校：不能再{}", "由学籍现在所在的学校打印确认表核对"),
    RefusalRule("form_excluded", "该生不在核查范围，{}", "先办结所列事项，再核对信息"),
    # When
    RefusalRule("form_outside_window", "{}日期{}不在开放时间内：{}", "在窗口开放期间办理；时间有误的更正日期"),
    RefusalRule("form_late", "{}窗口已于{}关闭，文件{}送达", "窗口关闭后不再接收；需补报的由省级学籍主管部门另行开放窗口"),
    # Against what is known of the form
    RefusalRule("form_archived", "确认表已于{}归档，不再接收{}", "确需更正的，重新打印确认表"),
    RefusalRule("form_repeated", "重复：该表的同一{}记录已经报送", "每个环节只报送一次；内容有变化的填写新的日期"),
    RefusalRule("form_order", "顺序有误：{}须在{}之后", "按下发、回收、录入、审核、拍照上传、归档的顺序办理，补齐前一环节后重新报送"),
    # What was entered
    RefusalRule("form_item_unknown", "项目无法识别", "填写确认表上所印的项目名称"),
    RefusalRule("form_old_value", "{}的原值与确认表所印不一致", "原值照确认表所印填写；所印为空的留空"),
    RefusalRule("form_new_value", "{}的新值不符合要求：{}", "对照户口簿、身份证件等材料核对后重新填写"),
    RefusalRule("form_no_change", "{}的新值与确认表所印相同", "没有变化的项目不填；全表无变化的，录入一行、项目留空"),
    RefusalRule("form_evidence_missing", "{}是关键数据，没有身份证件佐证", "在佐证材料中填写所提交的证件，如户口簿"),
    RefusalRule("form_evidence_unknown", "佐证材料无法识别：应为{}", "按所列名称填写，多种之间用顿号隔开"),
    # Audits and the archive
    RefusalRule("form_audit_item", "部门审核须逐条进行，没有填写项目", "逐条填写所审核的关键数据项目"),
    RefusalRule("form_wrong_office", "{}应由{}审核", "由应审核的部门审核后报送"),
    RefusalRule("form_not_pending", "没有待审核的内容：{}", "审核不通过的，重新录入后再审核"),
    RefusalRule("form_audits_pending", "还有{}个项目没有审核通过", "全部审核通过后再归档"),
    RefusalRule("form_photo_missing", "没有签字确认表的照片，或照片晚于归档日期", "先拍照上传签字的确认表，再归档"),
)  # fmt: skip
FORM_RULES = {rule.id: rule for rule in _RULES}


def sentence_sql(rule_id: str, *found: str) -> str:
    """Text SQL: the rule's sentence, each {} replaced by a text SQL of `found`; what is null is left out."""
    parts = FORM_RULES[rule_id].sentence.split("{}")
    if len(parts) != len(found) + 1:
        raise ValueError(f"{rule_id}: {len(parts) - 1} places in the sentence, {len(found)} texts for them")
    texts = [literal(parts[0])]
    for text, part in zip(found, parts[1:], strict=True):
        texts += [f"coalesce({text}, '')", literal(part)]
    return " || ".join(texts)
