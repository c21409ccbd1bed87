"""What each figure of `progress` means, for readers: title, measure and definition of every name that is written out in `indicators`.

Names made from others (rates, changes, counts by rule) are described in `indicator_register`.
"""

from dataclasses import dataclass
from typing import Literal

from xueji.reports import indicators as ind
from xueji.reports.bulletin_wording import TYPE_TITLES

Kind = Literal["count", "share", "rate", "change", "flag", "forecast"]


@dataclass(frozen=True)
class Indicator:
    """One figure as the data dictionary tells it. `is_additive`: an area's figure is the sum of its parts'."""

    name: str
    title: str
    measure: str
    kind: Kind
    levels: tuple[str, ...]
    is_additive: bool
    definition: str
    source: str


AREAS = ind.LEVELS[:-1]
NATION = ("national",)

NOTICE = "教基一厅〔2015〕2号，一"
CHECKS = "教基一厅〔2015〕2号，二"
FORMER = "全国中小学生学籍信息管理系统建设应用进展情况通报（2015—2016年）"
FUJIAN = "福建省月度通报（截至2015年6月30日）"
HELP = "问题学籍处理流程帮助（2017年4月）"
SCHOOL_TABLE = "学校表"
REPORTING = "数据报送约定"
MATURITY = "参照英国国家医疗服务体系数据质量成熟度指数（DQMI）"
BYAR = "Byar近似法（Breslow、Day，1987）"
CLASS_TITLES = ("优", "良", "中", "待提升")  # of quality_class 1 to 4

TYPE_MEANINGS = {
    "DUP_ID": ("两个以上学籍的身份证件号相同", NOTICE),
    "DUP_NSB": ("同一省份内无身份证件号的学籍姓名、性别、出生日期均相同", FUJIAN),
    "ERR_NOTFOUND": ("身份证号在国家人口基础信息数据库中不存在", NOTICE),
    "ERR_NAME": ("身份证号在国家人口基础信息数据库中存在但姓名不一致", NOTICE),
    "ERR_ID": ("身份证号的格式、校验码、地区、出生日期或性别有误", NOTICE + "；GB 11643—1999"),
    "CHG_ID": ("身份证号已在公安机关变更", HELP),
}
QUALITY_MEANINGS = {
    "MISSING": ("缺项学籍数", "必填信息项有缺失的学籍数"),
    "INVALID": ("有误学籍数", "信息项内容有误（代码、日期、姓名、学籍号、学校等不合规定）的学籍数"),
    "STALE": ("未更新学籍数", "年级、班级等应随学年更新而未更新的学籍数"),
}
DISPOSITION_TITLES = {"delete": "删除", "attest": "佐证", "change": "变更", "cleared": "已消除"}
_DISPOSITION_MEANINGS = {
    "delete": ("经删除操作办结", NOTICE),
    "attest": ("经佐证操作（含仲裁保留、下发学籍号）办结", NOTICE),
    "change": ("经变更操作并复查通过后办结", NOTICE),
    "cleared": ("因问题不再出现而自行办结", "台账规则（docs/cases.md）"),
}
OFFICE_TITLES = {"county": "县级", "city": "市级", "province": "省级", "ministry": "教育部"}
ACTOR_TITLES = {"school": "学校", **OFFICE_TITLES, "system": "系统复查"}
SCOPE_TITLES = {"school": "同校", "county": "同县跨校", "city": "同市跨县", "province": "同省跨市", "national": "跨省"}
AGE_TITLES = {"10": "10个工作日以内", "30": "11—30个工作日", "60": "31—60个工作日", "older": "60个工作日以上"}


def _count(
    name: str, title: str, measure: str, definition: str, source: str, levels: tuple[str, ...] = AREAS
) -> Indicator:
    every_level = ind.LEVELS if name in ind.SCHOOL_COUNTS else levels
    return Indicator(name, title, measure, "count", every_level, True, definition, source)


def _share(name: str, title: str, definition: str, source: str, measure: str = "%") -> Indicator:
    return Indicator(name, title, measure, "share", AREAS, False, definition, source)


def _forecast(name: str, title: str, measure: str, definition: str) -> Indicator:
    return Indicator(name, title, measure, "forecast", AREAS, False, definition, NOTICE)


def _base() -> tuple[Indicator, ...]:
    return (
        _count(ind.STUDENTS, "学生数", "名", "在用学籍数据中的学籍数，一条学籍计一名。", FORMER),
        _count(ind.STUDENTS_WITH_NUMBER, "有身份证件号学生数", "名", "students中填有身份证件号的学籍数。", FORMER),
        _count(ind.SCHOOLS, "学校数", "所", "学校表所列学校数。", SCHOOL_TABLE),
        _count(
            ind.SCHOOLS_WITH_STUDENTS, "有学籍数据学校数", "所", "schools中至少有一条在用学籍的学校数。", SCHOOL_TABLE
        ),
    )


def _pending() -> tuple[Indicator, ...]:
    kinds = tuple(map(ind.pending, ind.PENDING_TYPES))
    return (
        _count(
            ind.PENDING_TOTAL, "待处理问题学籍", "例",
            f"截至本期尚未办结的问题学籍数，等于{'、'.join(kinds)}之和；同一学籍有两类问题的，各计1例。", NOTICE,
        ),
        _count(
            ind.PENDING_REPORTED, "待处理问题学籍（全国通报口径）", "例",
            f"{ind.PENDING_TOTAL}减{ind.pending('DUP_NSB')}：全国通报不包括省内“姓名+性别+出生日期”重复问题学籍。", FORMER,
        ),
        *(
            _count(ind.pending(kind), f"待处理{TYPE_TITLES[kind]}", "例", f"尚未办结的问题学籍中，{meaning}的。", source)
            for kind, (meaning, source) in TYPE_MEANINGS.items()
        ),
        _count(
            ind.PENDING_STUDENTS, "待处理问题学籍涉及学生数", "名",
            "至少有1例待处理问题学籍的学生数；一名学生有几类问题的，只计一名。", NOTICE,
        ),
        *(
            _count(
                ind.duplicates_in("DUP_ID", scope), f"待处理{TYPE_TITLES['DUP_ID']}（{SCOPE_TITLES[scope]}）", "例",
                f"{ind.pending('DUP_ID')}中，包含全部重复学籍的最低一级为{SCOPE_TITLES[scope]}的。", NOTICE, ind.UNIT_LEVELS,
            )
            for scope in ind.SCOPES
        ),
    )  # fmt: skip


def _flow() -> tuple[Indicator, ...]:
    types = [(kind, TYPE_TITLES[kind]) for kind in ind.FLOW_TYPES]
    of_units = ind.UNIT_LEVELS
    return (
        _count(
            ind.CASES_OPENING, "期初待处理问题学籍", "例",
            "上期通报截止日尚未办结的问题学籍数，按现有台账统计。cases_opening＋cases_new＋cases_reopened－cases_closed＝pending_total。",
            FORMER,
        ),
        _count(ind.CASES_NEW, "本期新下发问题学籍", "例", "上期通报截止日之后首次发现并下发的问题学籍数；首期为截至本期的全部。", FORMER),
        _count(ind.CASES_REOPENED, "本期再次出现问题学籍", "例", "上期通报截止日之后，已办结而又再次出现或重新处理的问题学籍数。", HELP),
        _count(ind.CASES_CLOSED, "本期办结问题学籍", "例", "上期通报截止日之后办结的问题学籍数。", NOTICE),
        *(
            _count(ind.closed_by(way), f"本期办结问题学籍（{DISPOSITION_TITLES[way]}）", "例", f"cases_closed中，{meaning}的。", source)
            for way, (meaning, source) in _DISPOSITION_MEANINGS.items()
        ),
        *(
            _count(ind.opening(kind), f"期初待处理{title}", "例", f"cases_opening中，{title}的。", FORMER, of_units)
            for kind, title in types
        ),
        *(
            _count(
                ind.entered(kind), f"本期新下发和再次出现{title}", "例",
                f"cases_new与cases_reopened中，{title}的。{ind.opening(kind)}＋{ind.entered(kind)}－{ind.closed(kind)}＝{ind.pending(kind)}。",
                FORMER, of_units,
            )
            for kind, title in types
        ),
        *(
            _count(ind.closed(kind), f"本期办结{title}", "例", f"cases_closed中，{title}的。", NOTICE, of_units)
            for kind, title in types
        ),
    )  # fmt: skip


def _work() -> tuple[Indicator, ...]:
    ages = "待处理问题学籍中，自下发之日起已过{}的。"
    return (
        *(_count(ind.pending_aged(age), f"积压{title}问题学籍", "例", ages.format(title), FUJIAN) for age, title in AGE_TITLES.items()),
        *(
            _count(ind.returned_by(office), f"本期{title}审核退回", "例次", f"上期通报截止日之后，由{title}审核退回学校的次数。", NOTICE)
            for office, title in OFFICE_TITLES.items()
        ),
        _count(ind.RETURNED_TOTAL, "本期审核退回", "例次", "上期通报截止日之后审核退回学校的次数，等于各级审核退回次数之和。", NOTICE),
        *(
            _count(
                ind.overdue_at(actor), f"超期未办（{title}）", "例",
                f"待处理问题学籍中，应由{title}办理而已过办理期限（10个工作日或6月30日）的。", FUJIAN,
            )
            for actor, title in ACTOR_TITLES.items()
        ),
        _count(ind.OVERDUE_TOTAL, "超期未办问题学籍", "例", "待处理问题学籍中已过办理期限的，等于各办理环节超期未办数之和。", FUJIAN),
        _count(ind.AUDITS_WAITING, "待审核问题学籍", "例", "待处理问题学籍中，学校已提交、等待各级审核的。", NOTICE),
        _count(ind.AUDITS_OVERDUE, "超期未审核问题学籍", "例", "audits_waiting中，超过10个工作日仍未审核的。", FUJIAN),
        _count(ind.AUDITS_DONE, "本期审核", "例次", "上期通报截止日之后审核通过和审核退回的次数。", NOTICE),
    )  # fmt: skip


def _quality() -> tuple[Indicator, ...]:
    good, fair, passing = (f"{bound:g}" for bound in ind.QUALITY_BOUNDS)
    parts = "、".join(ind.QUALITY_PARTS)
    classes = f"不低于{good}为1（优），不低于{fair}为2（良），不低于{passing}为3（中），其余为4（待提升）"
    return (
        *(
            _count(ind.quality(kind), title, "条", f"{meaning}；同一学籍同类问题不止一处的，计1条。", CHECKS)
            for kind, (title, meaning) in QUALITY_MEANINGS.items()
        ),
        _share(ind.COVERAGE_PERCENT, "覆盖率", "100×schools_with_students÷schools。", MATURITY),
        _share(ind.COMPLETENESS_PERCENT, "完整率", "100×（1－quality_missing÷students）。", MATURITY),
        _share(ind.VALIDITY_PERCENT, "有效率", "100×（1－quality_invalid÷students）。", MATURITY),
        _share(ind.TIMELINESS_PERCENT, "及时率", "100×（1－quality_stale÷students）。", MATURITY),
        _share(ind.IDENTITY_PERCENT, "身份信息准确率", "100×（1－pending_students÷students）。", MATURITY),
        _share(
            ind.QUALITY_INDEX, "数据质量综合指数",
            f"coverage_percent×（{parts}四项的平均数）÷100，取值0至100；students不足{ind.RATE_MIN_STUDENTS}的不计算。", MATURITY, "分",
        ),
        Indicator(
            ind.QUALITY_CLASS, "数据质量等级", "级", "flag", AREAS, False, f"按quality_index划分：{classes}。", MATURITY
        ),
    )  # fmt: skip


def _deliveries() -> tuple[Indicator, ...]:
    def count(name: str, title: str, measure: str, definition: str) -> Indicator:
        return _count(name, title, measure, definition, REPORTING, ind.UNIT_LEVELS)

    def flag(name: str, title: str, measure: str, levels: tuple[str, ...], definition: str) -> Indicator:
        return Indicator(name, title, measure, "flag", levels, False, definition, REPORTING)

    return (
        count(ind.FILES, "报送文件数", "个", "本期最近一次报送的学籍数据文件数。"),
        count(ind.ROWS_DELIVERED, "送达行数", "行", "报送文件的数据行数，等于rows_accepted与rows_quarantined之和。"),
        count(ind.ROWS_ACCEPTED, "接收行数", "行", "送达行中接收入库的行数。"),
        count(ind.ROWS_QUARANTINED, "隔离行数", "行", "送达行中未接收的行数；整批退回的，其各行均计入。"),
        count(ind.DELIVERY_ACCEPTED, "报送结果为接收", "个", "省份为1或0；全国为报送数据已接收的省份数。"),
        count(ind.DELIVERY_REFUSED, "报送结果为退回", "个", "省份为1或0；全国为报送数据被整批退回的省份数。"),
        count(ind.DELIVERY_MISSING, "未报送", "个", "省份为1或0；全国为未报送数据的省份数。"),
        count(ind.SNAPSHOT_STALE, "在用数据非本期", "个", "省份为1或0；全国为在用学籍数据早于本期截止日的省份数。"),
        flag(ind.STALE_DAYS, "在用数据滞后天数", "天", ("province",), "在用学籍数据日期距本期截止日的天数；没有在用数据的为空。"),
        flag(ind.COMPARED, "是否身份比对", "—", NATION, "本期与国家人口基础信息数据库比对的为1，没有比对的为0。"),
        flag(ind.PREVIOUS_DAYS, "距上期通报天数", "天", NATION, "上期通报截止日至本期截止日的日历天数；首期为空。"),
        flag(ind.WORKING_DAYS_PASSED, "距上期通报工作日数", "个工作日", NATION, "上期通报截止日之后至本期截止日的工作日数；首期为空。"),
        flag(ind.WORKING_DAYS_LEFT, "距6月30日工作日数", "个工作日", NATION, "本期截止日之后至下一个6月30日的工作日数。"),
    )  # fmt: skip


def _progress() -> tuple[Indicator, ...]:
    return (
        _share(ind.COMPLETION_PERCENT, "问题学籍处理完成率", "100×cases_closed÷（cases_closed＋pending_total）。", NOTICE),
        _share(
            ind.AUDIT_COMPLETION_PERCENT, "审核完成率", "100×audits_done÷（audits_done＋audits_waiting）。", FORMER
        ),
        _forecast(
            ind.CLOSED_PER_DAY, "每工作日办结问题学籍", "例/工作日", "cases_closed÷working_days_passed；首期为空。"
        ),
        _forecast(
            ind.FORECAST_DAYS, "预计办结所需工作日", "个工作日",
            "pending_total÷closed_per_working_day；本期没有办结的为空。不计今后新下发的问题学籍。",
        ),
        _forecast(
            ind.FORECAST_LEFT, "预计6月30日剩余问题学籍", "例",
            "pending_total－closed_per_working_day×working_days_left，小于0的为0，不足1例的进为1例；按本地区自身进度计算，不是下级之和。不计今后新下发的问题学籍。",
        ),
        _count(ind.COUNTIES, "县数", "个", "有在用学籍数据的县（市、区）数。", SCHOOL_TABLE),
        Indicator(
            ind.COUNTIES_MISSING, "预计不能如期完成的县数", "个", "forecast", AREAS, True,
            "counties中，forecast_left大于0的县（市、区）数。", NOTICE,
        ),
    )  # fmt: skip


DEFINITIONS = (*_base(), *_pending(), *_flow(), *_work(), *_progress(), *_quality(), *_deliveries())
