"""The analysis of a bulletin: every sentence is true of the exact values, and of nothing else."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import REPOSITORY, examples
from facts_maker import define, make_facts
from hypothesis import given
from hypothesis import strategies as st

from cci_cli.bulletin.analysis import analyse
from cci_cli.bulletin.captions import CAPTIONS
from cci_cli.bulletin.document import build_bulletin
from cci_cli.bulletin.facts import find_short_names
from cci_cli.bulletin.inquiry import collect_facts
from cci_cli.bulletin.phrases import PHRASES
from cci_cli.config import read_config
from cci_cli.definitions import Tiles
from cci_cli.periods import parse_period
from cci_cli.plotting.charts import BarChart, ShareChart

law = examples(60)

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


def test_the_size_of_the_nation_is_told_in_units_of_the_language(published):
    """398,181 standard cards (39.8181 万) of 1979 TFLOPS, 8,760 hours: 3,488,065,560 card-hours."""
    zh, en = (read(published, lang)["nation"][2] for lang in ("zh", "en"))

    assert zh == "全国在运智算卡折合标准卡39.82万张，FP16算力788.00 EFLOPS，年供算量34.88亿卡时。"
    assert "398,181 standard cards, with 788.00 EFLOPS" in en
    assert "3488.07 million card-hours per year" in en
    assert "华东地区贡献最大，占全国新增供算量的49.73%。" in read(published)["regions"]
    assert read(published, "en")["provinces"][1].startswith(
        "Of the 31 provinces, Hebei has the largest supply"
    )


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
        "各区域对全国增长的贡献由高到低为西4.00个百分点、南 -4.00个百分点、东 -10.00个百分点，"
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


@pytest.mark.parametrize(
    ("change", "zh", "en"),
    [
        (Fraction(250_000_000), "净增2.50亿卡时，其中扩容增加2.50亿卡时", "rose by 250.00 million"),
        (Fraction(25_000), "净增2.50万卡时，其中扩容增加2.50万卡时", "rose by 25000.00 card-hours"),
        (Fraction(30), "净增30.00卡时，其中扩容增加30.00卡时", "rose by 30.00 card-hours"),
    ],
)
def test_causes_are_told_in_a_unit_that_they_can_be_seen_in(change, zh, en):
    facts = facts_of((1, 1, 1, 1), (2, 1, 1, 1), causes={"expanded": change})

    assert zh in read(facts)["nation"][3]
    assert en in read(facts, "en")["nation"][3]


def test_both_languages_have_the_same_phrases_and_captions():
    for words in (PHRASES, CAPTIONS):
        assert set(words["zh"]) == set(words["en"])
        # no phrase has a figure of its own
        digits = [
            text for texts in words.values() for text in texts.values() if re.search(r"[0-9]", text)
        ]
        assert words is CAPTIONS or digits == [text for text in digits if "FP16" in text]


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


def test_provinces_are_told_by_hand_worked_values():
    """甲 40 → 30 is −25 %, 乙 40 → 44 is +10 %, 丙 10 → 10 stands, 丁 0 → 6 has no growth.

    Of 90 cards 乙 has 44, 48.888… per cent; 1000 × 44 / 90 = 488.888… points.
    """
    parts = read(facts_of((40, 40, 10, 0), (30, 44, 10, 6)))

    assert parts["provinces"] == [
        "（四）乙供算量居首且增长最快",
        "4个省份中，乙供算量最大，折合488.89点，占全国48.89%。",
        "与上期相比，1个省份供算量增长、1个省份供算量下降、1个省份供算量不变、"
        "1个省份上期供算量为零；增速最高的是乙，增长10.00%；降幅最大的是甲，下降25.00%。",
    ]


def test_what_every_region_and_province_did_is_told_as_such():
    up = read(facts_of((40, 40, 10, 10), (50, 44, 11, 12)))
    down = read(facts_of((50, 44, 11, 12), (40, 40, 10, 10)))

    assert up["nation"][0].endswith("，三个区域全部增长")
    assert down["nation"][0].endswith("，三个区域全部下降")
    assert up["provinces"][2].startswith("与上期相比，4个省份供算量全部增长；")
    assert down["provinces"][2].startswith("与上期相比，4个省份供算量全部下降；")
    # where one stands still, not every one did either
    assert "区域" not in read(facts_of((40, 40, 10, 10), (50, 40, 11, 12)))["nation"][0]


def test_many_provinces_at_one_place_are_not_named():
    """Five that grew by the same: none of them is the fastest; and six that are the same size."""
    names = "甲乙丙丁戊己"
    facts = make_facts(
        [dict.fromkeys(names, 10), dict.fromkeys(names, 11) | {"己": 10}],
        [define("N", "national", names)],
    )
    sentences = read(facts)["provinces"]

    assert sentences[-1] == (
        "与上期相比，5个省份供算量增长、1个省份供算量不变；增速最低的是己，与上期持平。"
    )
    even = make_facts([dict.fromkeys(names, 10)], [define("N", "national", names)])
    assert not any("居前" in sentence for sentence in read(even)["provinces"])


def test_the_first_five_provinces_are_named_where_the_sixth_has_less():
    """20 of 23 cards: 86.956… per cent."""
    names = "甲乙丙丁戊己"
    facts = make_facts([dict.fromkeys(names, 4) | {"己": 3}], [define("N", "national", names)])

    assert read(facts)["provinces"][2] == "居前五位的甲、乙、丙、丁、戊合计占全国86.96%。"


def test_regions_that_do_not_divide_up_the_nation_have_no_sum():
    """甲 and 乙 alone: their contributions are told, and not that they add up."""
    indices = (INDICES[0], *INDICES[1:3])
    facts = make_facts(
        [{"甲": 40, "乙": 40, "丙": 20}, {"甲": 50, "乙": 44, "丙": 26}],
        [define("N", "national", "甲乙丙"), *indices[1:]],
    )

    assert read(facts)["regions"][3] == (
        "各区域对全国增长的贡献由高到低为东10.00个百分点、西4.00个百分点。"
    )


def test_more_than_five_regions_are_told_in_pairs():
    """As published: the first two, the next two together, then the others. Of 100 cards."""
    counts = dict(zip("甲乙丙丁戊己", (30, 25, 15, 12, 10, 8), strict=True))
    regions = [define(name, "region", name, name) for name in counts]
    facts = make_facts([counts], [define("N", "national", counts, "全国"), *regions])

    assert read(facts)["regions"][1] == (
        "从区域供算量结构看，甲地区供算量最大，占全国30.00%，乙地区次之，占25.00%，"
        "两者合计提供全国55.00%的供算量；丙、丁地区合计占27.00%，其中丙占15.00%、丁占12.00%；"
        "戊占10.00%、己占8.00%。"
    )


def test_three_at_the_first_place_have_no_second():
    """甲, 乙 and 丙丁 have 30 cards each."""
    parts = read(facts_of((30, 30, 20, 10)))

    assert parts["regions"][1] == (
        "从区域供算量结构看，东、西、南地区供算量并列最大，各占全国33.33%。"
    )


def test_one_hub_is_compared_with_no_other_and_one_province_neither():
    facts = make_facts(
        [{"甲": 10}, {"甲": 12}],
        [define("N", "national", "甲"), define("H", "hub", "甲", "甲枢纽")],
    )
    parts = read(facts)

    assert list(parts) == ["nation", "hubs"]
    assert parts["hubs"] == [
        "（二）枢纽节点提供全国100.00%的供算量，占新增供算量的100.00%",
        "一个枢纽节点相关1个省份提供了全国100.00%的供算量，占比与上期持平。",
        "当期全国新增供算量中100.00%来自上述省份，高于60%的政策目标。",
    ]


@pytest.mark.parametrize(
    ("hubs", "said"), [(2, "两个枢纽节点"), (3, "三大枢纽节点"), (11, "11个枢纽节点")]
)
def test_hubs_are_counted_as_one_says_it(hubs, said):
    names = [f"省{number}" for number in range(hubs)]
    indices = [define("N", "national", names)]
    indices += [define(name, "hub", [name], name) for name in names]

    assert said in read(make_facts([dict.fromkeys(names, 1)], indices))["hubs"][1]


def test_a_rank_says_of_what_and_in_which_order():
    formulas = {
        claim.name: claim.formula
        for part in analyse(facts_of((40, 30, 20, 10), (44, 30, 20, 10)), "zh")
        for sentence in part.sentences
        for claim in sentence.claims
        if claim.unit == "rank"
    }

    assert (
        formulas["A.most-1.share"]
        == "largest 100 × TS_i,t / TS_national,t, place 1 of 3 that have it"
    )
    assert formulas["乙+丙+丁.least-1.growth"].startswith("least 100 × (TS_i,t / TS_i,t−1 − 1)")


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        # 甲 and 丁 fall by 2 while the nation grows by 2: no part of what was added is theirs
        ((40, 40, 10, 10), (39, 44, 10, 9), "当期全国供算量增长，而上述省份合计下降。"),
        # they add 6 where the nation adds 4
        (
            (40, 40, 10, 10),
            (44, 38, 10, 12),
            "当期上述省份新增供算量多于全国净增量，其他省份合计下降。",
        ),
    ],
)
def test_a_part_that_is_none_of_the_increment_is_not_told_as_a_share(before, now, said):
    hubs = read(facts_of(before, now))["hubs"]

    assert said in hubs
    assert not any("新增供算量中" in sentence or "政策目标" in sentence for sentence in hubs)
    assert "占新增" not in hubs[0]


def test_what_is_printed_as_nothing_is_not_told_as_a_rise():
    """1 card of 1,000,000 is 0.0001 per cent: nobody is the fastest, and no share of it is told."""
    parts = read(
        facts_of((400_000, 400_000, 100_000, 100_000), (400_001, 400_000, 100_000, 100_000))
    )
    text = "".join(sentence for part in parts.values() for sentence in part)

    assert parts["nation"][1].endswith("全国指数当期点位为1000.00点，与上期基本持平（0.00%）。")
    assert "东地区供算量与上期基本持平；西、南地区供算量与上期相同" in text
    assert "占比与上期基本持平" in parts["hubs"][1]
    assert not re.search("最快|新增|贡献|上升0|增长0", text)


def test_a_share_that_is_printed_as_the_target_is_just_above_it():
    """The hubs add 600,001 of 1,000,000: 60.0001 per cent."""
    counts = (1_000_000, 1_000_000, 1_000_000, 1_000_000)
    grown = (1_600_001, 1_399_999, 1_000_000, 1_000_000)
    said = read(facts_of(counts, grown))["hubs"][2]

    assert said == "当期全国新增供算量中60.00%来自上述省份，略高于60%的政策目标。"


def test_areas_that_share_provinces_are_not_added_up():
    """甲乙 and 乙丙 overlap: 70 and 60 of 100 cards."""
    indices = [define("N", "national", "甲乙丙", "全国")]
    indices += [
        define("A", "region", "甲乙", "东"),
        define("B", "region", "乙丙", "西"),
        define("C", "region", "丙", "南"),
    ]
    facts = make_facts([{"甲": 40, "乙": 30, "丙": 30}], indices)

    assert read(facts)["regions"][1] == (
        "从区域供算量结构看，东地区供算量最大，占全国70.00%，西地区次之，占60.00%；南占30.00%。"
    )


def test_where_all_fall_the_least_fall_is_no_growth():
    """甲 −2.5 %, 乙 −5 %, 丙 −10 %, 丁 −20 %."""
    sentences = read(facts_of((40, 40, 10, 10), (39, 38, 9, 8)))["provinces"]

    assert sentences[-1] == (
        "与上期相比，4个省份供算量全部下降；降幅最小的是甲，下降2.50%；降幅最大的是丁，下降20.00%。"
    )


def test_what_was_nothing_and_is_nothing_has_not_changed():
    parts = read(facts_of((40, 40, 0, 20), (44, 40, 0, 20)))

    assert "3个省份供算量不变" in parts["provinces"][-1]
    assert "上期供算量为零" not in "".join(parts["provinces"])


def test_where_all_are_the_same_nobody_is_first():
    """Three regions of 30 cards that all grow by 10 per cent."""
    parts = read(facts_of((30, 30, 20, 10), (33, 33, 22, 11)))

    assert parts["regions"][0] == "（二）东、西、南供算量相同"
    assert parts["regions"][2] == "从区域指数变化看，东、西、南地区增速相同，均较上期增长10.00%。"


def test_hubs_without_supply_are_not_compared():
    parts = read(facts_of((0, 40, 10, 0), (0, 44, 10, 0)))

    assert parts["hubs"] == [
        "（三）枢纽节点提供全国0.00%的供算量，占新增供算量的0.00%",
        "两个枢纽节点相关2个省份提供了全国0.00%的供算量，占比与上期持平。",
        "当期全国新增供算量中0.00%来自上述省份，低于60%的政策目标。",
    ]


def test_a_reader_cannot_recompute_what_the_levels_do_not_give():
    """甲乙 and 乙丙 as hubs overlap: their rows add up to 130 per cent, the provinces to 100."""
    indices = [define("N", "national", "甲乙丙", "全国")]
    indices += [define("H", "hub", "甲乙", "东枢纽"), define("G", "hub", "乙丙", "西枢纽")]
    facts = make_facts([{"甲": 40, "乙": 30, "丙": 30}], indices)
    claims = {c.name: c for p in analyse(facts, "zh") for s in p.sentences for c in s.claims}

    assert claims["枢纽节点.share"].printed == "100.00"
    assert claims["枢纽节点.share"].from_table is None
    assert claims["H.share"].from_table == "70.00"


def test_a_level_has_the_formula_that_it_came_about_by():
    def formulas(facts):
        claims = [c for p in analyse(facts, "zh") for x in p.sentences for c in x.claims]
        return {c.name: c.formula for c in claims if c.name.endswith(".level")}

    assert formulas(facts_of((40, 30, 20, 10))) == {
        "N.level": "1000 × TS_i,0 / TS_national,0",
        "甲.level": "I_national,t × TS_j,t / TS_national,t",
    }
    assert formulas(facts_of((40, 30, 20, 10), (44, 30, 20, 10)))["N.level"] == (
        "I_i,t−1 × TS_i,t / TS_i,t−1"
    )


def test_what_is_left_of_the_causes_is_exact_and_printed_as_a_bound():
    causes = {"expanded": Fraction(10**8), "closed": Fraction(-300_000), "moved": Fraction(0)}
    facts = facts_of((1, 1, 1, 1), (2, 1, 1, 1), causes=causes)
    claims = {c.name: c for p in analyse(facts, "zh") for x in p.sentences for c in x.claims}

    assert (claims["cause.rest"].exact, claims["cause.rest"].printed) == (Fraction(3, 1000), "0.01")


@pytest.mark.parametrize(
    ("causes", "said"),
    [
        ({"closed": Fraction(-3 * 10**8)}, "供算量净减3.00亿卡时，其中关闭减少3.00亿卡时。"),
        (
            {"expanded": Fraction(10**8), "closed": Fraction(-(10**8))},
            "供算量总量不变，其中扩容增加1.00亿卡时、关闭减少1.00亿卡时。",
        ),
        (
            {"expanded": Fraction(10**8), "closed": Fraction(-(10**8) + 1)},
            "供算量总量基本不变，其中扩容增加1.00亿卡时、关闭减少1.00亿卡时。",
        ),
        # what moved between provinces alone adds nothing to the nation
        ({"moved": Fraction(0)}, None),
    ],
)
def test_a_net_change_is_told_as_what_it_is(causes, said):
    sentences = read(facts_of((1, 1, 1, 1), (2, 1, 1, 1), causes=causes))["nation"]

    assert sentences[3:] == ([] if said is None else [f"与上期相比，{said}"])


def test_a_small_nation_is_told_in_small_units():
    """400 cards of 100 TFLOPS are 40 PFLOPS."""
    facts = facts_of((100, 100, 100, 100))

    assert "折合标准卡400张，FP16算力40.00 PFLOPS，年供算量4000.00卡时" in read(facts)["nation"][2]


def test_figures_are_numbered_as_they_stand():
    """One region is compared with none, and has no part and no figure; the hubs have the first."""
    indices = [INDICES[0], INDICES[1], *INDICES[4:]]
    facts = make_facts([dict(zip("甲乙丙丁", (4, 3, 2, 1), strict=True))], indices)
    bulletin = build_bulletin(facts, Tiles({}, None), "zh")

    assert [figure.name for figure in bulletin.figures] == ["figure1", "figure2"]
    assert bulletin.figures[0].caption.startswith("图1 枢纽节点指数")


@pytest.mark.parametrize(
    ("scopes", "kind", "labels"),
    [
        (("甲", "乙"), ShareChart, ["东 40.00%", "西 30.00%", "其他省份 30.00%"]),
        # they overlap, and 40 + 60 would be a whole by chance
        (("甲", "甲丙"), BarChart, ["东 40.00%", "西 60.00%"]),
        (("甲", "乙丙丁"), ShareChart, ["东 40.00%", "西 60.00%"]),
    ],
)
def test_a_ring_is_drawn_of_parts_of_one_whole_alone(scopes, kind, labels):
    indices = [
        INDICES[0],
        define("A", "region", scopes[0], "东"),
        define("B", "region", scopes[1], "西"),
    ]
    facts = make_facts([dict(zip("甲乙丙丁", (40, 30, 20, 10), strict=True))], indices)
    figure = build_bulletin(facts, Tiles({}, None), "zh").figures[1]

    assert isinstance(figure.chart, kind)
    assert [f"{mark.label} {mark.text}" for mark in figure.chart.marks] == labels


def test_short_names_leave_out_what_all_names_end_in():
    config = read_config(REPOSITORY)
    names = find_short_names(config.indices)

    assert [names[index.code]["zh"] for index in config.indices] == [
        "全国", "华北", "东北", "华东", "华中", "华南", "西南", "西北",
        "京津冀", "长三角", "粤港澳", "成渝", "内蒙古", "贵州", "甘肃", "宁夏",
    ]  # fmt: skip
    assert names["700007.CCI"]["en"] == "Northwest China"
    assert names["700009.CCI"]["en"] == "Yangtze River Delta"
    # one alone keeps its name, and so does one that would be left with nothing
    assert find_short_names(config.indices[:1])["700000.CCI"]["zh"] == "全国智能算力供算量指数"


def test_a_turned_claim_has_the_formula_and_the_value_that_it_prints():
    """Down from 100 to 90: "fell by 10.00 %", which is minus the growth."""
    claims = {
        claim.printed: claim
        for part in analyse(facts_of((40, 40, 10, 10), (30, 44, 8, 8)), "zh")
        for sentence in part.sentences
        for claim in sentence.claims
        if claim.name == "N.growth"
    }

    assert claims["10.00"].exact == 10
    assert claims["10.00"].formula == "−(100 × (TS_i,t / TS_i,t−1 − 1))"


COUNTS = st.tuples(*[st.integers(0, 60)] * 3, st.integers(1, 60))


#: What each key of a claim covers.
SCOPES = {
    "N": "甲乙丙丁",
    "A": "甲",
    "B": "乙",
    "C": "丙丁",
    "H": "甲",
    "G": "丁",
    "枢纽节点": "甲丁",
}


def compute(before, now, whole_before, whole):
    """Every figure from cards or levels, by its formula in the methodology; null where none."""
    return {
        "level": now,
        "growth": 100 * (now / before - 1) if before else None,
        "share": 100 * now / whole if whole else None,
        "share_change": 100 * (now / whole - before / whole_before) if whole else None,
        "contribution": 100 * (now - before) / whole_before,
        "increment_share": (
            100 * (now - before) / (whole - whole_before) if whole != whole_before else None
        ),
    }


def print_half_up(value):
    rounded = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{rounded.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"
    return "0.00" if text == "-0.00" else text


def printed_level(cards, whole_before):
    return Fraction(print_half_up(Fraction(1000 * cards, whole_before)))


@law
@given(COUNTS, COUNTS, st.sampled_from(["zh", "en"]))
def test_every_claim_is_what_an_independent_reader_computes(before, now, lang):
    """Exact values from the cards, and what Table 2 alone gives from its printed levels.

    All levels are on one base: 1000 points are all cards of the first period.
    """
    old, new = (dict(zip("甲乙丙丁", counts, strict=True)) for counts in (before, now))
    total = sum(before)
    names = {"A": "东", "B": "西", "C": "南", "H": "东", "G": "丁"}

    def add(cards, keys):
        return Fraction(
            sum(cards[name] for name in {n for key in keys for n in SCOPES.get(key, key)})
        )

    def read_table(cards, keys):
        # the hubs together are the sum of their rows
        rows = [row for key in keys for row in ("HG" if key == "枢纽节点" else key)]
        return sum((printed_level(add(cards, row), total) for row in rows), Fraction(0))

    for claim in (
        c for p in analyse(facts_of(before, now), lang) for s in p.sentences for c in s.claims
    ):
        keys, _, figure = claim.name.rpartition(".")
        keys = keys.split("+")
        if claim.unit in ("%", "percentage points", "points") and "policy" not in claim.name:
            sign = -1 if claim.formula.startswith("−") else 1
            exact = compute(add(old, keys), add(new, keys), add(old, "N"), add(new, "N"))
            exact["level"] *= Fraction(1000, total)
            assert claim.exact == sign * exact[figure]
            assert claim.printed == print_half_up(claim.exact)
            if any(key not in SCOPES for key in keys):
                assert claim.from_table is None
            else:
                table = compute(
                    read_table(old, keys),
                    read_table(new, keys),
                    read_table(old, "N"),
                    read_table(new, "N"),
                )[figure]
                assert claim.from_table == (None if table is None else print_half_up(sign * table))
        elif claim.unit == "rank":
            chosen, order = claim.name.rsplit(".", 2)[:2]
            group = next(g for g in ("ABC", "HG", "甲乙丙丁") if set(chosen.split("+")) <= set(g))
            place, is_least = int(order.partition("-")[2]) - 1, order.startswith("least")
            figures = {
                key: compute(add(old, key), add(new, key), add(old, "N"), add(new, "N"))
                for key in group
            }
            values = {
                key: item[figure] for key, item in figures.items() if item[figure] is not None
            }
            ranked = sorted(set(values.values()), reverse=not is_least)
            first = {key for key, value in values.items() if value == ranked[place]}
            assert set(chosen.split("+")) == first
            words = {names.get(key, key) if lang == "zh" else key for key in first}
            assert all(word in claim.printed for word in words)
            read = (
                {
                    key: compute(
                        read_table(old, key),
                        read_table(new, key),
                        read_table(old, "N"),
                        read_table(new, "N"),
                    )[figure]
                    for key in values
                }
                if group != "甲乙丙丁"
                else {}
            )
            if group == "甲乙丙丁" or None in read.values():
                assert claim.from_table is None
            else:
                levels = sorted(set(read.values()), reverse=not is_least)
                same = {key for key, value in read.items() if levels[place:][:1] == [value]}
                assert claim.is_recomputable == (same == first)


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
    told = [claims[name] for code in "ABC" if (name := f"{code}.contribution") in claims]
    total = sum(claim.exact * (-1 if claim.formula.startswith("−") else 1) for claim in told)

    assert not told or total == 100 * facts.nation.growth == claims["N.contribution"].exact
    moved = [before[0] != now[0], before[1] != now[1], before[2] + before[3] != now[2] + now[3]]
    assert bool(told) == any(moved)
