"""Lists written for `build_name_characters.py`: what its sources leave out about readings in names, old forms and look-alikes.

Readings after the senses marked 姓 (surname) and 用于人名 (in personal names) in 现代汉语词典 (7th edition, 2016) and
通用规范汉字字典 (2013); old forms after the table 新旧字形对照表 in the former; look-alikes after the 形近字 tables of school books.
"""

import unicodedata

TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}

# The reading in given names, where it is not the one that pinyin tables put first.
GIVEN_NAME_READINGS = {
    "晟": "sheng4", "茜": "qian4", "莎": "sha1", "娜": "na4", "乐": "le4", "曾": "zeng1", "长": "chang2", "兴": "xing1",
    "隽": "jun4", "宁": "ning2", "朴": "pu3", "柏": "bai3", "炅": "jiong3", "琢": "zhuo2", "栖": "qi1", "乾": "qian2",
    "单": "shan4", "仇": "qiu2", "翟": "zhai2", "覃": "qin2", "缪": "miao4", "阚": "kan4", "隗": "wei3", "解": "xie4",
    "查": "zha1", "葛": "ge3", "盖": "ge3", "佴": "nai4", "逄": "pang2", "乜": "nie4", "谌": "chen2", "郗": "xi1", "盛": "sheng4",
    "卓": "zhuo2", "伽": "jia1", "珩": "heng2", "荨": "xun2", "莘": "xin1", "卜": "bu3", "似": "si4", "仔": "zi3", "便": "bian4", "肋": "lei4",
}  # fmt: skip

# Surnames of several characters, and single ones read otherwise than in given names; after the colon what is read specially.
SURNAMES = """
单:单=shan4 曾:曾=zeng1 仇:仇=qiu2 解:解=xie4 乐:乐=yue4 查:查=zha1 盖:盖=ge3 区:区=ou1 朴:朴=piao2 任:任=ren2 华:华=hua4
翟:翟=zhai2 覃:覃=qin2 缪:缪=miao4 葛:葛=ge3 员:员=yun4 种:种=chong2 秘:秘=bi4 召:召=shao4 繁:繁=po2 祭:祭=zhai4 牟:牟=mou2
洗:洗=xian3 燕:燕=yan1 占:占=zhan1 折:折=she2 句:句=gou1 那:那=na1 哈:哈=ha3 应:应=ying1 柏:柏=bai3 谌:谌=chen2 莘:莘=shen1
肖:肖=xiao1 隗:隗=kui2 阚:阚=kan4 过:过=guo1 令:令=ling2 薄:薄=bo2 纪:纪=ji3 撒:撒=sa3 干:干=gan1 都:都=du1 观:观=guan4 冠:冠=guan4 曲:曲=qu1
便:便=pian2 乜:乜=nie4 佴:佴=nai4 蔚:蔚=yu4 少:少=shao4 俞:俞=yu2 车:车=che1 贾:贾=jia3 石:石=shi2
颉:颉=xie2 郇:郇=xun2 炅:炅=gui4 逄:逄=pang2 郗:郗=xi1 强:强=qiang2 相:相=xiang4 晟:晟=cheng2 尉:尉=wei4 於:於=yu1 訾:訾=zi1
欧阳 上官 司马 诸葛 东方 西门 南宫 慕容 司徒 司空 端木 公孙 轩辕 钟离 宇文 闾丘 濮阳 淳于 申屠 太史 公冶 宗政 赫连 公羊 呼延 东郭 南门
百里 东里 公良 拓跋 闻人 梁丘 左丘 公西 漆雕 乐正:乐=yue4 颛孙 壤驷 羊舌 微生 第五 独孤 纳兰 那拉 叶赫 完颜 哥舒 东门 北宫 西陵 公输
皇甫:甫=fu3 尉迟:尉=yu4 万俟:万=mo4,俟=qi2 令狐:令=ling2 长孙:长=zhang3 单于:单=chan2 澹台:澹=tan2 鲜于:鲜=xian1 夏侯:夏=xia4
亓官 宰父:父=fu3 夹谷:夹=jia1 巫马 仲孙 叔孙 子车:车=che1 谷梁 费莫 范姜 张简
"""

# Forms of the old printing type, the first of each two.
OLD_FORMS = "靑青 淸清 尙尚 戸户 呑吞 偸偷 姫姬 娯娱 喩喻 揷插 煕熙 兪俞 頴颖 栁柳 槪概 昻昂 飮饮 裵裴 鳯凤 寕宁 呉吴 竒奇 絖纩 囘回 囬回 爭争"

# Pairs that readers are warned of, though their components, strokes and codes have little in common.
CONFUSED = """
睿容 千干 千于 弋戈 炜玮 白自 白百 晨展 茶荼 鸟乌 贝见 刀力 田由 田甲 由甲 甲申 天夫 天无 午牛 王主 玉主 开井 尤龙 史吏 代伐 帅师 免兔
仑仓 沧沦 扬杨 瓜爪 舟丹 母毋 么公 广厂 乒乓 北比 夬央 旦且 目且 西酉 束朿 米采 彤形 即既 卷券 幻幼 厉历 辰展 丘兵 亨享 侍待 凤风 凡风
"""


def numbered(reading: str) -> str:
    """A reading with its tone as a number, "shàn" as "shan4" and a light one as "de5"; empty for no syllable (ê, m̄)."""
    letters, tone = "", "5"
    for sign in unicodedata.normalize("NFD", reading):
        if sign in TONES:
            tone = TONES[sign]
        else:
            letters += sign
    letters = unicodedata.normalize("NFC", letters)
    has_vowel = any(vowel in letters for vowel in "aeiouü")
    return letters + tone if has_vowel and all(letter.isascii() or letter == "ü" for letter in letters) else ""
