"""The sheets of the workbooks of verification: what each is called, what its reader does with it, its columns."""

from xueji.reports.verification_layout import DAY, LEFT, NUMBER, PERCENT, Column, SheetKind

# Counts of students' forms, in the order of assets/verification_list_rows.py.
COUNT_COLUMNS = (
    Column("学籍人数", 7, NUMBER),
    Column("暂不核查", 7, NUMBER),
    Column("应核查", 7, NUMBER),
    Column("已印制", 7, NUMBER),
    Column("已下发", 7, NUMBER),
    Column("已回收", 7, NUMBER),
    Column("已录入", 7, NUMBER),
    Column("已审核", 7, NUMBER),
    Column("已拍照上传", 8, NUMBER),
    Column("已归档", 7, NUMBER),
    Column("查无此人", 7, NUMBER),
    Column("待审核项", 7, NUMBER),
    Column("退回项", 7, NUMBER),
    Column("回收率", 8, PERCENT),
    Column("拍照上传率", 8, PERCENT),
)
GRADE, CLASS, NAME, STUDENT_NO = Column("年级", 8), Column("班级", 9), Column("姓名", 11), Column("学籍号", 21)
FORM_NO, SCHOOL = Column("确认表编号", 17), Column("学校", 22, LEFT)
STUDENT = (GRADE, CLASS, NAME, STUDENT_NO)
CHANGE = (
    Column("项目", 12),
    Column("系统中的信息", 16, LEFT),
    Column("更正为", 16, LEFT),
    Column("佐证材料", 11, LEFT),
    Column("录入人", 9),
    Column("录入日期", 11, DAY),
)
MATTER = (Column("事项", 18, LEFT), SCHOOL, *STUDENT, Column("情况", 38, LEFT), Column("发现日期", 11, DAY))
RATES = "回收率、拍照上传率＝已回收、已拍照上传份数÷应核查人数；暂不核查的学生不计入应核查。"
CHASE = "按“情况”核实并办理；办结后由系统自动核销，无须报送本表。"


def _progress(title: str, *places: Column) -> SheetKind:
    return SheetKind("进度", title, RATES, (*places, *COUNT_COLUMNS), len(places))


CLASS_PROGRESS = _progress("数据质量核查分班进度表", GRADE, CLASS)
SCHOOL_PROGRESS = _progress("数据质量核查分校进度表", SCHOOL, Column("主管层级", 8))
AREA_PROGRESS = _progress(
    "数据质量核查分县（市、区）进度表", Column("市（地、州）", 16, LEFT), Column("县（市、区）", 16, LEFT)
)
OWN_PROGRESS = SheetKind(
    "直属学校进度", "数据质量核查直属学校进度表", RATES, (SCHOOL, Column("主管层级", 8), *COUNT_COLUMNS), 2
)

SCHOOL_TODO = SheetKind(
    "待办",
    "数据质量核查待办事项",
    CHASE,
    (
        Column("事项", 18, LEFT), *STUDENT, Column("情况", 36, LEFT), Column("由谁办理", 10), Column("发现日期", 11, DAY),
        Column("办理办法", 34, LEFT),
    ),
    1,
)  # fmt: skip
SCHOOL_AUDITS = SheetKind(
    "退回与待审核",
    "确认表更正信息退回与待审核清单",
    "退回的更正须与家长（监护人）核实后重新录入；待学校审核的由学校领导审核把关。",
    (*STUDENT, FORM_NO, *CHANGE, Column("状态", 8), Column("审核日期", 11, DAY), Column("下一步", 18, LEFT)),
    3,
)
MISSING_FORMS = SheetKind(
    "未交回学生",
    "确认表未完成学生名单（分班）",
    "全班均处于同一环节的，合为一行。请班主任逐人催收；家长（监护人）拍照上传有困难的，由班主任协助。",
    (*STUDENT, FORM_NO, Column("未完成环节", 24, LEFT), Column("下发日期", 11, DAY), Column("回收日期", 11, DAY)),
    3,
)
UNNUMBERED = SheetKind(
    "无号学生",
    "未获得正式学籍号或未提供身份证件号学生名单",
    "已取得居民身份证（或户籍部门受理回执）的，及时更新录入；仍未办理的，核实在校生身份后上传加盖学校公章的在校证明。",
    (
        *STUDENT, Column("身份证件号", 21), Column("办理进展", 24, LEFT), Column("可否发号", 9), Column("拟发学籍号", 9),
        Column("暂不发号的原因", 36, LEFT),
    ),
    3,
)  # fmt: skip

PENDING_AUDITS = SheetKind(
    "待审核关键数据",
    "待审核关键数据变更清单",
    "请逐条核对佐证材料后在学籍系统内审核；谁审核谁负责。",
    (SCHOOL, *STUDENT, FORM_NO, *CHANGE),
    1,
)
OFFICE_TODO = SheetKind("待办", "本部门待办事项", CHASE, MATTER, 1)
COMPLETENESS = SheetKind(
    "一校一生", "不漏一校一生核查清单", "线索只说明需要核实的原因，不是结论。按有关规定补建、转接学籍或安排学生回学籍所在学校就读。",
    MATTER, 1,
)  # fmt: skip
BUSINESS = SheetKind(
    "异动", "学籍异动核查清单", "请督促学校和有关部门及时办结，或更正学籍系统内的异动记录。", MATTER, 1
)
MATTER_TOTALS = SheetKind(
    "待办汇总",
    "待办事项汇总表",
    "按应办单位汇总，供督促检查。",
    (Column("单位", 24, LEFT), Column("事项", 30, LEFT), Column("由谁办理", 12), Column("件数", 9, NUMBER), Column("最早发现", 12, DAY)),
    1,
)  # fmt: skip
DUTIES = SheetKind(
    "责任",
    "采集、录入、审核责任统计表",
    "谁采集谁负责、谁录入谁负责、谁审核谁负责。一次通过率＝一次审核通过份数÷已审核份数。",
    (
        Column("环节", 8), SCHOOL, Column("经办人", 12), Column("经办份数", 9, NUMBER), Column("已审核份数", 10, NUMBER),
        Column("一次通过份数", 11, NUMBER), Column("一次通过率", 10, PERCENT), Column("退回项数", 9, NUMBER),
    ),
    3,
)  # fmt: skip
FIRST_TIME = SheetKind(
    "一次通过率",
    "各主管部门所辖学校审核一次通过率",
    "一次通过率＝一次审核通过份数÷已审核份数；尚无已审核的不计算。",
    (
        Column("学籍主管部门", 34, LEFT), Column("学校数", 9, NUMBER), Column("已审核份数", 11, NUMBER),
        Column("一次通过份数", 12, NUMBER), Column("一次通过率", 11, PERCENT), Column("退回项数", 10, NUMBER),
    ),
    1,
)  # fmt: skip
STORAGE = SheetKind(
    "存储",
    "确认表电子文件存储测算表",
    "省级教育行政部门应准备存储设备，容量应2倍于本省中小学生照片的存储设备容量。",
    (Column("项目", 40, LEFT), Column("数值", 24), Column("说明", 50, LEFT)),
    1,
)
NUMBER_COUNTS = SheetKind(
    "发号情况",
    "未获得正式学籍号或未提供身份证件号学生情况汇总表",
    "发号名单和暂不发号名单见本省“发号名单”工作簿。",
    (
        Column("县（市、区）", 24, LEFT), Column("涉及学生", 12, NUMBER), Column("可发G号", 10, NUMBER), Column("可发J号", 10, NUMBER),
        Column("暂不发号", 10, NUMBER),
    ),
    1,
)  # fmt: skip
NUMBER_REASONS = SheetKind(
    "暂不发号原因",
    "暂不发号原因统计表",
    "按人数从多到少排列。",
    (Column("原因", 60, LEFT), Column("人数", 10, NUMBER)),
    1,
)
_NUMBER_STUDENT = (
    Column("县（市、区）", 16, LEFT),
    Column("学校标识码", 12),
    SCHOOL,
    NAME,
    STUDENT_NO,
    Column("身份证件号", 21),
)
NUMBER_LIST = SheetKind(
    "发号名单",
    "正式学籍号发号名单",
    "内含学生个人信息，仅供发放正式学籍号使用。",
    (*_NUMBER_STUDENT, Column("拟发学籍号", 10)),
    1,
)
NUMBER_REFUSED = SheetKind(
    "暂不发号", "暂不发放正式学籍号名单", "消除原因后列入下一批。",
    (*_NUMBER_STUDENT, Column("办理进展", 24, LEFT), Column("原因", 34, LEFT)), 1,
)  # fmt: skip

# In the order of the tabs. The key names the sheet in tables.
SHEETS = {
    "class_progress": CLASS_PROGRESS,
    "school_progress": SCHOOL_PROGRESS,
    "area_progress": AREA_PROGRESS,
    "own_progress": OWN_PROGRESS,
    "todo": SCHOOL_TODO,
    "audits": SCHOOL_AUDITS,
    "missing": MISSING_FORMS,
    "unnumbered": UNNUMBERED,
    "pending_audits": PENDING_AUDITS,
    "office_todo": OFFICE_TODO,
    "matter_totals": MATTER_TOTALS,
    "first_time": FIRST_TIME,
    "duties": DUTIES,
    "completeness": COMPLETENESS,
    "business": BUSINESS,
    "storage": STORAGE,
    "number_counts": NUMBER_COUNTS,
    "number_reasons": NUMBER_REASONS,
    "number_list": NUMBER_LIST,
    "number_refused": NUMBER_REFUSED,
}
