"""Names that equal the register's only after folding: for information (`checks/name_comparison.py`)."""

from xueji.checks.model import PairRule

RULE = PairRule(
    id="name_variant",
    problem_type="ERR_NAME",
    title="姓名写法与登记姓名略有差异",
    source="民委发〔2016〕33号（间隔符）;国发〔2013〕23号（通用规范汉字表）;domain.md 3.5",
    reasons={
        "width": "与登记姓名只在全角半角、空格或大小写上不同",
        "separator": "与登记姓名只在间隔符上不同，间隔符应为“·”(U+00B7)",
        "variant": "与登记姓名只在繁体、异体或编码上不同",
    },
    suggestions={
        "width": "视为同一姓名，无须佐证。方便时请去掉姓名中的空格，并改用半角字符。",
        "separator": "视为同一姓名，无须佐证。方便时请将间隔符统一为“·”(U+00B7)。",
        "variant": "视为同一姓名，无须佐证。方便时请按户口簿统一姓名用字。",
    },
)
