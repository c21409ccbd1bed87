"""The tables of data-quality verification (数据质量核查): campaigns, confirmation forms and what they lead to.

Null means not known or not yet; dates are calendar days; `campaign` is a round's code such as 2026A1 (checks/campaigns.py).
"""

from xueji.checks.form_fields import FORM_FIELDS
from xueji.checks.tables import STUDENT_FIELDS, Table

# Windows of the two switches, as the ministry or a unit set them; one row a campaign, switch, region and span.
CAMPAIGN_WINDOWS = Table(
    "campaign_windows",
    {
        "unit_code": "varchar",  # who set it: 00 the ministry
        "campaign": "varchar",
        "campaign_name": "varchar",  # 2026年秋季学期数据质量核查
        "switch": "varchar",  # export, entry (checks/campaigns.py)
        "region_code": "varchar",  # 00; of a unit two digits; of a city or county six. The narrowest region with a window counts
        "opens_on": "date",
        "closes_on": "date",  # the last day
        "parent_platform": "varchar",  # Chinese: how parents sign in to the service platform, printed on the form
    },
    ("unit_code",),
)
VERIFICATION_ACCOUNTS = Table(
    "verification_accounts",
    {
        "campaign": "varchar",
        "unit_code": "varchar",
        "county_code": "varchar",
        "office_level": "varchar",  # county, school
        "office_code": "varchar",
        "office_name": "varchar",
        "account": "varchar",
        "opens_on": "date",
        "closes_on": "date",
        "most_sessions": "integer",
        "state": "varchar",  # 未开通, 已开通, 已关闭, on the night
    },
    ("unit_code",),
)
# A printed confirmation form: what it said, and the code that stands on it. One row an edition; the newest of a record counts.
FORM_EDITIONS = Table(
    "form_editions",
    {
        "unit_code": "varchar",
        "campaign": "varchar",
        "county_code": "varchar",
        "school_code": "varchar",
        "record_key": "varchar",
        "student_no": "varchar",
        "form_no": "varchar",  # checks/form_codes.py; no personal value can be told from it
        "edition": "integer",  # 1, 2, …
        "printed_on": "date",
        "grade": "integer",
        "class_no": "varchar",
        "file": "varchar",  # below HOME
        "page": "integer",
        "doubts": "varchar",  # field:reason, comma separated: items marked as doubtful or missing
        **dict.fromkeys(FORM_FIELDS, "varchar"),  # as printed; null where the registry has nothing
    },
    ("unit_code",),
)
# What was said of forms, one row an accepted row of a forms* file.
FORM_EVENTS = Table(
    "form_events",
    {
        "date": "date",  # of the delivery
        "unit_code": "varchar",
        "campaign": "varchar",
        "school_code": "varchar",
        "record_key": "varchar",
        "form_no": "varchar",
        "step": "varchar",  # of checks/form_steps.py
        "happened_on": "date",
        "person": "varchar",  # who did it, as written: 谁采集、谁录入、谁审核
        "field": "varchar",  # of an entered or audited item
        "old_value": "varchar",
        "new_value": "varchar",
        "evidence": "varchar",  # kinds, 、 between
        "office_code": "varchar",  # who audits: school code, six digits, two for a province
        "verdict": "varchar",
        "note": "varchar",
        "file": "varchar",
        "row": "bigint",  # the header is row 1; null where it cannot be told
        "sequence": "bigint",  # the order in which a unit's events count: by delivery, by day, as delivered
    },
    ("date",),
)
# Photos of signed forms that were taken in; the newest of a form counts.
FORM_PHOTOS = Table(
    "form_photos",
    {
        "date": "date",
        "unit_code": "varchar",
        "campaign": "varchar",
        "school_code": "varchar",
        "record_key": "varchar",
        "form_no": "varchar",
        "file": "varchar",
        "sha256": "varchar",
        "media_type": "varchar",
        "bytes": "bigint",
        "uploaded_on": "date",
        "uploaded_by": "varchar",  # 家长, 班主任
        "is_seen": "boolean",  # the picture itself came and its code was read; false: told by the unit's manifest alone
    },
    ("date",),
)
# Where every student's form stands. One row a campaign and record that is, or was, to be verified.
CORE_FORMS = Table(
    "core_forms",
    {
        "unit_code": "varchar",
        "campaign": "varchar",
        "city_code": "varchar",
        "county_code": "varchar",
        "school_code": "varchar",
        "record_key": "varchar",
        "student_no": "varchar",
        "grade": "integer",
        "class_no": "varchar",
        "is_due": "boolean",  # in the registry tonight, and not excluded: the denominator
        "exclusion": "varchar",  # of checks/verification_scope.py; null when due, or when the record is gone
        "form_no": "varchar",  # newest edition; null: not printed yet
        "edition": "integer",
        "printed_on": "date",
        "issued_on": "date",  # 下发
        "returned_on": "date",  # 回收
        "entered_on": "date",  # 录入
        "audited_on": "date",  # 审核: every audit that its changes need has passed; without changes the day of entry
        "uploaded_on": "date",  # 拍照上传
        "archived_on": "date",  # 归档
        "is_not_here": "boolean",  # the form came back with 查无此人
        "key_changes": "integer",
        "other_changes": "integer",
        "audits_pending": "integer",  # items that wait for an audit
        "sent_back": "integer",  # items that an audit did not pass, ever
        "is_right_first_time": "boolean",  # audited, and nothing was ever sent back; null before
        "collected_by": "varchar",
        "entered_by": "varchar",
        "audited_by": "varchar",
    },
    ("unit_code",),
)
# Every change that was entered from a form, held against what was printed and what the registry says now.
FORM_CHANGES = Table(
    "form_changes",
    {
        "unit_code": "varchar",
        "campaign": "varchar",
        "county_code": "varchar",
        "school_code": "varchar",
        "record_key": "varchar",
        "form_no": "varchar",
        "field": "varchar",
        "is_key": "boolean",
        "old_value": "varchar",  # as printed
        "new_value": "varchar",
        "entered_on": "date",
        "entered_by": "varchar",
        "evidence": "varchar",
        "audit_level": "varchar",  # school, county, city, province
        "office_code": "varchar",  # that has to audit it
        "audited_on": "date",
        "audited_by": "varchar",
        "state": "varchar",  # pending, passed, sent_back (checks/form_changes.py)
        "registry": "varchar",  # shown, not_shown, other: what the registry says now; null before the audit
    },
    ("unit_code",),
)
# What somebody still has to do, or should look into; followed until it is gone. Reasons, no verdicts.
VERIFICATION_MATTERS = Table(
    "verification_matters",
    {
        "unit_code": "varchar",
        "matter": "varchar",  # of checks/verification_matters.py
        "campaign": "varchar",  # null for daily business
        "county_code": "varchar",
        "school_code": "varchar",
        "subject": "varchar",  # record_key, number of a business, school code, or grade of a school: what it is about
        "student_no": "varchar",
        "name": "varchar",
        "grade": "integer",
        "class_no": "varchar",
        "reason": "varchar",  # Chinese, no personal value of another school's student
        "first_seen": "date",
        "last_seen": "date",
        "closed_on": "date",  # null while open
    },
    ("unit_code",),
)
# Registry business (学籍异动) as units deliver it.
BUSINESS = Table(
    "business",
    {
        "unit_code": "varchar",
        "business_no": "varchar",
        "kind": "varchar",  # of checks/business.py
        "state": "varchar",  # open, done, refused
        "student_no": "varchar",
        "school_code": "varchar",  # that the student is of, or leaves
        "other_school_code": "varchar",  # that a transfer goes to
        "applied_on": "date",
        "finished_on": "date",
        "ends_on": "date",  # of a suspension or a stay abroad
        "control_on": "date",  # first action of 控辍保学 for one who dropped out
        "from_grade": "integer",
        "to_grade": "integer",
    },
    ("unit_code",),
)
APPROVED_SCHOOLS = Table(
    "approved_schools",
    {
        "unit_code": "varchar",
        "school_code": "varchar",  # null where the approval knows none
        "school_name": "varchar",
        "place_code": "varchar",
        "approval_no": "varchar",
        "approved_on": "date",
    },
    ("unit_code",),
)
# Who was found in class (逐班核实), per school that counted.
ATTENDING_STUDENTS = Table(
    "attending_students",
    {
        "unit_code": "varchar",
        "school_code": "varchar",
        "grade": "integer",
        "class_no": "varchar",
        "name": "varchar",
        "folded_name": "varchar",
        "sex_code": "varchar",
        "birth_date": "date",
        "id_type": "varchar",
        "id_number": "varchar",  # normalised
        "id_key": "bigint",
        "student_no": "varchar",
    },
    ("unit_code",),
)
# Students without a formal number, and whether they may get one after the campaign.
NUMBER_BATCH = Table(
    "number_batch",
    {
        "unit_code": "varchar",
        "campaign": "varchar",
        "county_code": "varchar",
        "school_code": "varchar",
        "record_key": "varchar",
        "student_no": "varchar",
        "name": "varchar",
        "id_number": "varchar",
        "number_class": "varchar",  # G, J; null when neither
        "stage": "varchar",  # of checks/number_batch.py
        "is_eligible": "boolean",
        "reason": "varchar",  # code of checks/number_batch.py; null when eligible
    },
    ("unit_code",),
)
# The copy of a province with its own system (对接省份), and numbers issued to it.
LOCAL_STUDENTS = Table(
    "local_students",
    {
        "unit_code": "varchar",
        "file": "varchar",
        **dict.fromkeys(STUDENT_FIELDS, "varchar"),
    },
    ("unit_code",),
)
ISSUED_NUMBERS = Table(
    "issued_numbers",
    {
        "unit_code": "varchar",
        "local_no": "varchar",  # 学籍辅号
        "student_no": "varchar",  # issued
        "issued_on": "date",
    },
    ("unit_code",),
)
DOCKING_CHECKS = Table(
    "docking_checks",
    {
        "date": "date",
        "unit_code": "varchar",
        "check_id": "varchar",  # of checks/docking.py
        "subject": "varchar",  # field or school code; null for the whole copy
        "expected": "double",
        "observed": "double",
        "is_passed": "boolean",
    },
    ("date",),
)
# Deviations between the two copies, followed until they are gone.
DOCKING_DEVIATIONS = Table(
    "docking_deviations",
    {
        "unit_code": "varchar",
        "deviation_no": "varchar",
        "check_id": "varchar",
        "school_code": "varchar",
        "subject": "varchar",  # key of the record, field, or school
        "field": "varchar",
        "local_value": "varchar",
        "central_value": "varchar",
        "first_seen": "date",
        "last_seen": "date",
        "mended_on": "date",  # null while it stands
        "explanation": "varchar",  # the province's
        "explained_by": "varchar",
        "remedy": "varchar",  # what the province does about it
        "explained_on": "date",
        "is_grouped": "boolean",  # stands for many alike: of a field, or of a school
        "records": "bigint",  # that it is about; of a group those not listed one by one
        "examples": "varchar",  # keys of a group's first records, 、 between
    },
    ("unit_code",),
)
STORAGE_CAPACITY = Table(
    "storage_capacity",
    {
        "unit_code": "varchar",
        "as_of": "date",
        "photo_bytes": "bigint",  # capacity of the store of students' photos
        "photo_used_bytes": "bigint",
        "photo_count": "bigint",
        "form_bytes": "bigint",  # capacity of the store of uploaded forms: twice the photos'
        "form_used_bytes": "bigint",
    },
    ("unit_code",),
)
STORAGE_PLAN = Table(
    "storage_plan",
    {
        "date": "date",
        "unit_code": "varchar",
        "students_due": "bigint",
        "photos": "bigint",  # uploaded so far
        "mean_bytes": "double",  # of an uploaded photo; the plan's assumption before there are enough
        "needed_bytes": "bigint",  # when every due student's form is up
        "required_bytes": "bigint",  # twice the store of students' photos (notice, annex 2)
        "capacity_bytes": "bigint",
        "used_bytes": "bigint",
        "daily_bytes": "bigint",  # growth of the last days
        "full_on": "date",  # at that pace; null when it will not be full
        "alarm": "varchar",  # none, short (capacity below required or needed), filling, full, unknown (no capacity told)
    },
    ("date",),
)
# Every figure of a campaign, every day.
VERIFICATION_PROGRESS = Table(
    "verification_progress",
    {
        "date": "date",
        "campaign": "varchar",
        "level": "varchar",  # national, province, city, county, school, as in progress
        "code": "varchar",
        "parent_code": "varchar",
        "indicator": "varchar",
        "value": "double",
    },
    ("date",),
)
# Workbooks of verification, as school_lists: only those that say something new are written.
VERIFICATION_LISTS = Table(
    "verification_lists",
    {
        "date": "date",
        "unit_code": "varchar",
        "office_code": "varchar",  # school, county, city, unit
        "file": "varchar",
        "rows": "bigint",
        "content_hash": "varchar",
        "sha256": "varchar",
    },
    ("date",),
)

VERIFICATION_TABLES = (
    CAMPAIGN_WINDOWS, VERIFICATION_ACCOUNTS, FORM_EDITIONS, FORM_EVENTS, FORM_PHOTOS, CORE_FORMS, FORM_CHANGES, VERIFICATION_MATTERS,
    BUSINESS, APPROVED_SCHOOLS, ATTENDING_STUDENTS, NUMBER_BATCH, LOCAL_STUDENTS, ISSUED_NUMBERS, DOCKING_CHECKS, DOCKING_DEVIATIONS,
    STORAGE_CAPACITY, STORAGE_PLAN, VERIFICATION_PROGRESS, VERIFICATION_LISTS,
)  # fmt: skip
