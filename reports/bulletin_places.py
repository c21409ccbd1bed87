"""How a bulletin names the place it is about, its parts, those it is compared with, and those it is addressed to."""

from dataclasses import dataclass

from xueji.checks.divisions import CORPS, MUNICIPALITIES, unit_of
from xueji.checks.model import UNITS, unit_short_name
from xueji.reports import indicators as ind
from xueji.reports.bulletin_facts import Area, Facts

RESIDUAL_TITLE = "学校不在学校表中的学籍"
_NATIONAL_ADDRESSEES = "各省、自治区、直辖市教育厅（教委），新疆生产建设兵团教育局"
_SCHOOLS_ADDRESSED = "各中小学校"
# How the whole of a place is spoken of, by the end of its name; longer ends first.
_WHOLES = {
    "自治区": "全区", "兵团": "全兵团", "地区": "全地区", "省": "全省", "市": "全市", "州": "全州", "盟": "全盟",
    "县": "全县", "区": "全区", "旗": "全旗",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """The area a bulletin is about."""

    level: str
    code: str
    name: str  # 全国, 福建省, 厦门市, 思明区
    whole: str  # 全国, 全省, 全市, 全区
    full_name: str  # with what it lies in, 福建省厦门市; empty for the nation
    series_name: str  # in the document number, 福建厦门市; empty for the nation
    part_word: str  # what its parts are called: 省份, 地区, 县（市、区）, 学校
    addressee: str
    above: tuple[Area, ...]  # the areas it lies in, the nearest first, the nation last

    @property
    def is_national(self) -> bool:
        return self.level == "national"

    @property
    def has_units_figures(self) -> bool:
        """Whether figures of deliveries, rules and scopes are told of it."""
        return self.level in ind.UNIT_LEVELS

    @property
    def unit_name(self) -> str:
        """In full, of the unit it is or lies in; empty for the nation."""
        return UNITS.get(unit_of(self.code), "")


def place_of(facts: Facts, code: str) -> Place:
    area = facts.area(code)
    above = _above(facts, area)
    path = [facts.area(upper.code) for upper in reversed(above) if upper.level != "national"]
    is_national = area.level == "national"
    name = area.name
    return Place(
        level=area.level,
        code=code,
        name=name,
        whole=whole_word(area),
        full_name="" if is_national else "".join(upper.name for upper in path) + _in_title(area),
        series_name="" if is_national else "".join(upper.short_name for upper in (*path, area)),
        part_word=_part_word(facts, area),
        addressee=_addressee(facts, area),
        above=above,
    )


def whole_word(area: Area) -> str:
    """全省, 全区, 全兵团: how prose speaks of all of a place."""
    if area.level == "national":
        return ind.NATIONAL_NAME
    if area.is_residual:
        return "此部分"
    return next((whole for end, whole in _WHOLES.items() if area.name.endswith(end)), area.name)


def _above(facts: Facts, area: Area) -> tuple[Area, ...]:
    found = []
    while area.parent_code is not None:
        area = facts.area(area.parent_code)
        found.append(area)
    return tuple(found)


def _in_title(area: Area) -> str:
    return f"（{RESIDUAL_TITLE}）" if area.is_residual else area.name


def _part_word(facts: Facts, area: Area) -> str:
    if area.level == "national":
        return "省份"
    if area.level == "province":
        return {CORPS: "师（市）"}.get(area.code) or ("区（县）" if area.code in MUNICIPALITIES else "地区")
    return "县（市、区）" if facts.parts(area.code) else "学校"


def _addressee(facts: Facts, area: Area) -> str:
    if area.level == "national":
        return _NATIONAL_ADDRESSEES
    if area.level == "province":
        if area.code == CORPS:
            return "各师（市）教育局"
        offices = "各区（县）" if area.code in MUNICIPALITIES else "各市（州、盟）、县（市、区）"
        return f"{offices}教育行政部门"
    if area.is_residual:
        return f"{unit_short_name(unit_of(area.code))}各级教育行政部门"
    return "各县（市、区）教育行政部门" if facts.parts(area.code) else _SCHOOLS_ADDRESSED
