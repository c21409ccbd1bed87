"""How the people of a simulated campaign write rows of forms files: who, when, under which name an item, in which file."""

from xueji.data_samples.campaign_child import Child, Item
from xueji.data_samples.campaign_days import CampaignDays
from xueji.data_samples.campaign_items import item_name
from xueji.data_samples.campaign_roll import Roll, School
from xueji.data_samples.campaign_sheets import Cells

SENDS_LATE = 5  # one school in so many sends its rows a day after
NAMES_BY_CODE = 3  # one school in so many writes items by their codes
TEACHERS, GIVEN = (
    "陈李张王刘杨黄赵吴周徐孙",
    ("敏", "静", "建国", "丽华", "志强", "秀英", "海燕", "国平", "晓东", "文娟"),
)


class RowWriter:
    """Writes rows on the day that it is told."""

    def __init__(self, roll: Roll, days: CampaignDays, waves: list[int]) -> None:
        self.roll, self.days, self.waves = roll, days, waves
        self.day = 0

    def row(self, child: Child, step: str, person: str, **more: str | None) -> Cells:
        day = str(self.days.dates[self.day_of(child)])
        return {
            "确认表编号": child.form_no,
            "学籍号": child.student_no,
            "环节": step,
            "日期": day,
            "经办人": person,
            **more,
        }

    def entry(self, child: Child, item: Item) -> Cells:
        what = {"项目": self.item(child, item.field), "原值": item.old, "新值": item.new, "佐证材料": item.evidence}
        return self.row(child, "录入", self.clerk(child), **what, 说明="已补充说明" if item.times_sent_back else None)

    def verdict(self, child: Child, step: str, item: Item | None, back: list[Item]) -> Cells:
        school, is_head = self.school(child), step == "学校审核"
        return self.row(
            child, step, self.person(f"{school.code}/校长" if is_head else school.authority),
            项目=self.item(child, item.field) if item else None, 审核部门=school.code if is_head else school.authority,
            审核结果="不通过" if item in back else "通过",
        )  # fmt: skip

    def day_of(self, child: Child) -> int:
        """The day on which today's deed was done: the day before at schools that send late, unless something stands against it."""
        yesterday = self.day - 1
        if (
            child.school % SENDS_LATE
            or yesterday < child.last
            or not self.days.entry(self.wave(child)).holds(yesterday)
        ):
            return self.day
        return yesterday

    # Who and where

    def school(self, child: Child) -> School:
        return self.roll.schools[child.school]

    def wave(self, child: Child) -> int:
        return self.waves[child.school]

    def file(self, child: Child) -> str:
        return f"forms-{(self.school(child).city or self.school(child).county)[:4]}.csv"

    def item(self, child: Child, field: str) -> str:
        return item_name(field, child.school % NAMES_BY_CODE == 0)

    def teacher(self, child: Child) -> str:
        return self.person(f"{child.school}/{child.class_no}")

    def clerk(self, child: Child) -> str:
        return self.person(f"{child.school}/学籍管理员")

    def person(self, about: str) -> str:
        """An invented name that belongs to a post."""
        number = sum(place * ord(character) for place, character in enumerate(about, start=1))
        return TEACHERS[number % len(TEACHERS)] + GIVEN[number // 7 % len(GIVEN)]
