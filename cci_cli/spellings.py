"""What the words of a file stand for: provinces, models, statuses. Domain: no I/O."""

import re
import unicodedata
from typing import Final

from cci_cli.columns import CHINESE_STATUSES, IN_SERVICE, MODEL, PROVINCE, STATUS, STATUSES
from cci_cli.definitions import (
    Config,
    did_you_mean,
    find_similar_name,
    fold_name,
    fold_spelling,
)

#: Different values that are looked up for a did-you-mean.
MAX_HINTS: Final = 200

# words beyond doubt
_STATUS_WORDS: Final[dict[str, str]] = {
    **dict(zip(CHINESE_STATUSES, STATUSES, strict=True)),
    "运行中": IN_SERVICE,
    "建设中": "under_construction",
    "暂停服务": "suspended",
    "暂停运行": "suspended",
    "已退役": "retired",
}

_STOPPED: Final = "may mean suspended or retired: write 暂停 or 退役"
_BUILT: Final = "says nothing of power: write 在运 or 在建"
_STARTED: Final = "says that it was put into service once: write 在运 if it runs today"
#: Words that surveys have for more than one status, and what to do about them.
_DOUBTFUL_WORDS: Final = {
    **dict.fromkeys(("停运", "已停运", "停用", "已停用"), _STOPPED),
    **dict.fromkeys(("建成", "已建成"), _BUILT),
    **dict.fromkeys(("投运", "已投运"), _STARTED),
}

#: Provinces and regions of China that the sample of the published indices leaves out.
_OUTSIDE_THE_SAMPLE: Final = frozenset(
    fold_name(name)
    for name in (
        *(
            "香港",
            "香港特别行政区",
            "香港特別行政區",
            "香港特区",
            "香港特區",
            "中国香港",
            "中國香港",
        ),
        *("Hong Kong", "Hong Kong SAR", "HK", "HKG", "CN-HK", "810000", "81", "港"),
        *("澳门", "澳門", "澳门特别行政区", "澳門特別行政區", "澳门特区", "澳門特區", "中国澳门"),
        *("中國澳門", "Macao", "Macau", "Macao SAR", "Macau SAR", "CN-MO", "820000", "82", "澳"),
        *("台湾", "台灣", "臺灣", "台湾省", "台灣省", "臺灣省", "中国台湾", "中國台灣", "中國臺灣"),
        *("Taiwan", "Taiwan Province", "CN-TW", "710000", "71", "台", "臺"),
    )
)

# as a spreadsheet or a sentence would part the words of a status
_GAP: Final = re.compile(r"[ \-\u2010-\u2015\u2212]")


def find_status(text: str) -> str | None:
    """The status that ``text``, without space around it, means; null where it is none."""
    folded = fold_spelling(text)
    if folded is None:
        return None
    if folded in _STATUS_WORDS:
        return _STATUS_WORDS[folded]
    status = _GAP.sub("_", unicodedata.normalize("NFKC", text).casefold())
    return status if status in STATUSES else None


def is_outside_the_sample(text: str) -> bool:
    """Whether ``text`` names a place in China that the published indices leave out."""
    return fold_spelling(text) in _OUTSIDE_THE_SAMPLE


class KnownNames:
    """Did-you-mean for provinces, models and statuses; remembers the provinces suggested."""

    def __init__(self, config: Config) -> None:
        self._spellings = {
            PROVINCE: config.province_spellings,
            MODEL: config.model_spellings,
            # no Chinese words: 停运 comes close to one, and does not mean it
            STATUS: {fold_name(status): status for status in STATUSES},
        }
        self._hints: dict[tuple[str, str], str | None] = {}
        self.suggested_provinces: set[str] = set()

    def hint(self, column: str, value: str | None) -> str | None:
        """What ``value`` probably stands for; null where nothing comes close.

        Only so many different values are looked up: a search for what is close takes time.
        """
        spellings = self._spellings.get(column)
        if spellings is None or value is None:
            return None
        if column == STATUS and (doubt := _DOUBTFUL_WORDS.get(fold_name(value))):
            return f"{value.strip()} {doubt}"
        key = (column, value)
        if key not in self._hints and len(self._hints) < MAX_HINTS:
            similar = find_similar_name(value, spellings)
            self._hints[key] = None if similar is None else did_you_mean(similar)
            if column == PROVINCE and similar is not None:
                self.suggested_provinces.add(similar)
        return self._hints.get(key)
