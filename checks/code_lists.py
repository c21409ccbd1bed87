"""Code lists of the student sheet: what a cell may hold, as code or as label.

Sources: the template's notes (domain.md 2.4, 2.5), GB/T 2261.1 (sex), GB/T 3304 (nations), GB/T 2659 (countries).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from xueji.checks.sql_text import literal


@dataclass(frozen=True)
class CodeList:
    """One list. `labels` maps each code to the texts that mean it, the printed one first."""

    field: str  # code of the live system
    source: str
    labels: Mapping[str, tuple[str, ...]]
    labels_without_code: tuple[str, ...] = ()  # seen in local systems, code unknown

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything a cell may hold."""
        coded = (text for code, labels in self.labels.items() for text in (code, *labels))
        return tuple(dict.fromkeys((*coded, *self.labels_without_code)))

    def code_sql(self, column: str) -> str:
        """Text SQL in DuckDB's words: the code that `column` means, null when it is in no list."""
        # A code goes before another code's label. A map, not CASE: DuckDB looks each distinct text up once.
        codes = {text: code for code, labels in self.labels.items() for text in labels} | {
            code: code for code in self.labels
        }
        texts = ", ".join(literal(text) for text in codes)
        values = ", ".join(literal(code) for code in codes.values())
        return f"map([{texts}], [{values}])[{column}]"

    def is_unknown_sql(self, column: str) -> str:
        """Boolean SQL: `column` is given and not in the list."""
        # A map as above; a long `in` list becomes a join, which looks at every row.
        texts = ", ".join(literal(text) for text in self.texts)
        return f"({column} is not null and map([{texts}], {[True] * len(self.texts)})[{column}] is null)"


SEX = CodeList("xbm", "GB/T 2261.1; template: 1 男, 2 女", {"1": ("男", "男性"), "2": ("女", "女性")})

ID_TYPE = CodeList(
    "sfzjlxm",
    "template notes; 2-5, B and C from the wider education table",
    {
        "1": ("居民身份证", "身份证"),
        "2": ("军官证",),
        "3": ("士兵证",),
        "4": ("文职干部证",),
        "5": ("部队离退休证",),
        "6": ("香港特区护照/身份证明",),
        "7": ("澳门特区护照/身份证明",),
        "8": ("台湾居民来往大陆通行证",),
        "9": ("境外永久居住证",),
        "A": ("护照", "a"),
        "B": ("户口簿", "b"),
        "C": ("港澳台居民居住证", "c"),
        "Z": ("其他", "z"),
    },
)

# GB/T 3304 in the standard's order: 01 to 56.
_NATIONS = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
NATION = CodeList(
    "mzm",
    "GB/T 3304, with the forms police registers add",
    {
        **{f"{place:02d}": (f"{name}族", name) for place, name in enumerate(_NATIONS.split(), start=1)},
        "57": ("穿青人", "穿青人族"),
        "97": ("其他", "未识别民族", "未定族称人口"),
        "98": ("外国血统中国籍人士", "外国血统", "入籍"),
    },
)

HMT_OVERSEAS = CodeList(
    "gatqwm",
    "template notes (港澳台侨外)",
    {
        "00": ("否", "非港澳台侨外"),
        "01": ("香港同胞", "香港"),
        "02": ("香港同胞亲属",),
        "03": ("澳门同胞", "澳门"),
        "04": ("澳门同胞亲属",),
        "05": ("台湾同胞", "台湾"),
        "06": ("台湾同胞亲属",),
        "11": ("华侨",),
        "12": ("侨眷",),
        "13": ("归侨",),
        "14": ("归侨子女",),
        "21": ("归国留学人员",),
        "31": ("非华裔中国人",),
        "41": ("外籍华裔人",),
        "51": ("外国人",),
        "99": ("其他",),
    },
)

HEALTH = CodeList(
    "jkzkm",
    "template notes; GB/T 2261.3",
    {
        "10": ("健康或良好", "健康", "良好"),
        "20": ("一般或较弱",),
        "30": ("有慢性病",),
        "40": ("有生理缺陷",),
        "50": ("残疾",),
    },
)

HOUSEHOLD_TYPE = CodeList("hkxzm", "template notes", {"1": ("农业", "农业户口"), "2": ("非农业", "非农业户口")})

ADMISSION = CodeList(
    "rxfsm",
    "template notes",
    {
        "11": ("就近入学",),
        "12": ("其他",),
        "21": ("统一招生考试/普通入学", "统一招生考试", "普通入学"),
        "22": ("体育特招",),
        "23": ("艺术特招",),
        "99": ("其他",),
    },
)

ATTENDANCE = CodeList(
    "jdfsm", "template notes", {"1": ("走读",), "2": ("住校",)}, labels_without_code=("借宿", "其他", "送教上门")
)

# What a registry may say of a student's attendance. No official table of either field was found (domain.md 2.6): a text that is not
# here says nothing.
IN_SCHOOL = CodeList(
    "sfzx",
    "field of the live system; yes and no as other fields of the sheet have them",
    {
        "1": ("是", "在校", "Y", "y", "TRUE", "True", "true"),
        "0": ("否", "不在校", "N", "n", "FALSE", "False", "false"),
    },
)
STAYING_STATES = ("在读", "在校", "在籍在校", "复学")
LEFT_STATES = (
    "休学", "转出", "已转出", "退学", "开除", "辍学", "死亡", "失踪", "出国", "出境", "出境学习", "毕业", "已毕业", "结业", "已结业", "肄业", "离校",
    "已离校", "其他离校", "不在校", "注销", "已注销",
)  # fmt: skip

# Names of countries and regions as the sheet's drop-down prints them; codes are three capital letters (GB/T 2659).
_COUNTRIES = (
    "中国 中华人民共和国 中国香港 中国澳门 中国台湾 香港 澳门 台湾 日本 韩国 朝鲜 蒙古 越南 老挝 柬埔寨 缅甸 泰国 马来西亚 新加坡 "
    "印度尼西亚 菲律宾 文莱 东帝汶 印度 巴基斯坦 孟加拉国 尼泊尔 不丹 斯里兰卡 马尔代夫 阿富汗 哈萨克斯坦 吉尔吉斯斯坦 塔吉克斯坦 "
    "乌兹别克斯坦 土库曼斯坦 伊朗 伊拉克 叙利亚 约旦 黎巴嫩 以色列 巴勒斯坦 沙特阿拉伯 也门 阿曼 阿联酋 卡塔尔 巴林 科威特 土耳其 塞浦路斯 "
    "格鲁吉亚 亚美尼亚 阿塞拜疆 俄罗斯 乌克兰 白俄罗斯 摩尔多瓦 立陶宛 拉脱维亚 爱沙尼亚 芬兰 瑞典 挪威 丹麦 冰岛 英国 爱尔兰 法国 德国 荷兰 "
    "比利时 卢森堡 瑞士 奥地利 列支敦士登 摩纳哥 西班牙 葡萄牙 意大利 梵蒂冈 圣马力诺 马耳他 希腊 安道尔 波兰 捷克 斯洛伐克 匈牙利 罗马尼亚 "
    "保加利亚 塞尔维亚 克罗地亚 斯洛文尼亚 波黑 北马其顿 黑山 阿尔巴尼亚 埃及 利比亚 突尼斯 阿尔及利亚 摩洛哥 苏丹 南苏丹 埃塞俄比亚 厄立特里亚 "
    "索马里 吉布提 肯尼亚 坦桑尼亚 乌干达 卢旺达 布隆迪 塞舌尔 毛里塔尼亚 马里 布基纳法索 尼日尔 尼日利亚 塞内加尔 冈比亚 几内亚 几内亚比绍 "
    "塞拉利昂 利比里亚 科特迪瓦 加纳 多哥 贝宁 佛得角 乍得 中非 喀麦隆 赤道几内亚 加蓬 刚果（布） 刚果（金） 圣多美和普林西比 安哥拉 赞比亚 马拉维 "
    "莫桑比克 科摩罗 马达加斯加 毛里求斯 津巴布韦 博茨瓦纳 纳米比亚 南非 莱索托 斯威士兰 美国 加拿大 墨西哥 危地马拉 伯利兹 萨尔瓦多 洪都拉斯 "
    "尼加拉瓜 哥斯达黎加 巴拿马 古巴 巴哈马 海地 多米尼加 多米尼克 牙买加 特立尼达和多巴哥 巴巴多斯 格林纳达 圣卢西亚 圣文森特和格林纳丁斯 "
    "安提瓜和巴布达 圣基茨和尼维斯 哥伦比亚 委内瑞拉 圭亚那 苏里南 厄瓜多尔 秘鲁 玻利维亚 巴西 智利 阿根廷 乌拉圭 巴拉圭 澳大利亚 新西兰 "
    "巴布亚新几内亚 斐济 所罗门群岛 瓦努阿图 萨摩亚 汤加 图瓦卢 基里巴斯 瑙鲁 密克罗尼西亚 马绍尔群岛 帕劳 库克群岛 纽埃"
)
NATIONALITY = CodeList(
    "gjdqm", "GB/T 2659, names and CHN; other codes are not listed here", {"CHN": ("中国",)}, tuple(_COUNTRIES.split())
)

_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_STAGES = ((1, 6, ("小学",)), (7, 9, ("初", "初中")), (10, 12, ("高", "高中")))  # first grade, last grade, prefixes


def _grade_texts(grade: int) -> tuple[str, ...]:
    """Every way to write a grade, the template's first: 七年级, 七, 7, 7年级, 初一, 初中一年级, …"""
    wide = str(grade).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    stems = [_NUMERALS[grade - 1], str(grade), wide]
    first, prefixes = next((first, prefixes) for first, last, prefixes in _STAGES if first <= grade <= last)
    year = grade - first + 1
    stems += [prefix + numeral for prefix in prefixes for numeral in (_NUMERALS[year - 1], str(year))]
    return tuple(text for stem in stems for text in (f"{stem}年级", stem))


GRADE = CodeList("nj", "template notes", {str(grade): _grade_texts(grade) for grade in range(1, 13)})
