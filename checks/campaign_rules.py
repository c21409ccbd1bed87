"""Rows of a campaigns file: which windows they mean, and why one cannot be taken. One bad row never costs a good one.

The ministry may set windows for any region, a unit for itself and what lies in it. Of two rows that overlap the first stays: the file's
own order is all that can be told of what its sender meant.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime

from xueji.checks.campaigns import (
    CAMPAIGN_CODE,
    ENTRY,
    EXPORT,
    NATION,
    SWITCH_SPELLINGS,
    SWITCHES,
    campaign_name,
    region_name,
)
from xueji.checks.divisions import MUNICIPALITIES, names, unit_of
from xueji.checks.model import UNITS
from xueji.checks.refusal_rule import RefusalRule

_RULES = (
    RefusalRule("campaign_code", "核查批次“{}”不符合编码规则", "填写年份、学期（A秋季、S春季）和次数，如2026A1"),
    RefusalRule("campaign_switch", "功能开关“{}”不在可选范围内", "填写“导出确认表”或“录入修改”"),
    RefusalRule("campaign_region_unknown", "没有行政区划“{}”", "填写省、地市或区县的行政区划代码，直辖市不分地市"),
    RefusalRule("campaign_region_foreign", "行政区划“{}”不属于报送单位", "只设置本单位所辖区域的开放时间"),
    RefusalRule("campaign_date", "{}“{}”不是有效日期", "按2026-09-01的样式填写"),
    RefusalRule("campaign_dates_reversed", "关闭日期{}早于开放日期{}", "核对开放日期和关闭日期"),
    RefusalRule("campaign_overlap", "与{}已设置的“{}”{}至{}重叠", "同一批次、区域和开关的开放时间不得重叠"),
    RefusalRule("campaign_no_export", "{}没有设置“导出确认表”，不能开放“录入修改”", "同时设置“导出确认表”的开放时间"),
    RefusalRule("campaign_entry_first", "“录入修改”{}开放，早于“导出确认表”{}开放", "“录入修改”不得早于“导出确认表”开放"),
)  # fmt: skip
CAMPAIGN_RULES = {rule.id: rule for rule in _RULES}


@dataclass(frozen=True)
class DeliveredRow:
    """A row as delivered; null where a cell is blank. `place` tells rows apart."""

    place: int
    campaign: str | None
    campaign_name: str | None
    switch: str | None
    region_code: str | None
    opens_on: str | None
    closes_on: str | None
    parent_platform: str | None = None


@dataclass(frozen=True)
class Window:
    """A row of `campaign_windows`."""

    unit_code: str
    campaign: str
    campaign_name: str
    switch: str
    region_code: str
    opens_on: date
    closes_on: date
    parent_platform: str | None = None


@dataclass(frozen=True)
class RowRefusal:
    """Why a row is not taken: rule, delivered column and value, and the Chinese sentence."""

    place: int
    rule_id: str
    column: str
    value: str | None
    reason: str


@dataclass(frozen=True)
class Judgement:
    windows: tuple[Window, ...]
    refusals: tuple[RowRefusal, ...]


class _RefusedError(Exception):
    """A rule that a row breaks, at one of its columns."""

    def __init__(self, rule_id: str, column: str, *found: str) -> None:
        super().__init__(rule_id)
        self.rule_id, self.column, self.found = rule_id, column, found


def judge(
    unit: str,
    rows: Sequence[DeliveredRow],
    others: Iterable[Window] = (),
    school_regions: AbstractSet[str] = frozenset(),
) -> Judgement:
    """The windows that a unit's delivery sets, 00 the ministry's, and its refused rows, both in the rows' order.

    `others` are the windows of the ministry that stand beside a unit's own. `school_regions` are cities and counties of the school
    table: a development zone is in no standard, yet its schools have windows.
    """
    read: list[tuple[DeliveredRow, Window]] = []
    refused: list[RowRefusal] = []
    for row in rows:
        try:
            read.append((row, _window(unit, row, school_regions)))
        except _RefusedError as error:
            refused.append(_refusal(row, error))
    taken: dict[int, Window] = {}
    spans: dict[tuple[str, str, str], list[Window]] = defaultdict(list)
    openings = _Openings(others)
    for switch in (EXPORT, ENTRY):  # entry windows are held against the export windows that were taken
        for row, window in read:
            if window.switch == switch:
                earlier = spans[window.campaign, switch, window.region_code]
                try:
                    _refuse_entry_before_export(window, openings)
                    _refuse_overlap(window, earlier)
                except _RefusedError as error:
                    refused.append(_refusal(row, error))
                    continue
                earlier.append(window)
                taken[row.place] = window
        openings = _Openings([*others, *taken.values()])
    return Judgement(
        tuple(taken[place] for place in sorted(taken)), tuple(sorted(refused, key=lambda refusal: refusal.place))
    )


def _refusal(row: DeliveredRow, error: _RefusedError) -> RowRefusal:
    sentence = CAMPAIGN_RULES[error.rule_id].sentence.format(*error.found)
    return RowRefusal(row.place, error.rule_id, error.column, getattr(row, error.column), sentence)


def _window(unit: str, row: DeliveredRow, school_regions: AbstractSet[str]) -> Window:
    """What one row means by itself. Raises _RefusedError with the first rule it breaks."""
    campaign, switch = _tidy(row.campaign).upper(), SWITCH_SPELLINGS.get(_tidy(row.switch).lower())
    if not CAMPAIGN_CODE.fullmatch(campaign):
        raise _RefusedError("campaign_code", "campaign", campaign)
    if switch is None:
        raise _RefusedError("campaign_switch", "switch", _tidy(row.switch))
    region = _region(unit, row, school_regions)
    opens_on = _day(row.opens_on, "opens_on", "开放日期")
    closes_on = _day(row.closes_on, "closes_on", "关闭日期")
    if closes_on < opens_on:
        raise _RefusedError("campaign_dates_reversed", "closes_on", str(closes_on), str(opens_on))
    name = (row.campaign_name or "").strip() or campaign_name(campaign)
    platform = (row.parent_platform or "").strip() or None
    return Window(unit, campaign, name, switch, region, opens_on, closes_on, platform)


def _tidy(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def _region(unit: str, row: DeliveredRow, school_regions: AbstractSet[str]) -> str:
    region = read_region(_tidy(row.region_code), school_regions)
    if region is None:
        raise _RefusedError("campaign_region_unknown", "region_code", _tidy(row.region_code))
    if unit not in (NATION, unit_of(region)):
        raise _RefusedError("campaign_region_foreign", "region_code", region)
    return region


def read_region(text: str, school_regions: AbstractSet[str] = frozenset()) -> str | None:
    """The region that a code of 2, 6 or 12 digits means, as `campaign_windows` has it; null when no school can lie in it."""
    code = text[:6] if len(text) == 12 and text[6:].isdecimal() else text
    code = code[:2] if len(code) == 6 and code.endswith("0000") else code
    if code in UNITS or code == NATION:
        return code
    is_city = code.endswith("00")
    has_cities = code[:2] not in MUNICIPALITIES and code[2:4] != "90"
    is_known = len(code) == 6 and code in names() and (has_cities or not is_city)
    return code if is_known or code in school_regions else None


def _day(text: str | None, column: str, label: str) -> date:
    tidy = _tidy(text).replace("/", "-")
    for shape in ("%Y-%m-%d", "%Y%m%d"):
        try:
            day = datetime.strptime(tidy, shape).date()
        except ValueError:
            continue
        if 2013 <= day.year <= 2099 and (shape == "%Y-%m-%d" or len(tidy) == 8):
            return day
    raise _RefusedError("campaign_date", column, label, tidy)


def _refuse_overlap(window: Window, earlier: Iterable[Window]) -> None:
    for other in earlier:
        if other.opens_on <= window.closes_on and window.opens_on <= other.closes_on:
            found = (region_name(other.region_code), SWITCHES[other.switch], str(other.opens_on), str(other.closes_on))
            raise _RefusedError("campaign_overlap", "opens_on", *found)


class _Openings:
    """On which day forms can first be printed in a region, by the windows of the export switch."""

    def __init__(self, windows: Iterable[Window]) -> None:
        self._of: dict[tuple[str, str, bool], date] = {}  # round, region, is the ministry's
        self._inside: dict[tuple[str, str], date] = {}  # round, region: of any smaller region that lies in it
        for window in windows:
            if window.switch == EXPORT:
                key = (window.campaign, window.region_code, window.unit_code == NATION)
                self._of[key] = min(window.opens_on, self._of.get(key, date.max))
                for region in _around(window.region_code):
                    within = (window.campaign, region)
                    self._inside[within] = min(window.opens_on, self._inside.get(within, date.max))

    def first(self, campaign: str, region: str) -> date | None:
        """The first day in any part of the region; of regions around it the narrowest counts. Null without any window."""
        days = (
            self._of.get((campaign, around, is_ministry))
            for around in (region, *_around(region))
            for is_ministry in (False, True)
        )
        covering = next((day for day in days if day is not None), None)
        known = (covering, self._inside.get((campaign, region)))
        return min((day for day in known if day is not None), default=None)


def _refuse_entry_before_export(window: Window, openings: _Openings) -> None:
    """An entry window needs forms that were printed."""
    if window.switch != ENTRY:
        return
    first = openings.first(window.campaign, window.region_code)
    if first is None:
        raise _RefusedError("campaign_no_export", "region_code", region_name(window.region_code))
    if window.opens_on < first:
        raise _RefusedError("campaign_entry_first", "opens_on", str(window.opens_on), str(first))


def _around(region: str) -> list[str]:
    """The regions that a region lies in, narrowest first: city, unit, nation."""
    if region == NATION:
        return []
    city = region[:4] + "00"
    wider = [city, unit_of(region)] if len(region) == 6 else []
    return [*(code for code in wider if code != region), NATION]
