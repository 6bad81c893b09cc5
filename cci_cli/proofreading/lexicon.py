"""The words of a bulletin in Chinese and English, as patterns. Imports nothing of the package.

All patterns are for folded text, see ``wordings.fold_text``: Latin letters small, digits and
signs of normal width. None of them repeats a repetition, so that no text takes long.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

Unit = Literal[
    "percent",
    "pp",
    "points",
    "cards",
    "card_hours",
    "eflops",
    "pflops",
    "times",
    "hours",
    "tflops",
    "places",
    "provinces",
    "regions",
    "hubs",
    "indices",
    "other",
    "none",
]
Bound = Literal["exact", "about", "near", "over", "under", "at_least", "at_most", "and_more"]
WordClass = Literal[
    "increment",
    "share",
    "provide",
    "pull",
    "rate",
    "rise",
    "fall",
    "change",
    "level",
    "supply",
    "target",
    "gap",
]

#: A Latin word begins, or ends, here.
_B: Final = r"(?<![a-z0-9])"
_E: Final = r"(?![a-z])"

#: What multiplies the number before it.
SCALES: Final[Mapping[str, int]] = {
    "万亿": 10**12,
    "千万": 10**7,
    "百万": 10**6,
    "亿": 10**8,
    "万": 10**4,
    "trillion": 10**12,
    "billion": 10**9,
    "million": 10**6,
    "thousand": 10**3,
    "bn": 10**9,
}
_SCALE: Final = "|".join(SCALES)

#: The unit behind a number, the longer spelling before the shorter.
_UNITS: Final[Mapping[Unit, str]] = {
    "pp": rf"个?百分点|个pct{_E}|percentage[ -]points?|ppts?{_E}|pps?{_E}|pct\.? ?pts?{_E}",
    "percent": rf"%|percent{_E}|per cent{_E}|pct{_E}",
    "eflops": rf"eflops?(?:/s)?{_E}|exaflops?{_E}",
    "pflops": rf"pflops?(?:/s)?{_E}|petaflops?{_E}",
    "tflops": rf"tflops?(?:/s)?{_E}|teraflops?{_E}",
    "card_hours": (
        rf"(?:标准)?卡时|(?:标准)?卡[·.]时|(?:标准)?卡小时|gpu小?时"
        rf"|(?:standard[ -])?(?:gpu[ -]|card[ -])+hours?{_E}"
    ),
    "cards": rf"张|标准卡|卡(?!时|·)|(?:standard[ -]|gpu )?cards?{_E}",
    "points": rf"个?点(?!击|对|名|燃)|(?:index )?points?{_E}|pts?{_E}",
    "times": rf"倍|times{_E}|[x×](?![a-z0-9 ])|-?fold{_E}",
    "hours": rf"个?小时|hours?{_E}",
    "places": rf"位小数|位(?=[,，。;；])|decimals?{_E}|decimal places{_E}",
    "provinces": (
        rf"个?省级|个?(?:相关|枢纽)?省[份市区、]|个?省(?=[的共在占合,，。;；、 ])"
        rf"|(?:hub |other |non-hub )?(?:provinces?|provincial){_E}"
    ),
    "hubs": (
        rf"[个大](?:国家)?(?:级)?(?:算力)?枢纽(?!(?:节点)?子?指数)"
        rf"|(?:national )?(?:computing )?(?:power )?hubs?{_E}"
    ),
    "regions": rf"[个大](?:地理)?(?:区域|地区|大区)(?!指数|子)|(?:geographic(?:al)? )?regions?{_E}",
    "indices": (
        rf"[个只条项大](?:区域|枢纽节点|枢纽|地区|总)?(?:子|分项|细分)?指数"
        rf"|(?:regional |hub |sub-?)?ind(?:ices|exes){_E}"
    ),
}
UNIT: Final = re.compile(
    rf"(?P<scale>\s?(?:{_SCALE}){_E})?(?P<more>[余多])?\s*\(?(?:"
    + "|".join(f"(?P<{unit}>{pattern})" for unit, pattern in _UNITS.items())
    + ")"
)
SCALE: Final = re.compile(rf"\s?(?P<scale>{_SCALE}){_E}(?P<more>[余多])?")

#: What a number is said to be, by the words before it.
_BOUNDS_BEFORE: Final[Mapping[Bound, str]] = {
    "at_least": rf"至少|不低于|不少于|不小于|≥|{_B}at least|{_B}no less than|{_B}not less than",
    "at_most": rf"至多|不超过|不高于|≤|{_B}at most|{_B}no more than|{_B}not more than",
    "under": (
        rf"不足|不到|低于|小于|少于|<|{_B}less than|{_B}under|{_B}below|{_B}fewer than"
        rf"|{_B}lower than|{_B}short of"
    ),
    "near": (
        rf"(?<![最附])近|将近|接近|逼近|{_B}nearly|{_B}almost|{_B}close to|{_B}just under"
        rf"|{_B}just below|{_B}just short of"
    ),
    "over": (
        rf"超过|超出|(?<!赶)超|逾|突破|高于|大于|多于|>|{_B}over|{_B}more than|{_B}above"
        rf"|{_B}exceed(?:s|ed|ing)?|{_B}higher than|{_B}greater than|{_B}upwards of"
        rf"|{_B}in excess of"
    ),
    "about": (
        rf"约|大约|大致|大概|~|≈|{_B}about|{_B}around|{_B}approximately|{_B}roughly|{_B}some"
        rf"|{_B}circa|{_B}an estimated"
    ),
}
BOUND_BEFORE: Final = re.compile(
    "(?:"
    + "|".join(f"(?P<{bound}>{pattern})" for bound, pattern in _BOUNDS_BEFORE.items())
    + r")\s?(?:为|达|了|到|the )?\s?$"
)
_BOUNDS_AFTER: Final[Mapping[Bound, str]] = {
    "about": rf"左右|上下|or so{_E}",
    "at_least": rf"及?以上|or (?:more|above|higher){_E}",
    "at_most": rf"及?以下|or (?:less|below|lower){_E}",
    "and_more": "[多余强]",
}
BOUND_AFTER: Final = re.compile(
    r"\s?(?:" + "|".join(f"(?P<{bound}>{p})" for bound, p in _BOUNDS_AFTER.items()) + ")"
)

#: What is measured, by the words beside a figure; at one place the first class counts.
_WORDS: Final[Mapping[WordClass, str]] = {
    "target": rf"目标|政策要求|{_B}targets?{_E}",
    "gap": (
        rf"差距|相差|高出|[高低快慢](?=\s?[约近]?\s?(?:\d|$))|{_B}outpac\w{{1,3}}|{_B}exceed\w{{0,3}}"
        rf"|{_B}lagg?\w{{0,3}}|{_B}trail\w{{0,3}}"
        rf"|高于|低于|快于|慢于|领先|落后|超出|{_B}higher than|{_B}lower than"
        rf"|{_B}above{_E}|{_B}below{_E}|{_B}faster than|{_B}slower than|{_B}ahead of|{_B}behind{_E}"
    ),
    "increment": (
        rf"新增|增量|净增|贡献率|{_B}increments?{_E}|{_B}new(?:ly)?(?: added)? (?:\w+ ){{0,2}}"
        rf"(?:supply|capacity){_E}|{_B}additional{_E}|{_B}additions?{_E}|{_B}added{_E}"
        rf"|{_B}of (?:the |this |that |all |net |total |national |overall |china's "
        rf"|country's ){{0,3}}"
        rf"(?:growth|increase|rise|gain|expansion){_E}"
    ),
    "share": (
        rf"占比|比重|份额|占(?![地用优])|{_B}shares?{_E}|{_B}account(?:s|ed|ing)? for"
        rf"|{_B}represent(?:s|ed|ing)?{_E}|{_B}ma[dk]es?(?: it)? up|{_B}proportions?{_E}"
    ),
    "pull": rf"拉动|{_B}percentage[- ]point contributions?{_E}",
    "provide": (
        rf"贡献|提供|承载|拥有|{_B}contribut\w{{1,5}}|{_B}provid\w{{1,4}}|{_B}supplied{_E}"
        rf"|{_B}supplying{_E}|{_B}deliver\w{{0,3}}|{_B}hosts?{_E}|{_B}holds?{_E}|{_B}held{_E}"
    ),
    "rate": rf"增速|涨幅|增幅|增长率|{_B}growth(?: rates?)?{_E}|{_B}rate of growth",
    "fall": (
        rf"负增长|下降|减少|下滑|回落|降低|缩减|萎缩|下跌|收缩|走低|下拉|拉低|拖累|[降跌](?!临|落)"
        rf"|{_B}f[ae]ll(?:s|en|ing)?{_E}|{_B}declin\w{{1,3}}|{_B}decreas\w{{1,3}}|{_B}down{_E}"
        rf"|{_B}drop\w{{0,4}}|{_B}shr[iau]nk\w{{0,3}}|{_B}slipp?\w{{0,3}}|{_B}contracted"
        rf"|{_B}lost{_E}|{_B}loses?{_E}|{_B}(?:took|takes?|taken|taking) away|{_B}removed{_E}"
    ),
    "rise": (
        rf"增长|上升|上涨|提升|提高|增加|扩大|攀升|走高|[升涨]|增(?=[\d约近超逾至到了 ])"
        rf"|{_B}gr[eo]w\w{{0,3}}|{_B}r[io]s(?:e|es|en|ing){_E}|{_B}increas\w{{1,3}}|{_B}up{_E}"
        rf"|{_B}gain\w{{0,3}}|{_B}expan\w{{1,4}}|{_B}climb\w{{0,3}}|{_B}advanc\w{{1,3}}"
        rf"|{_B}jump\w{{0,3}}|{_B}surg\w{{1,3}}|{_B}adds?{_E}"
    ),
    "change": rf"变动|变化|变为|{_B}chang\w{{1,3}}|{_B}went{_E}|{_B}moved{_E}",
    "level": rf"点位|基点|指数|{_B}levels?{_E}|{_B}index{_E}|{_B}st(?:ands|ood) at",
    "supply": (
        rf"供算量|供算|供给|供应|算力|存量|规模|{_B}supply{_E}|{_B}capacity{_E}|{_B}stock{_E}"
        rf"|{_B}computing power{_E}"
    ),
}
WORDS: Final = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _WORDS.items()))

#: Behind a verb of change: the figure is where it led to.
REACHED: Final = re.compile(r"\s?(?:至|到|为|成|达|(?:\w+ )?to (?:a |an )?(?:\w+ )?(?:of )?)")
#: Before a figure: where a change started.
STARTED: Final = re.compile(rf"(?:由|从|自|{_B}from)[^，,；;。\d]{{0,24}}$")
#: A figure right behind this is where a change started that has been spoken of.
FROM: Final = re.compile(rf"{_B}from (?:the )?(?:about |some )?$")
#: 比上一期的: the same, with a day between.
SINCE_BEFORE: Final = re.compile(
    rf"(?:较|比|相比|{_B}than|{_B}against|{_B}compared (?:with|to))[^，,；;。]{{0,14}}的?\s?$"
)
#: Behind such a figure: the change goes on from it.
GOES_ON: Final = re.compile(
    r"\s?(?:的?(?:基础上)?)?\s?(?:进一步|小幅|大幅|微|稳步)?(?:[升降增提上下回扩缩攀跌涨变]|至|到|to\b)"
)

#: One figure for several areas together, or each area its own.
TOGETHER: Final = re.compile(
    rf"合计|共计|总计|合共|加起来|之和|总和|合占|共占|共同|{_B}together|{_B}combined|{_B}in total"
    rf"|{_B}jointly|{_B}between them"
)
EACH: Final = re.compile(
    rf"均|都(?!市)|各自|各(?=占|折合|为|达|有|增)|{_B}each{_E}|{_B}both{_E}|{_B}all{_E}|{_B}apiece{_E}|{_B}every{_E}"
)

#: Between the areas, and between the figures, of one list.
LIST_GAP: Final = re.compile(
    r"\s*(?:\([^()]{0,80}\))?\s*(?:、|和|与|及|以及|&|/|,? and |,? as well as |、?\s?和)\s*"
    r"(?:for |in |the )?\s*"
)
COMMA_GAP: Final = re.compile(r"\s*(?:\([^()]{0,80}\))?, (?:the )?")
#: Between a figure and the one that a change led to.
LED_GAP: Final = re.compile(
    r"\s?(?:的?基础上|进一步|小幅|大幅|[升降增提上下回扩缩攀跌涨变高低长加少落滑大微])*(?:到|至|为|to)\s?"
)
FIGURE_GAP: Final = re.compile(
    r"\s*(?:、|,|，|和|与|及|以及|/|,? and|、?\s?和)\s*(?:约为?|近|about |nearly |的)?\s*"
)
RANGE_GAP: Final = re.compile(r"\s?(?:-|–|—|~|至|到|to|and)\s?")
RANGE_BEFORE: Final = re.compile(rf"(?:介于|处于|位于|在|{_B}between|{_B}range[sd]? from)\s?$")

#: An area behind these is what another one is held against, not what is spoken of.
AGAINST: Final = re.compile(
    rf"(?:占|占到|占据|贡献|贡献了|提供|提供了|高于|低于|快于|慢于|高出|超过|超出|大于|小于|领先于?"
    rf"|落后于?|仅次于|次于|比|较|与|和|同|跟|对|拉动|带动|优于|多于|少于|不及|相当于|约占|是|为"
    rf"|{_B}than|{_B}behind|{_B}above|{_B}below|{_B}against|{_B}after|{_B}ahead of|{_B}exceeding"
    rf"|{_B}compared (?:with|to)|{_B}relative to|{_B}of|{_B}to|{_B}outpac\w+|{_B}over"
    rf"|{_B}surpass\w*|{_B}follow\w* by|{_B}following|{_B}matching|{_B}with|{_B}as)\s?(?:the )?$"
)
#: Of those, the ones that are so only before the nation.
AGAINST_NATION: Final = re.compile(
    rf"(?:占|占到|占据|贡献|贡献了|提供|提供了|对|拉动|带动|约占|与|和|是|为|同"
    rf"|{_B}of|{_B}to|{_B}with|{_B}as|{_B}over)\s?(?:the )?$"
)
#: Behind an area that is compared with.
COMPARED: Final = re.compile(r"[^，,；;。]{0,8}(?:相比|持平|一致|相当)")
#: Between a figure and the area behind it that it is of.
BELONGS: Final = re.compile(
    r"\s?(?:的(?:新增)?供算量)?\s?(?:来自于?|源自于?|源于|出自|由|集中在|集中于|分布在|位于)\s?"
    r"|\s?(?:of [a-z' ]{0,40})?(?:came |comes |coming |is |was |were |stems |stemmed |located )?"
    r"(?:from|in|for|by) (?:the )?(?:provinces of )?(?:the )?(?:eight )?"
)

#: Between an area and the figure that is its own.
OWN_PART: Final = re.compile(r"的\s?(?:约|近)?|'s ")
#: An earlier or a later day, by words.
PREVIOUS: Final = re.compile(
    rf"上一?期|前一?期|上年末|上年底|去年末|去年底|年初|期初|半年前|上一个半年"
    rf"|{_B}previous(?:ly)?|{_B}prior|{_B}a half-year earlier|{_B}six months earlier"
    rf"|{_B}half a year earlier|{_B}a year-end earlier"
    rf"|{_B}(?:period|half-year|half year|six months) before{_E}"
)
BASE: Final = re.compile(rf"基期|基点|基准|{_B}base(?: period| level| date)?{_E}")
SINCE: Final = re.compile(
    rf"(?:较|比|相比|相较于?|对比|与|和|同|由|从|自|以|{_B}from|{_B}since|{_B}against|{_B}than"
    rf"|{_B}compared (?:with|to)|{_B}over|{_B}on|{_B}versus|{_B}relative to)"
    rf"\s?(?:the |end of |end-|end |its )*$"
)
#: Since the base level of 31 December.
SINCE_LEVEL: Final = re.compile(
    rf"{_B}(?:since|from|than|against|compared (?:with|to)|relative to|over|above) (?:the |its "
    r"|that |their )?(?:base |previous |earlier |overall )?(?:levels?|period|index|value|points?)"
    r" (?:of|on|at|as of) (?:the )?$"
)
AS_OF: Final = re.compile(
    rf"(?:截至|截止|截止到|截至到|{_B}as of|{_B}as at|{_B}by|{_B}at|{_B}on)\s?$"
)
#: A day beside one of these may be any.
NOT_OF_DATA: Final = re.compile(
    rf"发布|公布|印发|出台|刊发|编制|计划|预计|目标|底前|之前|以前|将|力争|规划|要求|"
    rf"{_B}publish\w*|{_B}releas\w*|{_B}issued?|{_B}dated|{_B}will{_E}|{_B}targets?|{_B}planned"
)
OF_DATA: Final = re.compile(
    rf"截[至止]|较|相比|基期|基准|点位|占比|当期|本期|指数|供算量|{_B}as of|{_B}compared|{_B}level"
    rf"|{_B}share|{_B}supply|{_B}index|{_B}indices|{_B}base"
)

#: What sets off some areas by a property that the data do not know, before and behind a count.
CONDITION_BEFORE: Final = re.compile(rf"其中[^，,；;]{{0,4}}$|有\s?$|{_B}among|{_B}some{_E}")
CONDITION_BEHIND: Final = re.compile(
    rf"高于|低于|超过|快于|慢于|下降|跑赢|实现|不足|以上|{_B}above|{_B}below|{_B}faster|{_B}slower"
    rf"|{_B}fell{_E}|{_B}exceed\w*|{_B}outpac\w*|{_B}saw{_E}|{_B}record\w*"
)
