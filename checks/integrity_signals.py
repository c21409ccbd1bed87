"""Traces in the ledger that the ministry should look into (教基一厅〔2015〕2号, 一: 把关不严甚至弄虚作假), as SQL text.

A signal is a reason to ask, never a verdict: each has honest explanations, and its meaning names them. Signals are looked for anew
every night, over what happened in the last year.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from xueji.checks.case_states import DELETED, RESOLVED
from xueji.checks.id_number import is_well_formed_sql
from xueji.checks.model import PROBLEM_TYPES
from xueji.checks.sql_text import literal, literal_list
from xueji.checks.working_days import is_working_day

LOOK_BACK_DAYS = 365
SAME_SCAN_STUDENTS = 2
BULK_CASES, BULK_MINUTES = 20, 10  # of one school, whatever file they came in
BULK_FILE_CASES, BULK_FILE_MINUTES = 10, 3  # all attestations of one file
PEAK_ANSWERS, PEAK_WORKING_DAYS, PEAK_DAYS = 30, 3, 60
AUDITOR_DECISIONS = 50
REGISTER_TYPES = ("ERR_NOTFOUND", "ERR_NAME")  # found by comparison with the register
UNKNOWN_TIMES_BEFORE = "1981-01-01"  # archives write 1 January 1980 when they do not know


@dataclass(frozen=True)
class Signal:
    """One kind of trace. `rows_sql` gives a query for a night: signal to reason of `INTEGRITY_SIGNALS`, one row a trace.

    A place that the cases of a trace do not share is null.
    """

    id: str
    title: str
    meaning: str
    amount_title: str  # what `amount` counts
    rows_sql: Callable[[date], str]


def signals_sql(night: date) -> str:
    """A query for all traces that stand on `night`, over cases, case_events, answers, evidence and core_students."""
    queries = (f"select * from ({signal.rows_sql(night)}) as {signal.id}" for signal in SIGNALS.values())
    return f"select date '{night}' as as_of, * from ({' union all '.join(queries)}) as signals"


def _since(night: date) -> str:
    return f"date '{night - timedelta(days=LOOK_BACK_DAYS)}'"


def _shared(column: str) -> str:
    return f"case when count(distinct coalesce({column}, '')) = 1 then max({column}) end as {column}"


PLACES = ", ".join(_shared(column) for column in ("unit_code", "county_code", "school_code"))
CASE_NUMBERS = "string_agg(distinct case_no, ',' order by case_no)"


def same_scan_sql(night: date) -> str:
    """One row a scan that stands under cases of several students, at least once within the year."""
    return f"""
        with uses as (
            select
                evidence.sha256, evidence.kind, evidence."date", cases.case_no, cases.unit_code, cases.county_code,
                cases.school_code, cases.unit_code || '/' || cases.record_key as student
            from evidence join cases on cases.case_no = evidence.case_no
        )
        select
            'same_scan' as signal,
            {PLACES},
            {CASE_NUMBERS} as subject,
            count(distinct student) as amount,
            '同一份扫描件（' || string_agg(distinct kind, '、' order by kind) || '）用于' || cast(count(distinct student) as varchar)
                || '名学生的' || cast(count(distinct case_no) as varchar) || '个案件' as reason
        from uses
        group by sha256
        having count(distinct student) >= {SAME_SCAN_STUDENTS} and max("date") >= {_since(night)}
    """


def bulk_attestation_sql(night: date) -> str:
    """One row a school: the most attestations whose scans were all made within some ten minutes; else one row a file made in three."""
    known = f"case when modified_at >= '{UNKNOWN_TIMES_BEFORE}' then try_cast(modified_at as timestamp) end"
    return f"""
        with scans as (
            select case_no, turn, min({known}) as first_made, max({known}) as last_made, count(*) - count({known}) as undated
            from evidence
            group by case_no, turn
        ),
        attested as (
            select
                cases.unit_code, cases.county_code, answers.sender as school_code, answers.case_no, answers.file,
                scans.first_made, scans.last_made, scans.undated
            from answers
            join cases on cases.case_no = answers.case_no
            join scans on scans.case_no = answers.case_no and scans.turn = answers.turn
            where answers.form = 'list' and answers.answer = '佐证' and answers."date" >= {_since(night)}
        ),
        dated as (
            select * from attested
            where undated = 0 and school_code in (
                select school_code from attested where undated = 0
                group by school_code having count(distinct case_no) >= {BULK_CASES}
            )
        ),
        spans as (
            select ends.school_code, ends.last_made, count(distinct dated.case_no) as cases
            from (select distinct school_code, last_made from dated) as ends
            join dated
                on dated.school_code = ends.school_code and dated.last_made <= ends.last_made
                and dated.first_made >= ends.last_made - interval '{BULK_MINUTES}' minute
            group by ends.school_code, ends.last_made
            having count(distinct dated.case_no) >= {BULK_CASES}
        ),
        fullest as (
            select school_code, last_made,
                row_number() over (partition by school_code order by cases desc, last_made) as place
            from spans
        ),
        by_school as (
            select dated.*
            from fullest
            join dated
                on dated.school_code = fullest.school_code and dated.last_made <= fullest.last_made
                and dated.first_made >= fullest.last_made - interval '{BULK_MINUTES}' minute
            where fullest.place = 1
        ),
        by_file as (
            select attested.*
            from attested
            join (
                select school_code, file from attested
                group by school_code, file
                having count(distinct case_no) >= {BULK_FILE_CASES} and sum(undated) = 0
                    and max(last_made) <= min(first_made) + interval '{BULK_FILE_MINUTES}' minute
            ) as files on files.school_code = attested.school_code and files.file = attested.file
            where attested.school_code not in (select school_code from by_school)
        )
        select
            'bulk_attestation' as signal, {PLACES}, {CASE_NUMBERS} as subject, count(distinct case_no) as amount,
            cast(count(distinct case_no) as varchar) || '个佐证案件的扫描件全部在{BULK_MINUTES}分钟内形成' as reason
        from by_school group by school_code
        union all
        select
            'bulk_attestation', {PLACES}, {CASE_NUMBERS}, count(distinct case_no),
            '同一次交回的' || cast(count(distinct case_no) as varchar) || '个佐证案件，扫描件全部在{BULK_FILE_MINUTES}分钟内形成'
        from by_file group by school_code, file
    """


def deleted_recreated_sql(night: date) -> str:
    """One row a deleted record whose number stands tonight under a record that was no party when it was deleted.

    Numbers that are not well formed are left to the rules of numbers. A party that has since moved to another school keeps its student
    number, and is no new record.
    """
    key = f"case when {is_well_formed_sql('id_number')} then cast(substr(id_number, 1, 17) as bigint) end"
    return f"""
        with deleted as (
            select case_no, unit_code, county_code, school_code, record_key, id_number, closed_on, {key} as id_key
            from cases
            where state = {literal(DELETED)} and closed_on >= {_since(night)}
        ),
        parties as (
            select deleted.case_no, cases.unit_code, cases.record_key,
                case when cases.record_key <> deleted.record_key then cases.student_no end as student_no
            from deleted
            join cases on cases.id_number = deleted.id_number and cases.first_seen <= deleted.closed_on
        ),
        standing as (
            select
                deleted.*, students.record_key as new_key, students.school_code as new_school,
                students.unit_code as new_unit, students.student_no as new_student_no
            from deleted
            join core_students as students
                on students.id_key = deleted.id_key and students.id_number = deleted.id_number
        ),
        recreated as (
            select * from standing
            where not exists (
                select 1 from parties
                where parties.case_no = standing.case_no and parties.unit_code = standing.new_unit
                    and parties.record_key = standing.new_key
            ) and not exists (
                select 1 from parties
                where parties.case_no = standing.case_no and parties.student_no = standing.new_student_no
            )
        )
        select
            'deleted_recreated' as signal, unit_code, max(county_code) as county_code, max(school_code) as school_code,
            {CASE_NUMBERS} as subject, count(distinct new_unit || '/' || new_key) as amount,
            '删除结案后，同一身份证件号又出现在新的学籍记录中（学校'
                || string_agg(distinct coalesce(new_school, '不详'), '、' order by coalesce(new_school, '不详')) || '）' as reason
        from recreated
        group by unit_code, record_key
    """


def deadline_peak_sql(night: date) -> str:
    """One row a county that gave most of its answers in the last days before the last 30 June."""
    deadline = date(night.year if (night.month, night.day) >= (6, 30) else night.year - 1, 6, 30)
    start, late = deadline - timedelta(days=PEAK_DAYS - 1), _working_days_back(deadline, PEAK_WORKING_DAYS)
    return f"""
        with given as (
            select cases.unit_code, cases.county_code, answers."date" >= date '{late}' as is_late
            from answers join cases on cases.case_no = answers.case_no
            where answers.form = 'list' and answers."date" between date '{start}' and date '{deadline}'
                and cases.county_code is not null
        ),
        counted as (
            select unit_code, county_code, count(*) as answers, sum(case when is_late then 1 else 0 end) as late
            from given group by unit_code, county_code
        )
        select
            'deadline_peak' as signal, unit_code, county_code, cast(null as varchar) as school_code, county_code as subject,
            late as amount,
            '{deadline.year}年6月30日前{PEAK_DAYS}天共交回' || cast(answers as varchar) || '件，其中最后{PEAK_WORKING_DAYS}个工作日'
                || cast(late as varchar) || '件' as reason
        from counted
        where late >= {PEAK_ANSWERS} and 2 * late > answers
    """


def _working_days_back(day: date, count: int) -> date:
    """The first of the last `count` working days up to and with `day`."""
    while True:
        count -= is_working_day(day)
        if count == 0:
            return day
        day -= timedelta(days=1)


def attestation_contradicted_sql(night: date) -> str:
    """One row a case settled by attestation whose record and number the register has questioned since, in another way."""
    titles = " ".join(f"when {literal(kind)} then {literal(PROBLEM_TYPES[kind].title)}" for kind in REGISTER_TYPES)
    return f"""
        with passed as (
            select case_no, max("at") as passed_on from case_events
            where event in ('passed_attest_identity', 'passed_attest_number', 'passed_attest_alone') group by case_no
        ),
        contradicted as (
            select
                attested.case_no, attested.unit_code, attested.county_code, attested.school_code, passed.passed_on,
                later.case_no as later_no, case later.problem_type {titles} end as said
            from cases as attested
            join passed on passed.case_no = attested.case_no
            join cases as later
                on later.unit_code = attested.unit_code and later.record_key = attested.record_key
                and later.id_number = attested.id_number and later.problem_type <> attested.problem_type
            where attested.state = {literal(RESOLVED)} and attested.disposition = '佐证'
                and later.problem_type in {literal_list(REGISTER_TYPES)}
                and later.first_seen > passed.passed_on and later.first_seen >= {_since(night)}
        )
        select
            'attestation_contradicted' as signal, unit_code, county_code, school_code,
            case_no || ',' || string_agg(later_no, ',' order by later_no) as subject, count(*) as amount,
            '佐证于' || cast(passed_on as varchar) || '审核通过，此后比对结果为“' || string_agg(distinct said, '、' order by said) || '”' as reason
        from contradicted
        group by case_no, unit_code, county_code, school_code, passed_on
    """


def one_auditor_passes_all_sql(night: date) -> str:
    """One row an auditor of an office who sent nothing back and asked no police. Who it was is found by the case: names stay in answers."""
    signer = "replace(replace(coalesce(answers.signed_by, ''), ' ', ''), '　', '')"
    county = "case when length(sender) = 6 and substr(sender, 5, 2) <> '00' then sender end"
    return f"""
        with decisions as (
            select
                answers.sender, answers.answer, answers.case_no, answers."date", {signer} as signer,
                case when answers.sender = '00' then '00' else cases.unit_code end as unit_code
            from answers join cases on cases.case_no = answers.case_no
            where answers.form = 'review' and answers.answer in ('通过', '退回', '送公安核实', '挂起')
                and answers."date" >= {_since(night)}
        )
        select
            'one_auditor_passes_all' as signal, max(unit_code) as unit_code, {county} as county_code, cast(null as varchar) as school_code,
            sender as subject, count(*) as amount,
            case when signer = '' then '未署名的审核' else '同一审核人' end || '自' || cast(min("date") as varchar) || '至'
                || cast(max("date") as varchar) || '审核' || cast(count(*) as varchar)
                || '件，没有一件退回或送公安核实（署名见案件' || min(case_no) || '）' as reason
        from decisions
        group by sender, signer
        having count(*) >= {AUDITOR_DECISIONS}
            and sum(case when answer in ('退回', '送公安核实') then 1 else 0 end) = 0
    """


SIGNALS = {
    signal.id: signal
    for signal in (
        Signal(
            "same_scan",
            "同一扫描件用于不同学生",
            "内容完全相同的证明材料出现在两名以上学生的案件中。多胞胎、兄弟姐妹共用户口簿，或集体开具的在校证明，也会如此。",
            "学生数",
            same_scan_sql,
        ),
        Signal(
            "bulk_attestation",
            "佐证材料批量形成",
            f"一所学校{BULK_CASES}件以上佐证的扫描件全部在{BULK_MINUTES}分钟内形成，或一次交回的{BULK_FILE_CASES}件以上佐证全部在"
            f"{BULK_FILE_MINUTES}分钟内形成。整批下载或转存文件也会改变文件时间。",
            "案件数",
            bulk_attestation_sql,
        ),
        Signal(
            "deleted_recreated",
            "删除后重新建籍",
            "以删除结案的身份证件号，此后出现在删除时没有的学籍记录中。学生在新学校正常建籍也会如此。",
            "新学籍记录数",
            deleted_recreated_sql,
        ),
        Signal(
            "deadline_peak",
            "期限前集中交回",
            f"一个县在6月30日前最后{PEAK_WORKING_DAYS}个工作日交回{PEAK_ANSWERS}件以上，且超过此前{PEAK_DAYS}天交回总数的一半。"
            "集中部署、统一上报也会如此。",
            "最后几日件数",
            deadline_peak_sql,
        ),
        Signal(
            "attestation_contradicted",
            "佐证后比对仍不一致",
            "以佐证结案的学生，姓名、号码未变，此后与国家人口基础信息数据库比对出现另一类不一致。人口库更新滞后也会如此。",
            "不一致案件数",
            attestation_contradicted_sql,
        ),
        Signal(
            "one_auditor_passes_all",
            "审核人全部通过",
            f"同一单位同一审核人办理{AUDITOR_DECISIONS}件以上，没有一件退回或送公安机关核实。材料确实齐全也会如此。",
            "审核件数",
            one_auditor_passes_all_sql,
        ),
    )
}
