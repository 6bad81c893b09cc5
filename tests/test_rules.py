"""Rows that break no rule for certain: what is not looked at again has nothing to find."""

import re
from datetime import date

import polars as pl
import pytest
from conftest import examples
from hypothesis import given
from hypothesis import strategies as st

from cci_cli.columns import COLUMNS
from cci_cli.rules import CLEAN_TEXT, IS_DOUBTFUL, NodeRules, to_canonical
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


TEXTS = {
    "node_id": WORDS.split("|"),
    "node_name": WORDS.split("|"),
    "province": ["东", "西", "东 ", "南", "M"],
    "model": ["M", "half", "m", "HALF", "东"],
    "cards": NUMBERS.split("|"),
    "status": [
        "in_service",
        "retired",
        "suspended",
        "under_construction",
        "In_service",
        "in_service ",
        "x",
    ],
    "in_service_since": DATES.split("|"),
}
ROW = st.fixed_dictionaries(
    {name: st.none() | st.sampled_from(texts) for name, texts in TEXTS.items()}
)
SOUND = dict(zip(COLUMNS, ["n1", "中心", "东", "M", "7", "in_service", "2024-12-31"], strict=True))

Row = dict[str, str | None]


def look(rows: list[Row], rules: NodeRules, *, is_plain: bool) -> tuple[set[int], set[int]]:
    """Which of some rows are in doubt, and which break a rule, by their numbers."""
    frame = pl.DataFrame(rows, dict.fromkeys(rows[0], pl.String), orient="row")
    doubts = rules.find_doubts(rows[0], is_plain=is_plain)
    is_doubtful = frame.lazy().with_columns(doubts).collect().get_column(IS_DOUBTFUL)
    lines = frame.with_columns(line=pl.int_range(len(rows), dtype=pl.Int64))
    wrong = set(find_value_problems(lines, build_nodes_schema(rules)).get_column("line"))
    if rules.as_of is not None:
        wrong |= set(find_late_starts(lines, rules.as_of).get_column("line"))
    return set(is_doubtful.arg_true()), wrong


def is_plain_row(row: Row) -> bool:
    names = filter(None, (row["node_id"], row.get("node_name")))
    return not re.search("[^ -~\u4e00-\u9fff]", "".join(names))


@pytest.mark.parametrize("as_of", [None, AS_OF], ids=["some day", "its day"])
@pytest.mark.parametrize("is_raw", [True, False], ids=["raw", "stored"])
@pytest.mark.parametrize("is_plain", [True, False], ids=["plain", "any character"])
def test_a_row_with_one_value_that_breaks_a_rule_is_in_doubt(is_plain, is_raw, as_of):
    """Nothing else about the row could have raised the doubt."""
    rows: list[Row] = [SOUND | {name: text} for name in TEXTS for text in (None, *TEXTS[name])]
    rows = [row for row in rows if is_plain_row(row) or not is_plain]
    rules = NodeRules(PROVINCES, MODELS, as_of, is_raw=is_raw)
    doubtful, wrong = look(rows, rules, is_plain=is_plain)
    assert len(wrong) > 30
    assert [rows[number] for number in sorted(wrong - doubtful)] == []


@examples(20)
@given(
    rows=st.lists(ROW, min_size=1, max_size=30),
    as_of=st.none() | st.just(AS_OF),
    is_raw=st.booleans(),
    left_out=st.sets(st.sampled_from(["node_name", "status", "in_service_since"])),
)
def test_a_row_that_breaks_any_rules_is_in_doubt(rows, as_of, is_raw, left_out):
    rules = NodeRules(PROVINCES, MODELS, as_of, is_raw=is_raw)
    rows = [{name: row[name] for name in row if name not in left_out} for row in rows]
    doubtful, wrong = look(rows, rules, is_plain=False)
    assert wrong <= doubtful
    if plain := [row for row in rows if is_plain_row(row)]:
        doubtful, wrong = look(plain, rules, is_plain=True)
        assert wrong <= doubtful


@pytest.mark.parametrize("is_plain", [True, False])
@pytest.mark.parametrize("name", [None, "中心 (一期)", "a b", "E-05", "N-1E05"])
@pytest.mark.parametrize("cards", ["0", "1", "10", "9223372036854775807"])
def test_a_row_as_it_should_be_is_not_in_doubt(name, cards, is_plain):
    row = dict(zip(COLUMNS, ["0700", name, "东", "M", cards, "retired", "2024-12-31"], strict=True))
    rules = NodeRules(PROVINCES, MODELS, AS_OF, is_raw=True)
    assert look([row], rules, is_plain=is_plain) == (set(), set())


def test_every_character_taken_for_plain_is_clean():
    """So that of a file with no others only space at the ends of its names is looked for."""
    plain = [chr(code) for code in (*range(0x21, 0x7F), *range(0x4000, 0xA000))]
    assert pl.Series(plain).str.contains(CLEAN_TEXT).all()


@pytest.mark.parametrize(
    ("column", "text", "raw", "stored"),
    [
        ("node_id", "n 1", None, None),
        ("node_id", " n1", "E321", "E321"),
        ("node_id", "n\u200b1", "E321", "E321"),
        ("node_name", "1E+05", "E335", None),
        ("node_id", "#N/A", "E335", None),
        ("node_name", "a\ufffdb", "E344", None),
        ("province", "南", "E322", "E322"),
        ("model", "HALF", "E323", "E323"),
        ("cards", "0", None, None),
        ("cards", "9223372036854775807", None, None),
        ("cards", "9223372036854775808", "E324", "E324"),
        ("cards", "007", "E324", "E324"),
        ("status", "x", "E325", "E325"),
        ("in_service_since", "2024-02-29", None, None),
        ("in_service_since", "2023-02-29", "E326", "E326"),
        ("in_service_since", "2024-2-9", "E326", "E326"),
    ],
)
def test_each_rule_has_its_code(column, text, raw, stored):
    row = pl.DataFrame([SOUND | {column: text, "line": 2}])
    for is_raw, code in ((True, raw), (False, stored)):
        schema = build_nodes_schema(NodeRules(PROVINCES, MODELS, AS_OF, is_raw=is_raw))
        found = find_value_problems(row, schema).select("code", "column").rows()
        assert found == ([] if code is None else [(code, column)])


def test_what_a_file_leaves_out_has_its_type_all_the_same():
    rows = pl.LazyFrame({name: [SOUND[name]] for name in ("node_id", "province", "model", "cards")})
    frame = to_canonical(rows, rows.collect_schema().names()).collect()
    assert frame.rows() == [("n1", None, "东", "M", 7, "in_service", None)]
    assert frame.schema == {
        "node_id": pl.String,
        "node_name": pl.String,
        "province": pl.String,
        "model": pl.String,
        "cards": pl.Int64,
        "status": pl.String,
        "in_service_since": pl.Date,
    }
