"""The claims to a place in a ranking that a text makes. Domain: no I/O."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cci_cli.proofreading.scenes import Scene
from cci_cli.proofreading.values import Quantity
from cci_cli.proofreading.wordings import Span

_B: Final = r"(?<![a-z])"
_E: Final = r"(?![a-z])"
_RANKS: Final = {
    "首": 1, "榜首": 1, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
    "两": 2, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "first": 1, "two": 2, "three": 3, "four": 4, "five": 5, "next": 2,
}  # fmt: skip
_ORDINAL: Final = r"second|third|fourth|fifth|sixth|seventh|eighth|next|\d(?:st|nd|rd|th)"
_GROUP_NOUN: Final = (
    r"(?:的)?(?:[一两二三四五六七八]个|个|\d个)?(?:国家)?(?:算力)?"
    r"(?:区域|地区|枢纽|省份|省|板块|子?指数|节点|地方)"
)
_AMONG_WHOM: Final = (
    r"(?:全国)?(?:(?:[七八各\d]个?大?|全部)?(?:国家)?(?:算力)?"
    r"(?:区域|地区|枢纽|省份?)(?:节点)?)?[中的之]?"
)
_NTH: Final = r"第(?P<{}>[一二三四五六七八\d])"
#: What makes a claim, and how it reads: which end, which rank, how many.
_CLAIM: Final = re.compile(
    r"(?P<best>最(?P<zh>[大多高快小少低慢强弱])"
    r"(?!限度|化|程度|统计|单位|可能|公约|优|质量|效|层|终|值))"
    r"|(?P<place>(?:居|位居|位列|排名?|名列|列|占据?|稳居|高居|为|是)"
    + _AMONG_WHOM
    + rf"(?:(?P<back>倒数)?{_NTH.format('nth')}(?:位|名|大)?"
    r"|(?P<head>首位|榜首|之首|首)|(?P<tail>末位|末席|末尾|倒数第一)))"
    rf"|(?P<bare>(?<=[^，,。；;：:\s])\s?(?P<bare_back>倒数)?{_NTH.format('bare_nth')}"
    r"(?=[,，。;；、]|$))"
    rf"|(?P<nth_best>{_NTH.format('rank')}[大高快多]"
    r"(?=的?(?:国家)?(?:算力)?(?:区域|地区|枢纽|省|供算)))"
    r"|(?P<bottom>垫底|居末|之末|倒数第一)|(?P<lead>领跑|(?<![之第])居首|拔得头筹|独占鳌头)"
    r"|(?P<then>次之|其次[是为]|紧随其后)|(?P<after>仅次于)"
    r"|(?P<top>(?:前|top )(?P<many>[一二两三四五六七八\d]|two|three|four|five)(?:位|名|大|强|甲)?"
    r"(?=[,，。;；、 的.区枢省]|$))"
    rf"|(?P<en>{_B}(?:(?P<ordinal>{_ORDINAL})[- ])?(?P<word>largest|biggest|highest|greatest"
    rf"|fastest|quickest|strongest|smallest|lowest|slowest|weakest"
    rf"|(?:most|least) (?:strongly|rapidly|quickly|sharply)|(?:most|least)(?! of| \w+ly)){_E}"
    r"(?! important| notabl| significant| advanc| recent| likely| part))"
    rf"|(?P<en_place>{_B}(?:rank(?:s|ed|ing)?|came|comes?|placed?) "
    rf"(?P<en_nth>first|last|{_ORDINAL}){_E})"
    rf"|(?P<en_lead>{_B}(?:topp?(?:s|ed|ing)|leads?|led){_E}(?! to| by example))"
    rf"|(?P<en_after>{_B}second only to{_E})"
)
_SIZES: Final = frozenset({"大", "小", "largest", "biggest", "smallest"})
_NAMED_SIZE: Final = re.compile(
    r"的?(?:区域|地区|枢纽|省份)| (?:national )?(?:region|hub|province)"
)
_SMALL: Final = frozenset("小少低慢弱") | {"smallest", "lowest", "slowest", "weakest", "least"}
_SPEED: Final = frozenset("快慢") | {"fastest", "quickest", "slowest"}
_AMONG: Final = re.compile(r"[^，,；;。]{0,12}之一|[^，,；;。]{0,6}之列")
_EN_AMONG: Final = re.compile(rf"(?:{_B}one of the|{_B}among the)(?: \w+)?\s?$")
_AT_MOST: Final = re.compile(rf"{_B}(?:at|al)\s?$")
_AFTER: Final = re.compile(
    r"(?:-growing|-expanding| growing)?(?:的|之|[^，,；;。]{0,12}的?(?:是|为|当属|属|来自|：|:)"
    r"| (?:national )?(?:computing |supply )?(?:share|growth|level|region|hub|province|increase"
    r"|index|gain|expansion|rate|area|contribution|contributor|increment|rise|supply|stock|supplier)?s?"
    r"(?: of (?:supply|growth|all|the \w+ regions|national supply))?"
    r"(?:,| –| —|:| was| is| were| are| in| belongs to| went to| came from| recorded by"
    r"| posted by| at)?)"
    rf"\s?(?:{_GROUP_NOUN})?(?:是|为|,)?\s?(?:that of |by |in |of |from )?(?:the )?"
)
_CLAIMED: Final = re.compile(
    rf"(?:-growing|-expanding| growing)?(?:{_GROUP_NOUN}|的(?:是|为|当属|属)"
    r"|[,，。;；、)(:：.]|是|为|达|$|之一|的?\s*$|\s?\("
    r"| (?:national |computing |supply )*(?:region|hub|province|share|growth|level|index|supply"
    r"|increase|gain|rate|stock|contribut|increment|expansion|rise"
    r"|among|in the|of all|of the (?:[a-z]+ )?(?:hubs|regions|provinces)|nationwide|supplier|area))"
)
_GROWTH: Final = re.compile(
    r"增长|增速|涨幅|增幅|上涨|提升|升幅|增加|growth|grow|grew|expan|rise|increase|gain|rate"
)
_INCREMENT: Final = re.compile(
    r"新增|增量|净增|贡献|拉动|increment|contribut|added|addition|new supply"
    r"|of (?:the )?(?:national )?growth"
)
_SIZE: Final = re.compile(
    r"存量|规模|供算|总量|体量|占比|比重|份额|点位|水平|算力|供给"
    r"|supply|share|level|stock|capacity|size|computing|supplier"
)
_SHARE: Final = re.compile(r"占比|比重|份额|share")
_LEVEL: Final = re.compile(r"点位|指数|level|index")
_TOPIC: Final = re.compile(_SIZE.pattern + "|" + _GROWTH.pattern + "|" + _INCREMENT.pattern)
_FALL: Final = re.compile(
    r"下降|降幅|跌幅|下滑|回落|(?<![a-z])(?:fell|fall|declin|decreas|drop|shr[aiu]nk)"
)
_ELSEWHERE: Final = re.compile(r"全球|世界|国际|亚洲|historic|world|global|on record|历史|以来")


@dataclass(frozen=True, slots=True)
class Claim(Span):
    """Areas are said to be the ``rank``-th from one end, or the first of them.

    ``is_low`` says that it is the lower end, ``is_fall`` that they fall. With ``is_among`` the
    areas are said to be among the first: of ``rank``, or of the upper half where ``is_exact``.
    ``quantities`` are what may be compared, none where no word says. ``is_after`` is true of
    仅次于, behind which the one before them stands, ``is_worded`` of adjectives, which may be
    said of anything.
    """

    rank: int
    is_low: bool
    is_fall: bool
    is_among: bool
    is_exact: bool
    is_after: bool
    is_worded: bool
    quantities: tuple[Quantity, ...]


def find_claims(scene: Scene) -> Iterator[Claim]:
    """The claims of a sentence, in order."""
    last: Claim | None = None
    matches = list(_CLAIM.finditer(scene.folded, scene.sentence.start, scene.sentence.end))
    edges = [scene.sentence.start, *(match.end() for match in matches)]
    ceilings = [*(match.start() for match in matches[1:]), scene.sentence.end]
    for match, floor, ceiling in zip(matches, edges, ceilings, strict=False):
        head = scene.folded[max(match.start() - 24, scene.sentence.start) : match.start()]
        is_phrase = match["word"] and _AT_MOST.search(head)
        if not is_phrase and not _ELSEWHERE.search(head + match[0]):
            last = _read(scene, match, Span(floor, ceiling), last)
            yield last


def is_on_indices(text: str) -> bool:
    """Whether a clause has a word of measure."""
    return bool(_TOPIC.search(text))


def is_complete(scene: Scene, claim: Claim) -> bool:
    """Whether an adjective is said of an area: 最大的区域, not 最大的数据中心."""
    return bool(_CLAIMED.match(scene.folded, claim.end, scene.sentence.end))


def find_behind(scene: Scene, claim: Claim) -> int:
    """Where the area may begin that a claim goes before: 最大的是…, the largest region, …."""
    match = _AFTER.match(scene.folded, claim.end, scene.sentence.end)
    return match.end() if match else claim.end


def _read(scene: Scene, match: re.Match[str], between: Span, last: Claim | None) -> Claim:
    folded, start = scene.folded, match.start()
    head = folded[max(start - 24, scene.sentence.start) : start]
    clause = scene.sentence.clause_at(start)
    text = scene.view(clause.start, clause.end)
    is_after = bool(match["after"] or match["en_after"])
    quantities = _find_quantities(scene, match, between, clause)
    is_fall = "growth" in quantities and bool(_FALL.search(text))
    rank, is_low = _find_rank(match), _is_low(match) ^ is_fall
    is_then = bool(match["then"] or match["ordinal"] == "next")
    if is_then and last is not None:
        rank, is_low = last.rank + 1, last.is_low
    if last is not None and (
        (is_then and not _TOPIC.search(text)) or (is_after and not quantities)
    ):
        quantities = last.quantities
    is_among = bool(_AMONG.match(folded, match.end()) or _EN_AMONG.search(head) or match["top"])
    return Claim(
        start,
        match.end(),
        rank=rank,
        is_low=is_low,
        is_fall=is_fall,
        is_among=is_among,
        is_exact=not match["top"],
        is_after=is_after,
        is_worded=bool(match["zh"] or match["word"]),
        quantities=quantities,
    )


def _is_low(match: re.Match[str]) -> bool:
    is_last = match["tail"] or match["bottom"] or match["back"] or match["bare_back"]
    word = match["zh"] or match["word"] or ""
    return bool(is_last) or word.split(" ")[0] in _SMALL or match["en_nth"] == "last"


def _find_rank(match: re.Match[str]) -> int:
    for name in ("nth", "bare_nth", "rank", "ordinal", "en_nth", "many"):
        word = match[name]
        if word:
            digits = re.sub(r"\D", "", word)
            return _RANKS.get(word) or int(digits or 1) or 1
    return 2 if match["then"] or match["after"] or match["en_after"] else 1


def _find_quantities(
    scene: Scene, match: re.Match[str], between: Span, clause: Span
) -> tuple[Quantity, ...]:
    """What is compared: by the word itself, the words beside it, or those of clauses before."""
    word = match["zh"] or match["word"] or ""
    if word in _SPEED or word.endswith("ly"):
        return ("growth",)
    if match["zh"] in _SIZES or match["word"] in _SIZES:
        head = scene.view(max(clause.start, match.start() - 12), match.start())
        if _NAMED_SIZE.match(scene.folded, match.end()) and not _TOPIC.search(head):
            return ("share",)
    text = scene.view(clause.start, clause.end)
    near = scene.view(max(between.start, clause.start), min(between.end, clause.end))
    found = _quantities_of(near) or _quantities_of(text)
    if found == ("growth",) and not re.search(r"增", near):
        # 占比提升…，升幅最大: the rise of what was spoken of
        earlier = scene.view(scene.sentence.start, clause.start)
        if _quantities_of(earlier.rpartition("；")[2]) == ("share_change",):
            return ("share_change", "growth")
    if found:
        return found
    for before in reversed([c for c in scene.sentence.clauses if c.end <= clause.start]):
        found = _quantities_of(scene.view(before.start, before.end))
        if found:
            return found
    return ()


def _quantities_of(text: str) -> tuple[Quantity, ...]:
    if _INCREMENT.search(text):
        return ("increment_share",)
    if _GROWTH.search(text):
        return ("share_change",) if _SHARE.search(text) else ("growth",)
    if _SHARE.search(text):
        return ("share",)
    if _LEVEL.search(text) and not re.search(r"供算量(?!指数)|规模|存量|supply (?!index)", text):
        return ("level",)
    return ("share",) if _SIZE.search(text) else ()
