"""Numbers that the register holds under another name. Decided over pairs of names (`checks/name_comparison.py`)."""

from xueji.checks.model import PairRule

RULE = PairRule(
    id="id_name_mismatch",
    problem_type="ERR_NAME",
    title="公安部校验不通过：姓名与身份证号不匹配",
    source="教基一厅〔2015〕2号：与国家人口基础信息库比对",
    reasons={
        "order": "姓名与该身份证号的登记姓名用字相同，次序不同",
        "missing_character": "姓名与该身份证号的登记姓名相比，多字或少字",
        "homophone": "姓名与该身份证号的登记姓名读音相同，用字不同",
        "shape": "姓名与该身份证号的登记姓名用字形近，可能录入错误",
        "different": "姓名与该身份证号的登记姓名不同，号码或姓名至少一项有误",
        "answered": "人口信息主管部门答复：姓名与身份证号不匹配",
    },
)
