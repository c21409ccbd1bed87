"""Numbers that the register holds under another name. Decided over pairs of names (`checks/name_comparison.py`)."""

from xueji.checks.model import PairRule

RULE = PairRule(
    id="id_name_mismatch",
    problem_type="ERR_NAME",
    title="公安部校验不通过：姓名与身份证号不匹配",
    source="教基一厅〔2015〕2号：与国家人口基础信息库比对",
    reasons={
        "order": "姓名与该身份证号的登记姓名用字相同，次序不同",
        "missing_character": "姓名与该身份证号的登记姓名相比少字",
        "added_character": "姓名与该身份证号的登记姓名相比多字",
        "homophone": "姓名与该身份证号的登记姓名读音相同，用字不同",
        "homophone_tone": "姓名与该身份证号的登记姓名读音只有声调不同，用字不同",
        "homophone_reading": "姓名与该身份证号的登记姓名中有多音字，按另一读音则读音相同，用字不同",
        "shape": "姓名与该身份证号的登记姓名用字形近，可能录入错误",
        "surname": "姓名与该身份证号的登记姓名名字相同，姓氏不同",
        "different": "姓名与该身份证号的登记姓名不同，号码或姓名至少一项有误",
        "answered": "人口信息主管部门答复：姓名与身份证号不匹配",
    },
    suggestions={
        "order": "请核对户口簿上姓名的用字次序。学籍有误的，建议用“变更”更正姓名。",
        "missing_character": "请核对户口簿，看学籍中的姓名是否漏字。漏字的，建议用“变更”补全姓名。",
        "added_character": "请核对户口簿，看学籍中的姓名是否多字。多字的，建议用“变更”更正姓名。",
        "homophone": "多为输入法选错同音字。请核对户口簿，学籍有误的，建议用“变更”更正姓名用字。",
        "homophone_tone": "多为输入法选错同音字。请核对户口簿，学籍有误的，建议用“变更”更正姓名用字。",
        "homophone_reading": "多为按多音字的另一读音选错了字。请核对户口簿，学籍有误的，建议用“变更”更正姓名用字。",
        "shape": "多为看错或选错形近字。请核对户口簿，学籍有误的，建议用“变更”更正姓名用字。",
        "surname": "多为随父姓、随母姓的改变，也可能录入错误。请核对户口簿：户口簿上已改姓的，建议用“变更”更正；户口簿与学籍一致的，建议用“佐证”。",
        "different": "请先核对身份证号是否为本人号码，再核对姓名。学籍有误的，建议用“变更”；确认均无误的，建议凭户口簿用“佐证”。",
        "answered": "请凭户口簿逐项核对姓名和身份证号。学籍有误的，建议用“变更”；确认均无误的，建议用“佐证”。",
    },
)
