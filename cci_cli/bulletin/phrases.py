"""The phrases that the analysis of a bulletin is written in, by language. Imports only formats.

``{slots}`` are filled with claims, names and dates; no phrase has a digit of its own.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from cci_cli.formats import Lang

_ZH: Final = {
    # numbering and lists
    "section": "（{number}）{title}",
    "percent": "{value}%",
    "share_of": "{name}占{value}%",
    "points_of": "{name}{value}个百分点",
    "points_off": "{name} -{value}个百分点",
    "several": "分别",
    # a change of supply
    "rise": "增长{value}%",
    "fall": "下降{value}%",
    "still": "与上期持平",
    "nearly_still": "与上期基本持平（{value}%）",
    # nation
    "nation_title": "全国供算量{change}",
    "nation_title_base": "全国供算量的基期点位",
    "all_up": "，{count}个区域全部增长",
    "all_down": "，{count}个区域全部下降",
    "mixed": "，{up}个区域增长、{down}个区域下降",
    "nation_level": "截至{date}，{name}当期点位为{level}点，较{before}{point}{change}。",
    "nation_level_still": "截至{date}，{name}当期点位为{level}点，{change}。",
    "nation_level_base": "截至{date}，{name}基准点位为{level}点。",
    "base_point": "基准点位",
    "previous_point": "上期点位",
    "nation_cards": "全国在运智算卡折合标准卡{cards}{cards_unit}，FP16算力{flops} {flops_unit}，"
    "年供算量{supply}{unit}卡时。",
    "cards": "张",
    "cards_4": "万张",
    "net_rise": "与上期相比，供算量净增{net}{unit}卡时，其中{items}。",
    "net_fall": "与上期相比，供算量净减{net}{unit}卡时，其中{items}。",
    "net_nearly": "与上期相比，供算量总量基本不变，其中{items}。",
    "net_still": "与上期相比，供算量总量不变，其中{items}。",
    "cause_rise": "{cause}增加{value}{unit}卡时",
    "cause_fall": "{cause}减少{value}{unit}卡时",
    "cause_rest": "其余各项合计不足{bound}{unit}卡时",
    # any group of areas; {noun} is what one of them is called
    "region": "地区",
    "hub": "枢纽",
    "first_title": "{largest}供算量居首",
    "first_title_tied": "{largest}供算量并列居首",
    "even_title": "{largest}供算量相同",
    "fastest_title": "，{fastest}增长最快",
    "first_and_fastest_title": "{largest}供算量居首且增长最快",
    "first_and_fastest_title_tied": "{largest}供算量并列居首且增长最快",
    "region_lead": "从区域供算量结构看，",
    "hub_lead": "从枢纽供算量结构看，",
    "largest": "{name}{noun}供算量最大，占全国{value}%",
    "largest_tied": "{name}{noun}供算量并列最大，各占全国{value}%",
    "second": "{name}{noun}次之，占{value}%",
    "second_tied": "{name}{noun}并列其次，各占{value}%",
    "two_together": "两者合计提供全国{value}%的供算量",
    "pair": "{names}{noun}合计占{value}%，其中{parts}",
    "others": "{parts}",
    "region_growth_lead": "从区域指数变化看，",
    "hub_growth_lead": "从枢纽指数变化看，",
    "fastest": "{name}{noun}增长最快，较上期增长{value}%",
    "fastest_tied": "{name}{noun}增长并列最快，较上期各增长{value}%",
    "all_same": "{names}{noun}增速相同，均较上期增长{value}%",
    "hardly": "{names}{noun}供算量与上期基本持平",
    "faster": "{names}{noun}增速高于全国平均水平，{several}增长{values}",
    "level_with": "{names}{noun}与全国平均水平基本持平，{several}增长{values}",
    "slower": "{names}{noun}增速低于全国平均水平，{several}增长{values}",
    "fallers": "{names}{noun}供算量下降，降幅{several}为{values}",
    "standstill": "{names}{noun}供算量与上期相同",
    "from_zero": "{names}{noun}上期供算量为零，无增速可言",
    "reseeded": "{names}{noun}上期点位为零，本期重新起算",
    "contributions": "各区域对全国增长的贡献由高到低为{parts}。",
    "contributions_whole": "各区域对全国增长的贡献由高到低为{parts}，合计{total}个百分点。",
    "largest_contribution": "{name}{noun}贡献最大，占全国新增供算量的{value}%。",
    # hubs together
    "hubs_title": "枢纽节点提供全国{share}%的供算量",
    "hubs_title_increment": "，占新增供算量的{value}%",
    "hubs_share": "{count}枢纽节点相关{provinces}个省份提供了全国{share}%的供算量",
    "hubs_share_one": "{count}枢纽节点相关{provinces}个省份提供了全国{share}%的供算量",
    "share_rise": "，占比较上期上升{value}个百分点",
    "share_fall": "，占比较上期下降{value}个百分点",
    "share_nearly": "，占比与上期基本持平",
    "share_still": "，占比与上期持平",
    "hubs_increment": "当期全国新增供算量中{value}%来自上述省份，{relation}{target}%的政策目标。",
    "hubs_fell": "当期全国供算量增长，而上述省份合计下降。",
    "hubs_over": "当期上述省份新增供算量多于全国净增量，其他省份合计下降。",
    "above": "高于",
    "just_above": "略高于",
    "below": "低于",
    "just_below": "略低于",
    "equal": "恰为",
    # provinces
    "provinces_first": "{count}个省份中，{name}供算量最大，折合{level}点，占全国{value}%。",
    "provinces_first_tied": "{count}个省份中，{name}供算量并列最大，各折合{level}点，"
    "占全国{value}%。",
    "provinces_top": "居前{number}位的{names}合计占全国{value}%。",
    "provinces_all_up": "{count}个省份供算量全部增长",
    "provinces_all_down": "{count}个省份供算量全部下降",
    "provinces_lead": "与上期相比，",
    "provinces_up": "{count}个省份供算量增长",
    "provinces_down": "{count}个省份供算量下降",
    "provinces_still": "{count}个省份供算量不变",
    "provinces_new": "{count}个省份上期供算量为零",
    "provinces_highest": "增速最高的是{name}，{change}",
    "provinces_lowest": "增速最低的是{name}，{change}",
    "provinces_least_fall": "降幅最小的是{name}，{change}",
    "provinces_largest_fall": "降幅最大的是{name}，{change}",
    # punctuation
    "comma": "，",
    "semicolon": "；",
    "stop": "。",
    "list": "、",
    "last": "、",
}

_EN: Final = {
    "section": "{number}. {title}",
    "percent": "{value}%",
    "share_of": "{name} {value}%",
    "points_of": "{name} {value}",
    "points_off": "{name} -{value}",
    "several": "",
    "rise": "grew by {value}%",
    "fall": "fell by {value}%",
    "still": "stood still",
    "nearly_still": "hardly moved ({value}%)",
    "nation_title": "National supply {change}",
    "nation_title_base": "The base level of national supply",
    "all_up": ", and all {count} regions grew",
    "all_down": ", and all {count} regions fell",
    "mixed": ", with {up} of the regions up and {down} down",
    "nation_level": "As of {date}, the {name} stood at {level} points; since the {point} of "
    "{before} it {change}.",
    "nation_level_still": "As of {date}, the {name} stood at {level} points; it {change}.",
    "nation_level_base": "As of {date}, the {name} stands at its base level of {level} points.",
    "base_point": "base level",
    "previous_point": "level",
    "nation_cards": "The accelerators in service are equivalent to {cards} standard cards, with "
    "{flops} {flops_unit} at FP16, and can supply {supply}{unit} card-hours per year.",
    "cards": "",
    "cards_4": "",
    "net_rise": "Compared with the period before, supply rose by {net}{unit} card-hours "
    "per year net: {items}.",
    "net_fall": "Compared with the period before, supply fell by {net}{unit} card-hours "
    "per year net: {items}.",
    "net_nearly": "Compared with the period before, total supply hardly changed: {items}.",
    "net_still": "Compared with the period before, total supply did not change: {items}.",
    "cause_rise": "{cause} added {value}{unit}",
    "cause_fall": "{cause} took away {value}{unit}",
    "cause_rest": "all other causes together come to less than {bound}{unit}",
    "region": "",
    "hub": "",
    "first_title": "{largest} has the largest supply",
    "first_title_tied": "{largest} share the largest supply",
    "even_title": "{largest} have the same supply",
    "fastest_title": ", {fastest} grew fastest",
    "first_and_fastest_title": "{largest} has the largest supply and grew fastest",
    "first_and_fastest_title_tied": "{largest} share the largest supply and grew fastest",
    "region_lead": "By region, ",
    "hub_lead": "Among the hubs, ",
    "largest": "{name} has the largest supply with {value}% of the national total",
    "largest_tied": "{name} share the largest supply with {value}% of the national total each",
    "second": "{name} follows with {value}%",
    "second_tied": "{name} follow with {value}% each",
    "two_together": "the two together provide {value}%",
    "pair": "{names} together have {value}% ({parts})",
    "others": "then {parts}",
    "region_growth_lead": "By growth of the regional indices, ",
    "hub_growth_lead": "By growth of the hub indices, ",
    "fastest": "{name} was fastest with {value}%",
    "fastest_tied": "{name} were fastest with {value}% each",
    "all_same": "{names} all grew by {value}%",
    "hardly": "{names} hardly moved",
    "faster": "{names} grew faster than the nation ({values})",
    "level_with": "{names} grew about as fast as the nation ({values})",
    "slower": "{names} grew more slowly than the nation ({values})",
    "fallers": "{names} fell (by {values})",
    "standstill": "{names} stood still",
    "from_zero": "no growth rate is defined for {names}, from zero",
    "reseeded": "{names} had a level of zero and start anew",
    "contributions": "The contributions to national growth, in percentage points: {parts}.",
    "contributions_whole": "The contributions to national growth, in percentage points: {parts}; "
    "together {total}.",
    "largest_contribution": "The largest, that of {name}, is {value}% of the national increment.",
    "hubs_title": "The hubs provide {share}% of national supply",
    "hubs_title_increment": " and {value}% of the increment",
    "hubs_share": "The {provinces} provinces of the {count} national hubs provide {share}% of "
    "national supply",
    "hubs_share_one": "The {count} national hub, with {provinces} of the provinces, provides "
    "{share}% of national supply",
    "share_rise": ", {value} percentage points more than in the period before",
    "share_fall": ", {value} percentage points less than in the period before",
    "share_nearly": ", nearly the same share as in the period before",
    "share_still": ", the same share as in the period before",
    "hubs_increment": "Of the national increment, {value}% came from them, {relation} the policy "
    "target of {target}%.",
    "hubs_fell": "National supply grew, and that of these provinces together fell.",
    "hubs_over": "These provinces together added more than the nation did: the others fell.",
    "above": "above",
    "just_above": "just above",
    "below": "below",
    "just_below": "just below",
    "equal": "exactly",
    "provinces_first": "Of the {count} provinces, {name} has the largest supply, equivalent to "
    "{level} points or {value}% of the nation.",
    "provinces_first_tied": "Of the {count} provinces, {name} share the largest supply, equivalent "
    "to {level} points or {value}% of the nation each.",
    "provinces_top": "The first {number}, {names}, have {value}% together.",
    "provinces_all_up": "rose in all {count}",
    "provinces_all_down": "fell in all {count}",
    "provinces_lead": "By province, supply ",
    "provinces_up": "rose in {count}",
    "provinces_down": "fell in {count}",
    "provinces_still": "did not change in {count}",
    "provinces_new": "was nothing before in {count}",
    "provinces_highest": "growth was highest in {name}, which {change}",
    "provinces_lowest": "growth was lowest in {name}, which {change}",
    "provinces_least_fall": "the fall was least in {name}, which {change}",
    "provinces_largest_fall": "the fall was largest in {name}, which {change}",
    "comma": ", ",
    "semicolon": "; ",
    "stop": ".",
    "list": ", ",
    "last": " and ",
}

PHRASES: Final[Mapping[Lang, Mapping[str, str]]] = MappingProxyType(
    {"zh": MappingProxyType(_ZH), "en": MappingProxyType(_EN)}
)

_NUMERALS: Final[Mapping[Lang, Sequence[str]]] = {
    "zh": ("零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"),
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}


def number_word(number: int, lang: Lang) -> str:
    """A number of things up to ten as a word, else its digits."""
    words = _NUMERALS[lang]
    return words[number] if 0 <= number < len(words) else str(number)


def section_mark(number: int, lang: Lang) -> str:
    """The number of a section as its title has it: 二, ``2``."""
    word = number_word(number, lang) if lang == "zh" else str(number)
    # 两 counts things, 二 stands in a row
    return "二" if word == "两" else word


def join_names(names: Sequence[str], lang: Lang) -> str:
    """Names as a list of the language: 北京、天津, ``Beijing, Tianjin and Hebei``."""
    phrases = PHRASES[lang]
    head = phrases["list"].join(names[:-1])
    return f"{head}{phrases['last']}{names[-1]}" if head else "".join(names)
