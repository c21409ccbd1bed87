"""Photos of signed confirmation forms: why one is not taken, rule by rule, and which of several counts.

Rows come from a unit's manifest, from pictures in its folder, or from both; of the rules that a row breaks the first counts. The queries
read three tables: `photo_rows` (PHOTO_ROWS), `photo_editions` (the forms named, from `form_editions`) and `form_photos` of earlier days.
"""

from dataclasses import dataclass

from xueji.checks.campaigns import ENTRY, school_windows_sql
from xueji.checks.refusal_rule import RefusalRule

PARENT, TEACHER = "家长", "班主任"
UPLOADERS = {"家长": PARENT, "监护人": PARENT, "家长(监护人)": PARENT, "班主任": TEACHER, "教师": TEACHER}


@dataclass(frozen=True)
class PhotoRule(RefusalRule):
    column: str  # of the manifest, that it is about


_RULES = (
    # The row as it stands
    PhotoRule("photo_form_unreadable", "确认表编号无法识别", "照确认表右上角填写编号", "form_no"),
    PhotoRule("photo_sha256", "sha256应为64位十六进制数", "按照片文件重新计算sha256", "sha256"),
    PhotoRule("photo_date", "上传日期不是有效日期", "按2026-09-01的样式填写", "uploaded_on"),
    PhotoRule("photo_uploader", "上传人应为家长或班主任", "填写“家长”或“班主任”", "uploaded_by"),
    # The form
    PhotoRule("photo_form_unknown", "没有印制过这个编号的确认表", "核对编号；从照片中重新读取", "form_no"),
    PhotoRule("photo_other_unit", "确认表由{}印制，不属于报送单位", "由学籍所在省份报送", "form_no"),
    PhotoRule("photo_known", "同一张照片已于{}接收", "每张照片只报送一次", "sha256"),
    PhotoRule("photo_superseded", "确认表已重新印制，现为第{}版", "由家长在新版确认表上签字后重新拍照", "form_no"),
    # The days
    PhotoRule("photo_day_later", "上传日期{}晚于报送日期{}", "核对上传日期", "uploaded_on"),
    PhotoRule("photo_day_early", "上传日期{}早于确认表印制日期{}", "核对上传日期和确认表编号", "uploaded_on"),
    PhotoRule("photo_no_window", "学校没有“录入修改”的开放时间", "由省级设置开放时间", "uploaded_on"),
    PhotoRule("photo_not_open", "录入修改窗口{}开放，上传日期{}", "窗口开放后重新上传", "uploaded_on"),
    PhotoRule("photo_closed", "录入修改窗口{}已关闭，上传日期{}", "需要补报的，由省级重新设置开放时间", "uploaded_on"),
    PhotoRule("photo_late", "录入修改窗口{}已关闭，照片{}送达", "需要补报的，由省级重新设置开放时间", "uploaded_on"),
    # The picture
    PhotoRule("photo_missing", "报送的照片中没有这个文件", "补报照片文件，或更正文件名", "file_name"),
    PhotoRule("photo_size", "照片大小不在允许范围内", "每张1 KB至10 MB、不超过6000万像素，重新拍照", "file_name"),
    PhotoRule("photo_type", "照片的内容不是jpg或png", "保存为jpg或png后上传", "file_name"),
    PhotoRule("photo_damaged", "照片损坏，无法打开", "重新拍照上传", "file_name"),
    PhotoRule("photo_altered", "照片与清单中的sha256不一致", "按照片文件重新计算sha256，或补报原照片", "sha256"),
    PhotoRule("photo_no_code", "照片中读不出确认表编号", "平整、清晰、完整地重新拍照，右上角的二维码不要遮挡", "file_name"),
    PhotoRule("photo_two_forms", "照片中有多份确认表", "一张照片只拍一份确认表", "file_name"),
    PhotoRule("photo_other_form", "照片中的确认表编号与清单不一致，疑为其他学生的确认表", "核对照片属于哪名学生，更正编号", "form_no"),
    # Against other photos
    PhotoRule("photo_repeated", "同一张照片在本次报送中出现多次", "每张照片只报送一次", "sha256"),
    PhotoRule("photo_shared", "另一份确认表用了同一张照片（{}报送）", "核对照片属于哪名学生，为另一名学生重新拍照", "sha256"),
)  # fmt: skip
PHOTO_RULES = {rule.id: rule for rule in _RULES}

# One row a photo named or found, in the order of unit, file and row (`place`).
PHOTO_ROWS = {
    "place": "bigint",
    "unit_code": "varchar",
    "file": "varchar",  # the manifest, or the picture that no manifest names
    "row": "bigint",
    "form_text": "varchar",  # as delivered
    "form_no": "varchar",  # null: none that can be
    "file_name": "varchar",
    "sha256": "varchar",
    "bytes": "bigint",
    "uploaded_text": "varchar",
    "uploaded_on": "date",
    "uploader_text": "varchar",
    "uploaded_by": "varchar",
    "has_folder": "boolean",  # the unit delivered pictures too
    "picture": "varchar",  # the one that is meant, of those delivered
    "seen_form_no": "varchar",  # what the picture itself says; null before it was looked at
    "seen_sha256": "varchar",
    "seen_media_type": "varchar",
    "seen_bytes": "bigint",
    "seen_rule": "varchar",  # that the picture breaks
}

NO_SHA256 = "(r.sha256 is null or length(r.sha256) <> 64 or translate(r.sha256, '0123456789abcdef', '') <> '')"


def photo_sentence(rule_id: str, *found: str | None) -> str:
    """The rule's sentence, with what was found put in."""
    return PHOTO_RULES[rule_id].sentence.format(*(text or "" for text in found))


def form_verdicts_sql(day: str) -> str:
    """A query: place, rule_id, found_1, found_2 of every row of `photo_rows` as far as it can be judged without its picture.

    `day` is the delivery date. rule_id is null where no rule is broken. Also campaign, school_code, record_key of the form.
    """
    return f"""
        with spans as (
            select campaign, school_code, opens_on, closes_on
            from ({school_windows_sql()}) as windows
            where switch = '{ENTRY}'
        ),
        known as (
            select form_no, sha256, min("date") as taken_on
            from form_photos
            where "date" < date '{day}'
            group by form_no, sha256
        ),
        windows as (
            select
                r.place,
                count(*) as spans,
                count(*) filter (where r.uploaded_on between s.opens_on and s.closes_on) as open_on_upload,
                count(*) filter (where date '{day}' between s.opens_on and s.closes_on) as open_on_delivery,
                max(s.closes_on) filter (where s.closes_on < r.uploaded_on) as closed_before_upload,
                min(s.opens_on) as first_opens,
                max(s.closes_on) filter (where s.closes_on < date '{day}') as closed_before_delivery
            from photo_rows as r
            join photo_editions as e on e.form_no = r.form_no
            join spans as s on s.campaign = e.campaign and s.school_code = e.school_code
            group by r.place
        )
        select
            r.place, e.campaign, e.school_code, e.record_key,
            case {" ".join(f"when {condition} then '{rule_id}'" for rule_id, condition, *_ in _form_rules(day))} end as rule_id,
            case {_found(day, 2)} end as found_1,
            case {_found(day, 3)} end as found_2
        from photo_rows as r
        left join photo_editions as e on e.form_no = r.form_no
        left join known as k on k.form_no = r.form_no and k.sha256 = r.sha256
        left join windows as w on w.place = r.place
    """


def _form_rules(day: str) -> tuple[tuple[str, str, str, str], ...]:
    """Rule, when it is broken, and what was found: in the order in which they count."""
    upload, delivery, none = "cast(r.uploaded_on as varchar)", f"'{day}'", "null"
    return (
        # A picture without a row in a manifest is judged by itself first.
        ("photo_size", "r.form_text is null and r.seen_rule = 'photo_size'", none, none),
        ("photo_type", "r.form_text is null and r.seen_rule = 'photo_type'", none, none),
        ("photo_damaged", "r.form_text is null and r.seen_rule = 'photo_damaged'", none, none),
        ("photo_no_code", "r.form_text is null and r.seen_rule = 'photo_no_code'", none, none),
        ("photo_two_forms", "r.form_text is null and r.seen_rule = 'photo_two_forms'", none, none),
        ("photo_form_unreadable", "r.form_no is null", none, none),
        ("photo_sha256", NO_SHA256, none, none),
        ("photo_date", "r.uploaded_on is null", none, none),
        ("photo_uploader", "r.uploader_text is not null and r.uploaded_by is null", none, none),
        ("photo_form_unknown", "e.form_no is null", none, none),
        ("photo_other_unit", "e.unit_code <> r.unit_code", "e.unit_name", none),
        ("photo_known", "k.taken_on is not null", "cast(k.taken_on as varchar)", none),
        ("photo_superseded", "e.edition < e.newest_edition", "cast(e.newest_edition as varchar)", none),
        ("photo_day_later", f"r.uploaded_on > date '{day}'", upload, delivery),
        ("photo_day_early", "r.uploaded_on < e.printed_on", upload, "cast(e.printed_on as varchar)"),
        ("photo_no_window", "coalesce(w.spans, 0) = 0", none, none),
        ("photo_not_open", "w.open_on_upload = 0 and w.closed_before_upload is null", "cast(w.first_opens as varchar)", upload),
        ("photo_closed", "w.open_on_upload = 0", "cast(w.closed_before_upload as varchar)", upload),
        ("photo_late", "w.open_on_delivery = 0", "cast(w.closed_before_delivery as varchar)", delivery),
        ("photo_missing", "r.has_folder and r.picture is null", none, none),
    )  # fmt: skip


def _found(day: str, place: int) -> str:
    return " ".join(f"when {rule[1]} then {rule[place]}" for rule in _form_rules(day))


def photo_verdicts_sql(day: str) -> str:
    """A query: place, rule_id, found_1, found_2 of every row, over `form_verdicts` and the pictures that were looked at.

    The same picture for two forms: the form that had it on an earlier day keeps it. Within one night a picture that was seen belongs to
    the form whose code it shows; of those told by manifests alone neither is taken, since the order of rows says nothing of whose
    signature it is, and a wrong photo is worse than none.
    """
    return f"""
        with judged as (
            select
                r.place, r.form_no, r.sha256, r.picture is not null as is_seen,
                case
                    when v.rule_id is not null then v.rule_id
                    when r.picture is null then null
                    when r.seen_rule in ('photo_size', 'photo_type', 'photo_damaged') then r.seen_rule
                    when r.seen_sha256 <> r.sha256 then 'photo_altered'
                    when r.seen_rule is not null then r.seen_rule
                    when r.seen_form_no <> r.form_no then 'photo_other_form'
                end as rule_id,
                v.found_1, v.found_2
            from photo_rows as r
            join form_verdicts as v on v.place = r.place
        ),
        earlier as (
            select sha256, min("date") as taken_on
            from form_photos
            where "date" < date '{day}'
            group by sha256
        ),
        good as (
            select
                j.place, e.taken_on,
                not j.is_seen
                    and min(j.form_no) over (partition by j.sha256) <> max(j.form_no) over (partition by j.sha256) as is_shared,
                row_number() over (partition by j.sha256, j.form_no order by j.place) as repetition
            from judged as j
            left join earlier as e on e.sha256 = j.sha256
            where j.rule_id is null
        )
        select
            j.place,
            case
                when j.rule_id is not null then j.rule_id
                when g.taken_on is not null then 'photo_shared'
                when g.is_shared then 'photo_shared'
                when g.repetition > 1 then 'photo_repeated'
            end as rule_id,
            case when j.rule_id is not null then j.found_1 else cast(coalesce(g.taken_on, date '{day}') as varchar) end as found_1,
            j.found_2
        from judged as j
        left join good as g on g.place = j.place
    """
