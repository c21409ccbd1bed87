"""Names that equal the register's only after folding: for information (`checks/name_comparison.py`)."""

from xueji.checks.model import PairRule

RULE = PairRule(
    id="name_variant",
    problem_type="ERR_NAME",
    title="姓名写法与登记姓名略有差异",
    source="民委发〔2016〕33号（间隔符）;domain.md 3.5",
    reasons={
        "width": "与登记姓名只在全角半角、空格或大小写上不同",
        "separator": "与登记姓名只在间隔符上不同，间隔符应为“·”(U+00B7)",
        "variant": "与登记姓名只在繁体或异体字上不同",
    },
)
