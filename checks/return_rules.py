"""Why a returned file or row is not taken: one rule each, with the sentence and the remedy that its sender reads."""

from xueji.checks.refusal_rule import RefusalRule

_RULES = (
    # Whole files
    RefusalRule("file_unreadable", "文件无法读取：{}", "用 Excel、WPS 或 LibreOffice 打开下发的原文件，填写后另存为 .xlsx 再交回"),
    RefusalRule("file_not_ours", "不是本系统下发的文件：没有核验信息", "请在下发的原文件上填写，不要新建文件或复制到其他文件"),
    RefusalRule("file_seal_broken", "文件核验信息与下发时不一致", "请使用下发的原文件重新填写"),
    RefusalRule("file_other_key", "文件是用其他密钥下发的", "请使用最近一期下发的文件重新填写"),
    RefusalRule("file_other_owner", "文件属于{}，不属于交回单位", "请交回下发给本单位的文件"),
    RefusalRule("file_wrong_place", "{}不应交到此处", "清单交 returns，审核表交 audits，核查单、仲裁表、发号名单交 arbitration"),
    RefusalRule("file_layout", "缺少列：{}", "请恢复下发文件的列名，不要删除或改名"),
    RefusalRule("file_columns_twice", "列名重复：{}", "请恢复下发文件的列名，删除多出的列"),
    RefusalRule("file_crowded", "压缩包内应只有一份清单，实有{}份", "每所学校一个压缩包，放一份清单和证明材料"),
    # Rows as they stand
    RefusalRule("row_added", "下发的文件中没有这一行", "不要增加行；新发现的问题请在学籍系统内办理"),
    RefusalRule("row_changed", "下发内容被改动：{}", "请恢复该行下发时的内容，或从原文件重新填写"),
    RefusalRule("row_merged", "单元格被合并：{}", "取消合并，逐行填写"),
    RefusalRule("row_formula", "单元格是公式或错误值：{}", "请粘贴为值"),
    RefusalRule("row_twice", "同一案件填写了两次", "每个案件只保留一行"),
    # Against the ledger
    RefusalRule("case_unknown", "没有这个案件", "请使用最近一期下发的文件"),
    RefusalRule("case_not_yours", "案件不归交回单位办理", "请交回下发给本单位的文件"),
    RefusalRule("edition_old", "该行出自旧的一期，案件此后已有变化，现为“{}”", "请按最近一期下发的文件填写"),
    RefusalRule("case_not_here", "案件现为“{}”，不在本环节", "请等待最近一期下发的文件"),
    # Answers
    RefusalRule("answer_missing", "填写了其他栏，没有填写{}", "从下拉列表中选择"),
    RefusalRule("answer_unknown", "{}不在可选范围内", "从下拉列表中选择"),
    RefusalRule("answer_not_allowed", "不能办理{}：{}", "请选择清单“可选处理方式”中的方式"),
    RefusalRule("reason_missing", "没有填写理由", "退回、挂起、不予保留等须写明理由"),
    RefusalRule("change_empty", "选择“变更”，但没有填写更正后的内容", "填写更正后的姓名、身份证件号、性别或出生日期"),
    RefusalRule("change_same", "更正后的内容与现有内容相同", "填写更正后的内容；现有内容无误的，选择“佐证”"),
    RefusalRule("change_beside", "只更正了性别或出生日期，没有更正姓名或身份证件号", "该类问题须更正姓名或身份证件号；其他信息在学籍系统内办理"),
    RefusalRule("change_not_asked", "填写了更正后的内容，但处理方式不是“变更”", "需要更正的选择“变更”，不需要的清空更正内容"),
    RefusalRule("change_name", "更正后姓名不符合要求：{}", "填写户口簿上的姓名，间隔号用“·”"),
    RefusalRule("change_number", "更正后身份证件号不符合要求：{}", "对照户口簿或身份证，把单元格设为文本后重新填写"),
    RefusalRule("change_sex", "更正后性别应为男或女", "从下拉列表中选择"),
    RefusalRule("change_birth_date", "更正后出生日期不是有效日期", "按 2015-03-12 的样式填写"),
    # Evidence
    RefusalRule("evidence_missing", "缺少证明材料：{}", "与清单一起放入压缩包，文件名用“案件编号_材料名称”"),
    RefusalRule("evidence_one_side", "身份证只有一面", "身份证正面、反面都要提供"),
    RefusalRule("evidence_type", "证明材料的内容不是 pdf、jpg 或 png：{}", "重新扫描，保存为 pdf、jpg 或 png"),
    RefusalRule("evidence_damaged", "证明材料损坏，无法打开：{}", "重新扫描后交回"),
    RefusalRule("evidence_size", "证明材料大小不在允许范围内：{}", "每份 1 KB 至 10 MB，重新扫描后交回"),
    RefusalRule("evidence_name", "证明材料的文件名对不上{}", "文件名用“案件编号_材料名称”，案件编号和材料名称照清单填写"),
    RefusalRule("evidence_no_answer", "证明材料所属案件没有填写处理方式", "在清单中填写该案件的处理方式，与证明材料一起交回"),
)  # fmt: skip
RETURN_RULES = {rule.id: rule for rule in _RULES}


def return_sentence(rule_id: str, *found: str) -> str:
    """The rule's sentence, with what was found put in."""
    return RETURN_RULES[rule_id].sentence.format(*found)
