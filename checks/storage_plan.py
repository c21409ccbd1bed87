"""Room for uploaded forms: what is needed, what the notice asks for, and when it will be full (教基一厅〔2015〕2号, annex 2, 一.1).

「准备存储设备用于存储上传的……确认表电子文件，容量应2倍于本省中小学生照片的存储设备容量」. Sizes are bytes; KB and GB are thousands, as makers of disks
count them.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from xueji.checks.campaigns import unit_campaigns_sql
from xueji.checks.refusal_rule import RefusalRule

GB = 10**9
TIMES_PHOTOS = 2  # the notice's own figure
ASSUMED_BYTES = 120_000  # of a photo, before there are enough: twice the 60 KB that a student's photo may have
ENOUGH_PHOTOS = 200
PACE_DAYS = 7
WARNING_DAYS = 30  # before it is full
NEARLY_FULL = Decimal("0.9")
MOST_GB = 10**8  # a hundred thousand terabytes: more is a slip of the unit

NONE, SHORT, FILLING, FULL, UNKNOWN = "none", "short", "filling", "full", "unknown"
ALARMS = {
    NONE: "容量充足",
    SHORT: "容量不足：低于照片存储设备容量的2倍，或低于预计需要",
    FILLING: "即将占满",
    FULL: "已占满",
    UNKNOWN: "未报送存储设备容量",
}


_RULES = (
    RefusalRule("storage_number", "“{}”应为不小于0的数", "填写以GB为单位的数值，照片数量填写整数"),
    RefusalRule("storage_used", "{}已用容量大于存储容量", "核对容量和已用容量"),
    RefusalRule("storage_twice", "本次报送已有一行存储设备情况", "每个省份报送一行，多台设备合并计算"),
)
STORAGE_RULES = {rule.id: rule for rule in _RULES}


@dataclass(frozen=True)
class Capacity:
    """A row of `storage_capacity` without unit and day."""

    photo_bytes: int
    photo_used_bytes: int
    photo_count: int
    form_bytes: int
    form_used_bytes: int


@dataclass(frozen=True)
class StorageRefusal:
    rule_id: str
    column: str  # of the delivered file
    reason: str


def read_capacity(cells: dict[str, str | None], labels: dict[str, str]) -> Capacity | StorageRefusal:
    """What a delivered row says, or the first rule it breaks. `cells` and `labels` are by the names of the columns."""
    sizes = {}
    for column in ("photo_capacity", "photo_used", "form_capacity", "form_used", "photo_count"):
        number = _number(cells.get(column))
        is_whole = column != "photo_count" or (number is not None and number == int(number))
        if number is None or not is_whole:
            reason = STORAGE_RULES["storage_number"].sentence.format(labels[column])
            return StorageRefusal("storage_number", column, reason)
        sizes[column] = int(number if column == "photo_count" else number * GB)
    for kind, what in (("photo", "照片"), ("form", "确认表")):
        if sizes[f"{kind}_used"] > sizes[f"{kind}_capacity"]:
            reason = STORAGE_RULES["storage_used"].sentence.format(what)
            return StorageRefusal("storage_used", f"{kind}_used", reason)
    return Capacity(
        sizes["photo_capacity"], sizes["photo_used"], sizes["photo_count"], sizes["form_capacity"], sizes["form_used"]
    )


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal((text or "").replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number <= MOST_GB else None


def plan_sql(night: str) -> str:
    """A query for `storage_plan` on a night: a row a unit that is in a round, or has told its capacity.

    Over `core_forms`, `form_photos`, `storage_capacity`, `campaign_windows`, `core_schools`. What is used is what the unit told, and the
    photos taken in since. Needed is what is used and one more photo for each student due who has none. Growth is that of the last seven
    days, or of fewer when the first photo came later.
    """
    return f"""
        with campaigns as ({unit_campaigns_sql(night)}),
        units as (
            select unit_code from campaigns
            union
            select unit_code from storage_capacity
        ),
        due as (
            select
                f.unit_code, count(*) as students_due,
                count(*) filter (where f.uploaded_on is null) as students_without
            from core_forms as f
            join campaigns as c on c.unit_code = f.unit_code and c.campaign = f.campaign
            where f.is_due
            group by f.unit_code
        ),
        taken as (
            select
                p.unit_code, count(*) as photos, count(p.bytes) as measured, sum(p.bytes) as measured_bytes,
                count(*) filter (where {_days_before("p", night)} < {PACE_DAYS}) as last_photos,
                sum(p.bytes) filter (where {_days_before("p", night)} < {PACE_DAYS}) as last_bytes,
                count(p.bytes) filter (where {_days_before("p", night)} < {PACE_DAYS}) as last_measured,
                count(*) filter (where s.as_of is null or p."date" > s.as_of) as new_photos,
                sum(p.bytes) filter (where s.as_of is null or p."date" > s.as_of) as new_bytes,
                count(p.bytes) filter (where s.as_of is null or p."date" > s.as_of) as new_measured,
                max({_days_before("p", night)}) + 1 as days
            from form_photos as p
            left join storage_capacity as s on s.unit_code = p.unit_code
            where p."date" <= date '{night}'
            group by p.unit_code
        ),
        sized as (
            select
                u.unit_code, coalesce(d.students_due, 0) as students_due, coalesce(d.students_without, 0) as students_without,
                coalesce(t.photos, 0) as photos,
                case when t.measured >= {ENOUGH_PHOTOS} then cast(t.measured_bytes as double) / t.measured
                    else cast({ASSUMED_BYTES} as double) end as mean_bytes,
                coalesce(t.new_bytes, 0) as new_bytes, coalesce(t.new_photos - t.new_measured, 0) as new_unmeasured,
                coalesce(t.last_bytes, 0) as last_bytes, coalesce(t.last_photos - t.last_measured, 0) as last_unmeasured,
                least(coalesce(t.days, 1), {PACE_DAYS}) as days,
                s.form_used_bytes, s.form_bytes as capacity_bytes, {TIMES_PHOTOS} * s.photo_bytes as required_bytes
            from units as u
            left join due as d on d.unit_code = u.unit_code
            left join taken as t on t.unit_code = u.unit_code
            left join storage_capacity as s on s.unit_code = u.unit_code
        ),
        used as (
            select
                *,
                coalesce(form_used_bytes, 0) + new_bytes + cast(ceil(new_unmeasured * mean_bytes) as bigint) as used_bytes,
                cast(ceil((last_bytes + last_unmeasured * mean_bytes) / days) as bigint) as daily_bytes
            from sized
        ),
        needed as (
            select *, used_bytes + cast(ceil(students_without * mean_bytes) as bigint) as needed_bytes
            from used
        ),
        paced as (
            select
                *,
                case
                    when used_bytes >= capacity_bytes then 0
                    when daily_bytes > 0 and needed_bytes > capacity_bytes
                        then cast(ceil(cast(capacity_bytes - used_bytes as double) / daily_bytes) as bigint)
                end as days_left
            from needed
        )
        select
            date '{night}' as "date", unit_code, students_due, photos, mean_bytes, needed_bytes, required_bytes, capacity_bytes,
            used_bytes, daily_bytes,
            case when days_left <= 36500 then date '{night}' + cast(days_left as integer) end as full_on,
            case
                when capacity_bytes is null then '{UNKNOWN}'
                when used_bytes >= capacity_bytes then '{FULL}'
                when days_left <= {WARNING_DAYS} or used_bytes >= {NEARLY_FULL} * capacity_bytes then '{FILLING}'
                when capacity_bytes < required_bytes or capacity_bytes < needed_bytes then '{SHORT}'
                else '{NONE}'
            end as alarm
        from paced
    """


def _days_before(table: str, night: str) -> str:
    """Integer SQL: how many days before the night a row's delivery lies."""
    return f"""(date '{night}' - {table}."date")"""
