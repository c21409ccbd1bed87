"""What each figure of data-quality verification means, for readers: the part of the register that is about confirmation forms."""

from xueji.reports import verification_indicators as forms
from xueji.reports.indicator_definitions import AREAS, Indicator
from xueji.reports.indicators import LEVELS

SCOPE = "教基一厅〔2015〕2号，二"
REPORTED = "教基一厅〔2015〕2号，附件2（汇总上报下发、回收和录入情况）"
AUDITS = "教基一厅〔2015〕2号，附件2（逐条审核关键数据变更；学校领导审核把关）"
PHOTOS = "教基一厅〔2015〕2号，三（家长拍照上传的《确认表》作为重要指标）"
ARCHIVES = "教基一厅〔2015〕2号，二（作为学籍档案存档）"
WINDOWS = "教基一厅〔2015〕2号，附件2（分区域时间开关）"
RESPONSIBLE = "教基一厅〔2015〕2号，二（谁采集谁负责、谁录入谁负责、谁审核谁负责）"

STEP_TITLES = {
    forms.PRINTED: "印制", forms.ISSUED: "下发", forms.RETURNED: "回收", forms.ENTERED: "录入", forms.AUDITED: "审核",
    forms.UPLOADED: "拍照上传", forms.ARCHIVED: "归档",
}  # fmt: skip
_STEP_MEANINGS = {
    forms.PRINTED: ("《确认表》已印制的学生数", REPORTED),
    forms.ISSUED: ("《确认表》已发放给家长（监护人）的学生数", REPORTED),
    forms.RETURNED: ("家长（监护人）签字的《确认表》已交还学校的学生数", REPORTED),
    forms.ENTERED: ("交还的《确认表》已录入的学生数，没有变更、确认无误的也计入", REPORTED),
    forms.AUDITED: ("录入的变更已全部审核通过的学生数，没有变更的自录入之日计入", AUDITS),
    forms.UPLOADED: ("签字的《确认表》已由家长（监护人）或班主任拍照上传并核对编码的学生数", PHOTOS),
    forms.ARCHIVED: ("《确认表》和佐证材料已作为学籍档案存档的学生数", ARCHIVES),
}
_MEASURE = "份"


def _count(name: str, title: str, measure: str, definition: str, source: str) -> Indicator:
    levels = LEVELS if name in forms.SCHOOL_COUNTS else AREAS
    return Indicator(name, title, measure, "count", levels, True, definition, source)


def _share(name: str, title: str, definition: str, source: str) -> Indicator:
    levels = LEVELS if name in forms.SCHOOL_TOLD else AREAS
    return Indicator(name, title, "%", "share", levels, False, definition, source)


def _counts() -> tuple[Indicator, ...]:
    return (
        _count(
            forms.STUDENTS, "核查范围学生数", "名",
            "开展数据质量核查的地区在用学籍的学生数，等于forms_due与forms_excluded之和。", SCOPE,
        ),
        _count(
            forms.EXCLUDED, "暂不核查学生数", "名",
            "非在校生状态和正在办理转学等学籍异动的学生数，恢复在校生状态或者办结后核查，不计入forms_due。", SCOPE,
        ),
        _count(forms.DUE, "应核查学生数", "名", "在校且没有在办学籍异动的学生数，为各项核查比率的分母。", SCOPE),
        *(
            _count(step, f"{title}《确认表》", _MEASURE, f"forms_due中，{meaning}。", source)
            for (step, title), (meaning, source) in zip(STEP_TITLES.items(), _STEP_MEANINGS.values(), strict=True)
        ),
        _count(
            forms.RIGHT_FIRST_TIME, "一次通过《确认表》", _MEASURE, "forms_audited中，审核从未退回的。", RESPONSIBLE,
        ),
        _count(forms.KEY_CHANGES, "录入关键数据变更", "项", "从应核查学生的《确认表》录入的关键数据变更项数。", AUDITS),
        _count(forms.OTHER_CHANGES, "录入其他信息变更", "项", "从应核查学生的《确认表》录入的关键数据以外的变更项数。", AUDITS),
        _count(forms.AUDITS_PENDING, "待审核变更", "项", "已录入、等待学校或学籍主管部门审核的变更项数。", AUDITS),
        _count(forms.SENT_BACK, "审核不通过变更", "项", "审核不通过、退回重新录入的变更项数，重新录入后通过的也计入。", AUDITS),
    )  # fmt: skip


def _shares() -> tuple[Indicator, ...]:
    return (
        *(
            _share(forms.covered_percent(step), f"《确认表》{title}率", f"100×{step}÷forms_due。", _STEP_MEANINGS[step][1])
            for step, title in STEP_TITLES.items()
        ),
        _share(forms.FIRST_TIME_PERCENT, "《确认表》一次通过率", "100×forms_right_first_time÷forms_audited。", RESPONSIBLE),
    )  # fmt: skip


def _forecast(name: str, title: str, measure: str, definition: str, source: str = WINDOWS) -> Indicator:
    return Indicator(name, title, measure, "forecast", AREAS, False, definition, source)


def _paced(step: str) -> tuple[Indicator, ...]:
    title, pace = STEP_TITLES[step], forms.per_day(step)
    source = _STEP_MEANINGS[step][1]
    return (
        _forecast(
            pace, f"每工作日{title}《确认表》", f"{_MEASURE}/工作日",
            f"近{forms.PACE_WORKING_DAYS}个工作日{title}的《确认表》份数÷{forms.PACE_DAYS}。", source,
        ),
        _forecast(
            forms.forecast_days(step), f"预计全部{title}所需工作日", "个工作日",
            f"（forms_due－{step}）÷{pace}，不足1个工作日的进为1个；没有进展的为空。", source,
        ),
        _forecast(
            forms.forecast_percent(step), f"预计录入修改窗口关闭时《确认表》{title}率", "%",
            f"100×（{step}＋{pace}×{forms.WORKING_DAYS_LEFT}）÷forms_due，不超过100；窗口已关闭的，为{title}率。", source,
        ),
    )  # fmt: skip


def _flag(name: str, title: str, measure: str, definition: str) -> Indicator:
    return Indicator(name, title, measure, "flag", AREAS, False, definition, WINDOWS)


def _time() -> tuple[Indicator, ...]:
    several = "各地窗口不同的，按{}的计算；没有窗口的为空。"
    return (
        _flag(
            forms.OPEN_DAYS, "核查启动天数", "天", "本地区第一个窗口开启之日至本期截止日的天数，当日为0。" + several.format("最早"),
        ),
        _flag(
            forms.DAYS_LEFT, "距录入修改窗口关闭天数", "天",
            "本期截止日至录入修改窗口最后一日的天数，已关闭的小于0。" + several.format("最晚"),
        ),
        _flag(
            forms.WORKING_DAYS_LEFT, "距录入修改窗口关闭工作日数", "个工作日",
            "本期截止日之后至录入修改窗口最后一日的工作日数，已关闭的为0。" + several.format("最晚"),
        ),
        _flag(
            forms.PACE_DAYS, "核查进度统计工作日数", "个工作日",
            f"推算进度所用的工作日数，最多{forms.PACE_WORKING_DAYS}个，录入修改窗口开启不久的从开启之日起计。",
        ),
        Indicator(
            forms.COUNTIES, "开展核查的县数", "个", "count", AREAS, True, "有应核查学生的县（市、区）数。", SCOPE,
        ),
        Indicator(
            forms.COUNTIES_SHORT, f"预计拍照上传率不足{forms.ENOUGH_PERCENT}%的县数", "个", "forecast", AREAS, True,
            f"forms_counties中，{forms.forecast_percent(forms.UPLOADED)}小于{forms.ENOUGH_PERCENT}的县（市、区）数。", PHOTOS,
        ),
    )  # fmt: skip


DEFINITIONS = (*_counts(), *_shares(), *(item for step in forms.PACED for item in _paced(step)), *_time())
