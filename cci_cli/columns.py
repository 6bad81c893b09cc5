"""What the columns of a snapshot and the words in them are called. Domain: no I/O."""

from collections.abc import Mapping, Sequence
from typing import Final

from cci_cli.definitions import fold_name

NODE_ID: Final = "node_id"
NODE_NAME: Final = "node_name"
PROVINCE: Final = "province"
MODEL: Final = "model"
CARDS: Final = "cards"
STATUS: Final = "status"
IN_SERVICE_SINCE: Final = "in_service_since"

#: Physical line of a row in its file, 1 the header's; carried beside the columns of the file.
LINE: Final = "line"

KEY: Final = (NODE_ID, MODEL)
COLUMNS: Final = (NODE_ID, NODE_NAME, PROVINCE, MODEL, CARDS, STATUS, IN_SERVICE_SINCE)
#: The columns as a raw file may name them beside that.
CHINESE_COLUMNS: Final = ("节点编号", "节点名称", "省份", "型号", "卡数", "状态", "投运日期")
#: What a column is called in Chinese.
CHINESE_NAMES: Final[Mapping[str, str]] = dict(zip(COLUMNS, CHINESE_COLUMNS, strict=True))
#: Column by folded spelling of its name in a raw file.
COLUMN_SPELLINGS: Final[Mapping[str, str]] = {
    fold_name(spelling): column
    for column, *spellings in zip(COLUMNS, COLUMNS, CHINESE_COLUMNS, strict=True)
    for spelling in spellings
}
#: May be absent: then empty, all in service, not known.
OPTIONAL_COLUMNS: Final = (NODE_NAME, STATUS, IN_SERVICE_SINCE)

IN_SERVICE: Final = "in_service"
STATUSES: Final = (IN_SERVICE, "under_construction", "suspended", "retired")
#: The statuses as a survey calls them, in the order of ``STATUSES``.
CHINESE_STATUSES: Final = ("在运", "在建", "暂停", "退役")


def name_both(names: Sequence[str], chinese: Sequence[str]) -> str:
    """Names with the Chinese ones behind them, as ``node_id (节点编号), …``."""
    return ", ".join(f"{name} ({other})" for name, other in zip(names, chinese, strict=True))
