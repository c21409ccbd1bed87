"""What a school reads of a broken number: which part failed, and the number it may have been meant for."""

from dataclasses import dataclass

# {length}: characters of the number; {places}: the places of the component in words.
COMPONENTS = {
    "region_unknown": "第1至6位地址码不存在",
    "birth_no_date": "第7至14位出生日期码不是日历中的日期",
    "birth_conflict": "第7至14位出生日期码与所填出生日期不符",
    "sex_conflict": "第17位顺序码与所填性别不符",
    "check": "地址码、出生日期码、顺序码未见矛盾，末位校验码或其中一位有误",
    # A part in which the one repair lies, where nothing else shows it to be wrong:
    "region": "第1至6位地址码有误",
    "birth": "第7至14位出生日期码有误",
    "sequence": "第15至17位顺序码有误",
    "check_character": "第18位校验码有误",
    "old_fifteen": "所填为15位旧号码，缺出生年份前两位和末位校验码",
    "length": "所填为{length}位，{difference}",
    "characters": "{places}{characters}，应为数字",
    "not_a_number": "所填内容不是身份证号",
}
LAST_PLACE = "（末位应为数字或X）"
# What leads to the one repair; {places}: of the slip, in words.
SLIPS = {
    "digit": "疑似{places}填错，改正后",
    "swap": "疑似{places}颠倒，改正后",
    "letter": "改正后",  # the component has named places and characters
    "lost": "疑似漏填1位（正确号码的{places}），补上后",
    "lost_x": "疑似漏填末位“X”，补上后",
    "doubled": "疑似{places}重复，去掉1位后",
    "sign": "疑似夹有多余的符号或文字，去掉后",
    "added": "疑似多填了{places}，去掉后",
    "old_fifteen": "补全为18位后",
    "student_no": "学籍号中所含身份证号",
}
ONE_OF = "之一"
CONFIRMED = "（{number}）与人口信息中该姓名的登记一致，请对照户口簿核对"
SEVERAL = "有{repairs}个可能的号码与人口信息中该姓名的登记一致，无法判断，请对照户口簿核对"
COMPARE = "请对照户口簿逐位核对"
FILL_IN = "请按户口簿填写"
STUDENT_NO = "与学籍号中所含身份证号相比，{places}不同"


@dataclass(frozen=True)
class Autopsy:
    """A row of the table `number_autopsies`, with the number as it stands."""

    number: str
    component: str
    component_places: str | None
    student_no_places: str | None
    slip: str | None
    places: str | None
    repairs: int


def autopsy_text(autopsy: Autopsy, masked_repair: str | None) -> str:
    """The suggestion: component, and what it may have been meant for. `masked_repair` is the one repair as a list may show it."""
    parts = [component_text(autopsy)]
    if autopsy.slip and masked_repair:
        places = places_words(autopsy.places)
        if autopsy.slip == "lost" and len(places_of(autopsy.places)) > 1:
            places += ONE_OF
        parts.append(SLIPS[autopsy.slip].format(places=places) + CONFIRMED.format(number=masked_repair))
    else:
        if autopsy.student_no_places:
            parts.append(STUDENT_NO.format(places=places_words(autopsy.student_no_places)))
        without = FILL_IN if autopsy.component == "not_a_number" else COMPARE
        parts.append(SEVERAL.format(repairs=autopsy.repairs) if autopsy.repairs > 1 else without)
    return "；".join(parts)


def component_text(autopsy: Autopsy) -> str:
    """What is wrong, in a sentence."""
    places = places_words(autopsy.component_places)
    length = len(autopsy.number)
    text = COMPONENTS[autopsy.component]
    if autopsy.component == "length":
        difference = f"少{18 - length}位" if length < 18 else f"多{length - 18}位"
        return text.format(
            length=length, difference=difference + (f"（在{places}之中）" if places and not autopsy.slip else "")
        )
    if autopsy.component == "characters":
        wrong = [autopsy.number[place - 1] for place in places_of(autopsy.component_places)]
        last = LAST_PLACE if 18 in places_of(autopsy.component_places) else ""
        return text.format(places=places, characters=characters_words(wrong)) + last
    return text


def characters_words(characters: list[str]) -> str:
    """为字母“O”: letters are named, anything else is 符号 or 文字."""
    letters = list(dict.fromkeys(character for character in characters if "A" <= character <= "Z"))
    named = "、".join(f"“{letter}”" for letter in letters)
    others = "" if len(letters) and all("A" <= character <= "Z" for character in characters) else "符号或文字"
    return f"为字母{named}" + (f"和{others}" if others else "") if letters else f"为{others}"


def places_of(places: str | None) -> tuple[int, ...]:
    """The places that a text like 3,11-12 names."""
    runs = [run.split("-") for run in places.split(",")] if places else []
    return tuple(place for run in runs for place in range(int(run[0]), int(run[-1]) + 1))


def places_words(places: str | None) -> str:
    """第12位; 第11、12位; 第3至6位."""
    runs = [run.split("-") for run in places.split(",")] if places else []
    words = [
        "、".join(run) if len(run) == 1 or int(run[1]) == int(run[0]) + 1 else f"{run[0]}至{run[1]}" for run in runs
    ]
    return f"第{'、'.join(words)}位" if words else ""
