"""The words of the sheet 填写说明: what a problem list is, how it is filled in, what each type means."""

from dataclasses import dataclass

from xueji.checks.model import PROBLEM_TYPES
from xueji.reports.dispositions import DISPOSITIONS

# What each type means to a registrar. Order and titles are those of PROBLEM_TYPES.
MEANINGS = {
    "DUP_ID": "两条或两条以上学籍使用同一身份证件号。“涉及范围”是能够包含各方学校的最小范围，“对方信息”供与对方学校联系核实。",
    "DUP_NSB": "没有身份证件号的学生之间，姓名、性别、出生日期完全相同。确系不同学生的，各方可以分别佐证。",
    "ERR_NOTFOUND": "身份证号符合编码规则，但国家人口基础信息数据库中没有这个号码。",
    "ERR_NAME": "国家人口基础信息数据库中有这个号码，但登记的姓名与库中姓名不一致。",
    "ERR_ID": "身份证号的位数、字符、校验码、地区或出生日期不符合编码规则，或者与登记的性别、出生日期不一致。",
    "CHG_ID": "学生的身份证件号已经变更，学籍系统内仍是原来的号码。",
    "MISSING": "必填的信息没有填写。",
    "INVALID": "填写的内容不在规定的代码或格式之内，或者与学校信息不符。",
    "STALE": "年级、班级等信息没有随学年更新。",
    "SUSPECT": "两条学籍证件号不同，但很可能是同一名学生，须核实。",
}


@dataclass(frozen=True)
class GuideLine:
    """One row of the sheet: section heading (first row of a section only), text, operations allowed (types only)."""

    heading: str
    text: str
    operations: str = ""


def _section(heading: str, *texts: str) -> tuple[GuideLine, ...]:
    return tuple(GuideLine("" if place else heading, text) for place, text in enumerate(texts))


GUIDE_TITLE = "问题学籍清单填写说明"
TYPES_HEADING = GuideLine("问题类型", "含义", "可选处理方式")
GUIDE = (
    *_section(
        "一、清单用途",
        "本清单列出全国中小学生学籍信息管理系统（以下简称学籍系统）经省内查重、全国查重、国家人口基础信息数据库身份比对和数据检查后，"
        "需由本校核实处理的学籍。“问题清单”列问题学籍；“数据质量待改”列缺项、有误、未更新等需核对更正的信息，没有此类信息时不附该表。",
        "依据：《中小学生学籍管理办法》和《教育部办公厅关于加快问题学籍处理和建立数据质量核查机制的通知》（教基一厅〔2015〕2号）。",
    ),
    *_section(
        "二、填写方法",
        "1. 逐条核实学生是否在校、姓名和身份证件号是否正确，在“学校填写”各栏填写结果。其余各栏已锁定，请勿改动，也不要增删行列、更改表名。",
        "2. 学生已不在本校的，按照“人籍一致”原则选择“删除”。",
        "3. 学生在校，学校认为其姓名和身份证件号无误的，选择“佐证”。",
        "4. 学生在校，但系统内姓名或身份证件号错误的，选择“变更”，并填写更正后的姓名或身份证件号；性别、出生日期登记错误的，在“说明”栏写明更正后的内容。",
        "5. “数据质量待改”表在“更正后内容”栏填写；现有内容经核实无误的，填写“无误”。",
        "6. 填写后以原文件名保存为 .xlsx 文件，在处理期限前交回下发单位。有疑问的，与下发单位联系。",
    ),
    GuideLine("三、问题类型", ""),
    TYPES_HEADING,
    *(
        GuideLine(
            kind.title,
            MEANINGS[kind.code],
            "、".join(DISPOSITIONS[kind.code].operations) if kind.code in DISPOSITIONS else "核对更正",
        )
        for kind in PROBLEM_TYPES.values()
        if kind.severity != "note"
    ),
    *_section(
        "四、证明材料",
        "佐证和变更均须在学籍系统上传以下两项的扫描件：（1）加盖学校公章的学生在校证明；（2）学生户口簿，或身份证正反两面，"
        "或户籍部门提供的正在办理居民身份证件号回执。材料由学籍主管部门审核，有疑问的向公安机关户籍部门核实。",
    ),
    *_section(
        "五、办理要求",
        "1. 涉及高中阶段违规招生的，先处理完招生问题，再处理学籍问题。",
        "2. 毕业年级优先办理，清单中已排在前面。",
        "3. 变更后的信息将重新进行全国查重和身份比对；仍有问题的，重新下发。",
        "4. 身份证号重复的，各方中最多一方的佐证可以通过审核；经佐证处理后仍需教育部仲裁的，由教育部核查。",
        "5. 首字母为 G 的正式学籍号原则上不予删除；确需删除的，由省级学籍主管部门提交证明材料，报教育部核准。",
        "6. 佐证材料必须真实。把关不严甚至弄虚作假的，将追究相关人员责任。",
    ),
    *_section(
        "六、信息安全",
        "本清单含有学生个人信息，仅限学籍管理人员办理学籍使用。请妥善保管，不得外传，不得张贴、公布或通过社交软件传送。"
        "对方学校的信息只用于联系核实。",
    ),
)  # fmt: skip
