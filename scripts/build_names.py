"""Writes the name tables under `data_samples/data/` from which the sample draws its invented children.

Sources
- Faker's zh_CN person provider (PyPI; MIT licence): surnames with their shares, given names of older generations.
- 公安部《二〇二〇年全国姓名报告》《二〇二一年全国姓名报告》: the characters and full given names most used for new-borns, here as ranks.
- Compound surnames, minority names and rare characters: written for this project. What is confused: build_confusions.py.

Faker is not needed at run time. Install it in a throw-away environment and run there:

    python3 -m venv /tmp/names && /tmp/names/bin/pip install Faker && /tmp/names/bin/python scripts/build_names.py
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from faker.providers.person.zh_CN import Provider

FOLDER = Path(__file__).parent.parent / "data_samples" / "data"

# Most used characters of new-borns' names by rank, then characters common for children of the last twenty years.
MALE_CHARACTERS = (
    "泽宇子梓浩辰轩奕一然沐俊博文航睿铭晨佳昊明杰家嘉瑞皓天逸翔煜诚星涵景志成思程锦鑫伟豪凯宸旭恒阳霖洋楠诺源霆哲鹏涛毅"
    "林楷启峻骏晟云书熙柏霄瀚朗安言远承佑腾韬弘毓国建华强磊勇军超刚平辉飞波斌健帆帅宁龙欢亮峰志东雷岩钧尧舟森泓炎烨"
)
FEMALE_CHARACTERS = (
    "梓诺一欣涵雨语怡佳妍若可艺馨汐桐萱依彤琪瑶婷悦思雅梦子诗静颖晗琳珊琦宁瑾嘉妤清婉璇菲沐心昕月芸佩熙钰雪莹晴美伊然洁柔"
    "岚楚慧蕊蓉芳娜敏丽娟霞燕玲丹萍红英梅莉晶倩琴畅云柳荣玥媛舒苒芮安娴茹惠淑珍兰凤秀玉珠彩蕾薇筱念禾"
)
MALE_FULL = "奕辰 宇轩 浩宇 奕泽 宇泽 浩然 亦辰 宇航 子墨 梓豪 沐宸 宇辰 铭泽 子轩 浩轩 梓睿 博文 俊熙 皓轩 俊杰"
FEMALE_FULL = "一诺 依诺 欣怡 梓涵 语桐 欣妍 可欣 语汐 雨桐 梦瑶 若汐 诗涵 雨涵 梓萱 佳怡 欣悦 诗琪 紫涵 思涵 艺涵"

COMPOUND_SURNAMES = (
    "欧阳 112 上官 9 皇甫 6.5 令狐 5.5 诸葛 5 司徒 5 司马 2.5 申屠 2 夏侯 1 贺兰 0.6 完颜 0.5 慕容 0.5 尉迟 0.4 长孙 0.4 "
    "端木 0.4 东方 0.4 南宫 0.3 独孤 0.2 百里 0.1 宇文 0.1"
)  # tens of thousands of bearers, rough
POPULATION = 14_000  # ten-thousands of people that Faker's percentages refer to

# Characters outside the basic plane that occur in names; all in GB 18030 and in 《通用规范汉字表》 or household registers.
RARE_CHARACTERS = "𬭊𠅤𬱖𬀩𬍛𬜬𫍯𬬭𬶍𫘨𬇙𬇕𫟹𬘓𫓶𬤊𬩽𬭎𫖮𫟼𬬻𬭳𬳶𪨰𪩘𫄧"

UYGHUR_MALE = (
    "艾力 买买提 阿卜杜拉 阿卜杜热合曼 阿迪力 艾合买提 吐尔逊 玉素甫 伊力亚尔 木合塔尔 努尔买买提 依明 库尔班 热合曼 "
    "阿布都外力 亚森 祖农 塔依尔 艾尼瓦尔 凯赛尔 迪力夏提 麦麦提江 图尔荪江 阿卜来提"
)
UYGHUR_FEMALE = (
    "古丽娜尔 阿依古丽 热依拉 帕提古丽 米热古丽 努尔比耶 阿米娜 麦尔耶姆 祖丽胡马尔 迪丽热巴 古丽米热 阿孜古丽 热孜宛古丽 "
    "布合力切姆 再乃普 吐尔逊古丽 茹克耶 夏依达 阿依努尔 玛依拉"
)
KAZAKH_MALE = "叶尔兰 努尔兰 巴合提 阿依肯 叶尔波力 塔斯肯 哈那提 赛力克 阿尔曼 别克 加尔肯 木拉提 叶斯哈提 达吾列提"
KAZAKH_FEMALE = "阿依达娜 古丽扎 努尔古丽 阿依波塔 加娜尔 巴哈古丽 沙吾列 阿勒腾 叶尔克娜 玛尔江 阿丽玛 迪娜拉"
TIBETAN_FIRST = "扎西 次仁 多吉 平措 格桑 旦增 洛桑 索朗 尼玛 达瓦 巴桑 边巴 普布 贡嘎 强巴 嘎玛 益西 仁青 丹增 桑珠"
TIBETAN_MALE = "顿珠 罗布 多吉 旺堆 平措 扎西 次仁 欧珠 加措 坚赞 群培 旺杰 朗杰 才让"
TIBETAN_FEMALE = "卓玛 拉姆 央金 曲珍 德吉 白玛 措姆 卓嘎 玉珍 央宗 梅朵 旺姆 拉珍 吉宗"
MONGOLIAN_MALE = (
    "巴特尔 苏和 阿古拉 朝鲁 那日苏 布和 巴根 额尔敦 特木尔 阿拉坦 孟和 宝力格 哈斯巴根 敖日格乐 苏日格 毕力格"
)
MONGOLIAN_FEMALE = "乌日娜 其其格 萨日娜 娜仁 托娅 乌云 高娃 塔娜 苏布德 阿丽玛 通拉嘎 其木格 琪琪格 乌兰 斯琴 萨仁"

# Nations other than 汉 by unit, per cent of children; rounded from the census of 2020.
NATION_SHARES = {
    "11": {"11": 2.5, "03": 1.2, "02": 0.6}, "12": {"03": 1.3, "11": 0.7}, "13": {"11": 3, "03": 0.8, "02": 0.3},
    "14": {"03": 0.2}, "15": {"02": 18, "11": 2, "03": 0.9}, "21": {"11": 12, "02": 1.6, "10": 0.5, "03": 0.6},
    "22": {"10": 3, "11": 3.3, "02": 0.6}, "23": {"11": 1.6, "10": 0.7, "02": 0.3}, "31": {"03": 0.4, "11": 0.2, "15": 0.2},
    "32": {"03": 0.3, "06": 0.1}, "33": {"06": 0.8, "22": 0.4, "15": 0.5}, "34": {"03": 0.6}, "35": {"22": 1, "15": 0.3},
    "36": {"22": 0.3}, "37": {"03": 0.6, "11": 0.1}, "41": {"03": 1}, "42": {"15": 3.9, "06": 0.4},
    "43": {"15": 4.5, "06": 3.4, "12": 1.4, "13": 1.2}, "44": {"08": 1.2, "06": 0.6, "13": 0.4, "15": 0.3},
    "45": {"08": 31, "13": 3.4, "06": 1.3, "12": 0.8}, "46": {"19": 15, "06": 0.9, "08": 0.6}, "50": {"15": 4.8, "06": 1.6},
    "51": {"07": 5, "04": 2, "23": 0.4}, "52": {"06": 12, "09": 7, "12": 4, "15": 4, "07": 2.5},
    "53": {"07": 11, "14": 3.5, "16": 3.5, "18": 2.7, "08": 2.6, "06": 2.8}, "54": {"04": 89, "03": 0.4},
    "61": {"03": 0.4}, "62": {"03": 5.5, "04": 2, "26": 2.4}, "63": {"04": 27, "03": 16, "30": 3.6, "02": 1.8},
    "64": {"03": 37}, "65": {"05": 50, "17": 7, "03": 4.5, "29": 0.9}, "66": {"05": 14, "17": 2, "03": 3},
}  # fmt: skip


def surnames() -> list[tuple[str, float]]:
    compound = COMPOUND_SURNAMES.split()
    shares = dict(Provider.last_names)
    shares |= {
        name: 100 * float(count) / POPULATION / 10 for name, count in zip(compound[::2], compound[1::2], strict=True)
    }
    return sorted(((name, round(float(share), 5)) for name, share in shares.items()), key=lambda row: (-row[1], row[0]))


def given_characters() -> list[tuple[str, str, float]]:
    """Characters of given names by sex; weights fall with rank as in the reports: the first about 2.5 %, a long tail."""
    return [
        (character, sex, round(100 / (rank + 12), 3))
        for sex, characters in (("1", MALE_CHARACTERS), ("2", FEMALE_CHARACTERS))
        for rank, character in enumerate(dict.fromkeys(characters))
    ]


def given_names() -> list[tuple[str, str, float]]:
    """Whole given names used as such: the reports' top names, and those of Faker for the older fashion."""
    rows = []
    for sex, full, older in (
        ("1", MALE_FULL, Provider.first_names_male),
        ("2", FEMALE_FULL, Provider.first_names_female),
    ):
        rows += [(name, sex, round(100 / (rank + 5), 3)) for rank, name in enumerate(full.split())]
        rows += [(name, sex, 0.8) for name in dict.fromkeys(older) if len(name) == 2]
    return rows


def minority_names() -> Iterable[tuple[str, str, str, str]]:
    """Style, part (given or second), sex of whom the part suits, text. Uyghur and Kazakh second parts are fathers' names."""
    for style, first, second in (
        ("uyghur", {"1": UYGHUR_MALE, "2": UYGHUR_FEMALE}, {"1": UYGHUR_MALE, "2": UYGHUR_MALE}),
        ("kazakh", {"1": KAZAKH_MALE, "2": KAZAKH_FEMALE}, {"1": KAZAKH_MALE, "2": KAZAKH_MALE}),
        ("tibetan", {"1": TIBETAN_FIRST, "2": TIBETAN_FIRST}, {"1": TIBETAN_MALE, "2": TIBETAN_FEMALE}),
        ("mongolian", {"1": MONGOLIAN_MALE, "2": MONGOLIAN_FEMALE}, {"1": MONGOLIAN_MALE, "2": MONGOLIAN_MALE}),
    ):
        for part, names in (("given", first), ("second", second)):
            for sex, texts in names.items():
                yield from ((style, part, sex, text) for text in texts.split())


def write_table(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    write_table("surnames.csv", ("surname", "weight"), surnames())
    write_table("given_characters.csv", ("character", "sex", "weight"), given_characters())
    write_table("given_names.csv", ("given_name", "sex", "weight"), given_names())
    write_table("minority_names.csv", ("style", "part", "sex", "text"), minority_names())
    write_table("rare_characters.csv", ("character",), [(character,) for character in RARE_CHARACTERS])
    write_table(
        "nation_shares.csv",
        ("unit_code", "nation", "percent"),
        [(unit, nation, share) for unit, shares in NATION_SHARES.items() for nation, share in shares.items()],
    )


if __name__ == "__main__":
    main()
