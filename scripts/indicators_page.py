"""Print docs/indicators.md: .venv/bin/python scripts/indicators_page.py > docs/indicators.md"""

from xueji.checks.catalogue import RULES
from xueji.reports.indicator_register import page

print(page(RULES))
