"""The analysis of a bulletin: every sentence is true of the exact values, and of nothing else."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import REPOSITORY
from facts_maker import define, make_facts
from hypothesis import given, settings
from hypothesis import strategies as st

from cci_cli.bulletin.analysis import analyse
from cci_cli.bulletin.inquiry import collect_facts
from cci_cli.config import read_config
from cci_cli.periods import parse_period

law = settings(deadline=None, max_examples=60, derandomize=True, database=None)

#: 甲 and 乙 are regions of their own, 丙 and 丁 the third; 甲 is a hub, and so is 丁.
INDICES = (
    define("N", "national", "甲乙丙丁", "全国"),
    define("A", "region", "甲", "东"),
    define("B", "region", "乙", "西"),
    define("C", "region", "丙丁", "南"),
    define("H", "hub", "甲", "东枢纽"),
    define("G", "hub", "丁", "丁枢纽"),
)


def facts_of(*periods, **options):
    every = [dict(zip("甲乙丙丁", counts, strict=True)) for counts in periods]
    return make_facts(every, INDICES, **options)


def read(facts, lang="zh"):
    """The sentences of each part, its title first."""
    return {part.key: [str(item) for item in part.sentences] for part in analyse(facts, lang)}


@pytest.fixture(scope="module")
def published():
    root = Path(REPOSITORY)
    return collect_facts(root, read_config(root), parse_period("2025H1"))


def test_the_analysis_has_what_was_published(published):
    text = "".join(sentence for part in read(published).values() for sentence in part)

    assert "1088.07点，较2024年12月31日基准点位增长8.81%" in text
    assert "两者合计提供全国57.86%的供算量" in text
    assert "西南、西北地区合计占25.43%" in text
    for claim in ("华北地区供算量最大，占全国29.52%", "华东地区次之，占28.35%", "西北占12.35%"):
        assert claim in text
    assert "华南占7.78%、华中占7.23%、东北占1.70%" in text
    assert "八大枢纽节点相关14个省份提供了全国78.36%的供算量" in text
    assert "当期全国新增供算量中76.11%来自上述省份，高于60%的政策目标" in text


def test_it_does_not_say_what_the_numbers_do_not_bear_out(published):
    """华东 was called the largest; and the hubs' share fell, from 78.56 to 78.36 per cent."""
    parts = read(published)
    text = "".join(sentence for part in parts.values() for sentence in part)

    assert "华东地区供算量最大" not in text
    assert "占比较上期下降0.20个百分点" in text
    assert parts["regions"][0] == "（二）华北供算量居首，东北增长最快"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_digit_in_a_sentence_is_of_a_claim(published, lang):
    dates = re.compile(r"20[0-9]{2}年[0-9]+月[0-9]+日|[0-9]+ (?:June|December) 20[0-9]{2}|FP16")
    for part in analyse(published, lang):
        for number, sentence in enumerate(part.sentences):
            words = "".join(item for item in sentence.parts if isinstance(item, str))
            if not number and lang == "en":
                # the number of the section
                words = words.partition(". ")[2]
            assert not re.search("[0-9]", dates.sub("", words)), words


def test_a_claim_prints_its_exact_value_and_what_a_reader_gets_from_table_2(published):
    """The hubs' share of the increment.

    From the data 76.1057… per cent, printed 76.11. From the printed levels
    195.70 + 263.04 + 75.36 + 48.30 + 80.18 + 85.57 + 48.31 + 56.17 = 852.63 and
    187.67 + 228.11 + 69.33 + 40.25 + 76.53 + 82.66 + 46.62 + 54.44 = 785.61, so
    67.02 / 88.07 = 76.0986… per cent, printed 76.10: a reader cannot recompute it.
    """
    claims = [
        claim for part in analyse(published, "zh") for s in part.sentences for claim in s.claims
    ]
    (increment,) = {claim for claim in claims if claim.name.startswith("枢纽节点.increment_share")}
    (share,) = {claim for claim in claims if claim.name == "枢纽节点.share"}

    assert (increment.printed, increment.from_table) == ("76.11", "76.10")
    assert not increment.is_recomputable
    assert Fraction("76.1057") < increment.exact < Fraction("76.1058")
    assert increment.areas == tuple(f"7000{number:02}.CCI" for number in range(8, 16))
    # 852.63 / 1088.07 = 78.3616… per cent
    assert (share.printed, share.from_table, share.is_recomputable) == ("78.36", "78.36", True)


def test_growth_and_decline_are_worded_by_hand_worked_values():
    """100 standard cards, then 90.

    甲 40 → 30 falls by 25 %, 乙 40 → 44 grows by 10 %, 丙 and 丁 together 20 → 16 fall by 20 %; the
    nation falls by 10 %. Contributions: 乙 4, 丙丁 −4, 甲 −10 points of 100. Shares of 90:
    乙 48.888…, 甲 33.333…, 丙丁 17.777… per cent.
    """
    parts = read(facts_of((40, 40, 10, 10), (30, 44, 8, 8)))

    assert parts["nation"][0] == "（一）全国供算量下降10.00%，一个区域增长、两个区域下降"
    assert parts["nation"][1] == (
        "截至2025年6月30日，全国指数当期点位为900.00点，较2024年12月31日基准点位下降10.00%。"
    )
    assert parts["regions"] == [
        "（二）西供算量居首且增长最快",
        "从区域供算量结构看，西地区供算量最大，占全国48.89%，东地区次之，占33.33%，"
        "两者合计提供全国82.22%的供算量；南占17.78%。",
        "从区域指数变化看，西地区增长最快，较上期增长10.00%；"
        "南、东地区供算量下降，降幅分别为20.00%、25.00%。",
        "各区域对全国增长的贡献由高到低为西4.00个百分点、南-4.00个百分点、东-10.00个百分点，"
        "合计-10.00个百分点。",
    ]


def test_ties_are_told_as_ties():
    """甲 and 乙 have 40 of 100 each and both fall by nothing; neither is the first alone."""
    parts = read(facts_of((40, 40, 10, 10), (40, 40, 12, 8)))

    assert parts["regions"][0] == "（二）东、西供算量并列居首"
    assert parts["regions"][1].startswith(
        "从区域供算量结构看，东、西地区供算量并列最大，各占全国40.00%，"
    )
    assert "东、西、南地区供算量与上期相同" in parts["regions"][2]
    assert parts["nation"][0] == "（一）全国供算量与上期持平"
    # no share of an increment that is nothing
    assert not any("新增" in sentence for sentence in parts["hubs"])


def test_what_starts_from_zero_has_no_growth_and_is_not_the_fastest():
    """丙 and 丁 have nothing at the base: their region is seeded anew, and 乙 grew by 10 %."""
    parts = read(facts_of((40, 40, 0, 0), (40, 44, 10, 0)))

    assert "西地区增长最快，较上期增长10.00%" in parts["regions"][2]
    assert "南地区上期供算量为零，无增速可言" in parts["regions"][2]
    # 10 of 80 is 12.5 points, more than the 5 of 乙
    assert "贡献由高到低为南12.50个百分点、西5.00个百分点" in parts["regions"][3]


def test_at_the_base_nothing_is_said_of_growth():
    parts = read(facts_of((40, 30, 20, 10)))
    text = "".join(sentence for part in parts.values() for sentence in part)

    assert parts["nation"][1] == "截至2024年12月31日，全国指数基准点位为1000.00点。"
    assert not re.search("增长|下降|贡献|上期|新增", text)


@pytest.mark.parametrize(
    ("counts", "target", "said"),
    [
        # the hubs 甲 and 丁 add 6 of 10
        ((44, 40, 14, 12), "60", "60.00%来自上述省份，恰为60%的政策目标"),
        ((44, 40, 14, 12), "60.001", "60.00%来自上述省份，低于60.001%的政策目标"),
        ((44, 40, 14, 12), "59.999", "60.00%来自上述省份，高于59.999%的政策目标"),
    ],
)
def test_the_target_is_held_against_the_exact_share(counts, target, said):
    parts = read(facts_of((40, 40, 10, 10), counts, target=target))

    assert said in parts["hubs"][2]


def test_what_is_about_the_same_as_the_nation_is_within_half_a_point():
    """The nation grows by 10 %; 甲 by 10.5 % exactly is about the same, 乙 by 10.6 % is not."""
    facts = facts_of((1000, 1000, 1000, 1000), (1105, 1106, 1094, 1095))
    growths = read(facts)["regions"][2]

    assert facts.nation.growth == Fraction(1, 10)
    assert "西地区增长最快，较上期增长10.60%" in growths
    # 丙 and 丁 together grow by 9.45 %
    assert "东地区与全国平均水平基本持平，增长10.50%" in growths
    assert "南地区增速低于全国平均水平，增长9.45%" in growths


def test_causes_are_told_with_their_signs_and_what_prints_as_nothing_together():
    """In 亿: 1.00 more by expansion, 0.25 less by closure, and 0.004 + 0.003 that round to 0.00."""
    causes = {
        "expanded": Fraction(100_000_000),
        "closed": Fraction(-25_000_000),
        "moved": Fraction(400_000),
        "shrunk": Fraction(-300_000),
    }
    parts = read(facts_of((1, 1, 1, 1), (2, 1, 1, 1), causes=causes))

    assert parts["nation"][3] == (
        "与上期相比，供算量净增0.75亿卡时，其中扩容增加1.00亿卡时、关闭减少0.25亿卡时、"
        "其余各项合计不足0.01亿卡时。"
    )


def test_in_english_it_says_the_same():
    """As in the hand-worked case of growth and decline."""
    parts = read(facts_of((40, 40, 10, 10), (30, 44, 8, 8)), "en")

    assert parts["nation"][0] == (
        "1. National supply fell by 10.00%, with one of the regions up and two down"
    )
    assert parts["regions"][2] == (
        "By growth of the regional indices, B was fastest with 10.00%; "
        "C and A fell (by 20.00% and 25.00%)."
    )


COUNTS = st.tuples(*[st.integers(0, 60)] * 3, st.integers(1, 60))


@law
@given(COUNTS, COUNTS, st.sampled_from(["zh", "en"]))
def test_claims_are_exact_and_name_who_is_first(before, now, lang):
    """Printed digits come from the exact value; who is called first has no one above."""
    facts = facts_of(before, now)
    supply = dict(zip("甲乙丙丁", now, strict=True))
    regions = {"A": supply["甲"], "B": supply["乙"], "C": supply["丙"] + supply["丁"]}
    for part in analyse(facts, lang):
        for claim in (claim for sentence in part.sentences for claim in sentence.claims):
            if (
                claim.unit == "rank"
                and claim.name.endswith("most-1.share")
                and claim.areas[0] in regions
            ):
                best = max(regions.values())
                assert set(claim.areas) == {
                    code for code, cards in regions.items() if cards == best
                }
            elif claim.unit in ("%", "percentage points", "points") and "policy" not in claim.name:
                assert abs(Fraction(claim.printed) - claim.exact) <= Fraction(1, 200)


@law
@given(COUNTS, COUNTS)
def test_the_contributions_told_add_up_to_the_growth_told(before, now):
    facts = facts_of(before, now)
    claims = {
        claim.name: claim
        for part in analyse(facts, "zh")
        for sentence in part.sentences
        for claim in sentence.claims
    }
    parts = [
        claims[f"{code}.contribution"].exact for code in "ABC" if f"{code}.contribution" in claims
    ]

    assert not parts or sum(parts) == 100 * facts.nation.growth == claims["N.contribution"].exact
    assert bool(parts) == (
        before != now
        and sum(before) != 0
        and any(map(int.__ne__, before, now))
        and (before[0], before[1], before[2] + before[3]) != (now[0], now[1], now[2] + now[3])
    )
