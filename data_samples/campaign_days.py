"""The days of a simulated campaign: what is open when and where, and when the registry delivers."""

from dataclasses import dataclass
from datetime import date, timedelta

CAMPAIGN, CAMPAIGN_NAME = "2026A1", "2026年秋季学期数据质量核查"
PLATFORM = "登录全国教育技术服务平台，用本表上的注册码注册家长账号，拍照上传签字后的确认表"
FIRST_DAY = date(2026, 11, 16)
LEAST_DAYS = 12


@dataclass(frozen=True)
class Span:
    """Numbers of the first and the last day on which a switch is on."""

    opens: int
    closes: int

    def holds(self, day: int) -> bool:
        return self.opens <= day <= self.closes


@dataclass(frozen=True)
class CampaignDays:
    """The delivery dates, numbered from 0, and the windows of the two waves of counties."""

    dates: tuple[date, ...]

    @staticmethod
    def starting(first: date, count: int) -> "CampaignDays":
        if count < LEAST_DAYS:
            raise ValueError(
                f"count is {count}, expected {LEAST_DAYS} days or more: from the first window to what comes too late"
            )
        return CampaignDays(tuple(first + timedelta(place) for place in range(count)))

    @property
    def count(self) -> int:
        return len(self.dates)

    @property
    def closes(self) -> int:
        """The last day of entering, as the province set it at first."""
        return self.count - 3

    @property
    def prolonged_on(self) -> int:
        """On which the province gives the counties of the second wave a day more."""
        return self.closes - 1

    @property
    def registry_days(self) -> tuple[int, int]:
        """On which the unit delivers its students anew: some half way, and shortly before the end."""
        return round(self.count * 0.4), round(self.count * 0.7)

    def export(self, wave: int) -> Span:
        return Span(0 if wave == 0 else max(round(self.count * 0.15), 2), self.closes - 2)

    def entry(self, wave: int) -> Span:
        """What comes after it is late."""
        return Span(self.export(wave).opens + max(round(self.count * 0.1), 2), self.closes + wave)

    def known_close(self, wave: int, day: int) -> int:
        """The last day of entering as far as it is known on a day."""
        return self.entry(wave).closes if day >= self.prolonged_on else self.closes

    def number(self, day: date) -> int:
        return (day - self.dates[0]).days
