"""Rows that break no rule for certain: what is not looked at again has nothing to find."""

import re
from datetime import date

import polars as pl
import pytest
from conftest import examples
from hypothesis import given
from hypothesis import strategies as st

from cci_cli.columns import COLUMNS
from cci_cli.rules import CLEAN_TEXT, IS_DOUBTFUL, NodeRules
from cci_cli.schemas import build_nodes_schema, find_late_starts, find_value_problems

PROVINCES, MODELS = ("东", "西"), ("M", "half")
AS_OF = date(2024, 12, 31)

# separated by bars
WORDS = (
    'n1|0700|1E5|1E+05|12.5E-10|NODE-01|X-E-05|#####|#N/A|#1|="7"|=|=A1|-1| n1|n1 |n 1|中心|'
    "（一期）|\ufffd|a\ufffdb|\u200b|\u3000x|\t"
)
NUMBERS = (
    "0|7|10|007|00|+5|-3|-0| 5|5 |1.0|1e3|１２|1,234|x|.|/1|:1|0x1|1_0|"
    "9223372036854775807|9223372036854775808|99999999999999999999"
)
DATES = (
    "2024-12-31|2025-01-01|1990-01-01|1989-12-31|2199-12-31|2200-01-01|2023-02-29|2024-2-9|"
    "2024/02/09|9999-99-99|2024-12-31 |x"
)


def one_of(values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(values.split("|"))


VALUES = {
    "node_id": one_of(WORDS),
    "node_name": one_of(WORDS),
    "province": one_of("东|西|东 |南|M"),
    "model": one_of("M|half|m|HALF|东"),
    "cards": one_of(NUMBERS),
    "status": one_of("in_service|retired|suspended|under_construction|In_service|in_service |x"),
    "in_service_since": one_of(DATES),
}
ROW = st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()})


def look(row: dict[str, str | None], rules: NodeRules, *, is_plain: bool) -> tuple[bool, bool]:
    """Whether a row is in doubt, and whether it breaks a rule."""
    frame = pl.DataFrame([row], dict.fromkeys(row, pl.String), orient="row")
    doubts = rules.find_doubts(row, is_plain=is_plain)
    is_doubtful = frame.lazy().with_columns(doubts).collect().get_column(IS_DOUBTFUL).item()
    lines = frame.with_columns(line=pl.lit(2, pl.Int64))
    found = find_value_problems(lines, build_nodes_schema(rules)).height
    if rules.as_of is not None:
        found += find_late_starts(lines, rules.as_of).height
    return is_doubtful, bool(found)


@examples(100)
@given(
    row=ROW,
    as_of=st.none() | st.just(AS_OF),
    is_raw=st.booleans(),
    left_out=st.sets(st.sampled_from(["node_name", "status", "in_service_since"])),
)
def test_a_row_that_breaks_a_rule_is_in_doubt(row, as_of, is_raw, left_out):
    rules = NodeRules(PROVINCES, MODELS, as_of, is_raw=is_raw)
    row = {name: value for name, value in row.items() if name not in left_out}
    names = (row["node_id"], row.get("node_name"))
    is_plain = not re.search("[^ -~\u4e00-\u9fff]", "".join(filter(None, names)))
    is_doubtful, is_wrong = look(row, rules, is_plain=is_plain)
    assert is_doubtful or not is_wrong
    is_doubtful, is_wrong = look(row, rules, is_plain=False)
    assert is_doubtful or not is_wrong


@pytest.mark.parametrize("is_plain", [True, False])
@pytest.mark.parametrize("name", [None, "中心 (一期)", "a b", "E-05", "N-1E05"])
@pytest.mark.parametrize("cards", ["0", "1", "10", "9223372036854775807"])
def test_a_row_as_it_should_be_is_not_in_doubt(name, cards, is_plain):
    row = dict(zip(COLUMNS, ["0700", name, "东", "M", cards, "retired", "2024-12-31"], strict=True))
    rules = NodeRules(PROVINCES, MODELS, AS_OF, is_raw=True)
    assert look(row, rules, is_plain=is_plain) == (False, False)


def test_every_character_taken_for_plain_is_clean():
    """So that of a file with no others only space at the ends of its names is looked for."""
    plain = [chr(code) for code in (*range(0x21, 0x7F), *range(0x4000, 0xA000))]
    assert pl.Series(plain).str.contains(CLEAN_TEXT).all()
