"""Texts of the bulletin, held against the numbers: what is true passes, what is not is found."""

import re
import time
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from conftest import examples, index_toml
from facts_maker import define, make_facts
from hypothesis import given
from hypothesis import strategies as st

from cci_cli.bulletin.analysis import analyse
from cci_cli.bulletin.claims import Claim
from cci_cli.bulletin.inquiry import collect_facts
from cci_cli.config import read_config
from cci_cli.periods import parse_period
from cci_cli.proofreading.mentions import Names
from cci_cli.proofreading.numerals import find_numerals
from cci_cli.proofreading.textcheck import check_text, collect_findings
from cci_cli.proofreading.wordings import Wording
from cci_cli.views import CAUSE_NAMES

REPOSITORY = Path(__file__).parents[1]
TEXTS = Path(__file__).parent / "texts"
REGIONS = ("华北", "东北", "华东", "华中", "华南", "西南", "西北")
HUBS = ("京津冀", "长三角", "粤港澳", "成渝", "内蒙古", "贵州", "甘肃", "宁夏")

BASE_FACTS, FACTS = (
    collect_facts(REPOSITORY, read_config(REPOSITORY), parse_period(name))
    for name in ("2024H2", "2025H1")
)


def read_text(name):
    return (TEXTS / name).read_text("utf-8")


def list_sentences(name):
    return read_text(name).splitlines()


ANALYSIS = read_text("analysis.txt")


def list_codes(text, facts=FACTS):
    return [problem.code for problem in check_text(text, facts).problems]


# the published text


@pytest.mark.parametrize("name", ["analysis.txt", "methodology.txt"])
def test_of_the_published_text_one_sentence_is_not_borne_out(name):
    """It calls 华东 the largest region; its own figures say 华北, 29.52 % against 28.35 %."""
    checked = check_text(read_text(name), FACTS)

    (problem,) = checked.problems
    assert (problem.code, problem.value) == ("E436", "最大")
    assert "华北 29.52 %, 华东 28.35 %" in problem.message
    lines = read_text(name).split("\n")
    assert lines[problem.line - 1][int(problem.column) - 1 :].startswith("最大区域")


@pytest.mark.parametrize("name", ["analysis.txt", "methodology.txt"])
def test_of_the_published_text_only_the_gathering_in_the_hubs_is_worth_a_look(name):
    """Their share fell from 78.56 % to 78.36 %."""
    warnings = check_text(read_text(name), FACTS).warnings

    assert [(item.code, item.value) for item in warnings] == [
        ("W332", "加速聚集"),
        ("W332", "向枢纽节点聚集"),
        ("W332", "加速聚集"),
    ]


def test_a_figure_is_matched_to_its_measure_with_the_exact_value():
    confirmed = {item.text: item for item in check_text(ANALYSIS, FACTS).confirmed}

    share = confirmed["57.86%"] if "57.86%" in confirmed else confirmed["57.86 %"]
    north, east = FACTS.regions[0].share, FACTS.regions[2].share
    assert share.matched == "share of 华北 + 华东"
    assert Fraction(share.exact) == 100 * (north + east)
    assert share.is_certain


# slips of the hand in it


def place_of(item, text):
    return sum(len(line) + 1 for line in text.split("\n")[: item.line - 1]) + item.column - 1


def list_figures(text):
    """Start, end and digits of every figure that is borne out, of those with digits."""
    found = []
    for item in check_text(text, FACTS).confirmed:
        start = place_of(item, text)
        match = re.compile(r"\d[\d,.]*\d|\d").match(text, start)
        if match:
            found.append((*match.span(), match[0]))
    return found


def change_digits(digits):
    """Every digit by the next one, and neighbours the other way round."""
    for place, digit in enumerate(digits):
        if digit.isdigit():
            yield digits[:place] + str((int(digit) + 1) % 10) + digits[place + 1 :]
        pair = digits[place : place + 2]
        if len(pair) == 2 and pair.isdigit() and pair[0] != pair[1]:
            yield digits[:place] + pair[::-1] + digits[place + 2 :]


def paragraph_around(text, start):
    """A sentence reaches over blank lines where a page breaks in it: two paragraphs before."""
    return max(text.rfind("\n（", 0, start), text.rfind("\n(", 0, start), 0)


def test_every_changed_digit_of_the_published_text_is_found():
    missed = []
    for start, end, digits in list_figures(ANALYSIS):
        if start < ANALYSIS.index("（一）"):
            continue
        first = paragraph_around(ANALYSIS, start)
        last = ANALYSIS.find("\n\n", end)
        known = len(list_codes(ANALYSIS[first:last]))
        for changed in change_digits(digits):
            text = ANALYSIS[first:start] + changed + ANALYSIS[end:last]
            if len(list_codes(text)) <= known:
                missed.append((digits, changed))

    assert missed == []


def test_every_changed_digit_of_the_published_table_is_found():
    head = ANALYSIS.index("系列\t指数名称")
    table = ANALYSIS[head : ANALYSIS.index("（一）")]
    assert list_codes(table) == []
    lines = table.split("\n")
    changes = [
        (line.replace(cell, changed), number)
        for number, line in enumerate(lines)
        for cell in re.findall(r"(?<=\t)\d+\.\d\d", line)
        for changed in change_digits(cell)
    ]
    missed = [line for line, _ in changes if not list_codes(f"{lines[0]}\n{line}")]

    assert (len(changes) > 200, missed) == (True, [])


def test_figures_of_two_areas_the_other_way_round_are_found():
    figures = [
        item for item in list_figures(ANALYSIS[ANALYSIS.index("（二）") :]) if "." in item[2]
    ]
    text = ANALYSIS[ANALYSIS.index("（二）") :]
    known = len(list_codes(text))
    missed = []
    for place, (start, end, digits) in enumerate(figures):
        for other_start, other_end, other in figures[place + 1 :]:
            if digits != other:
                middle = text[end:other_start]
                turned = text[:start] + other + middle + digits + text[other_end:]
                if len(list_codes(turned)) < known + 2:
                    missed.append((digits, other))

    assert missed == []


@pytest.mark.parametrize("region", REGIONS)
def test_the_superlative_of_the_published_text_holds_for_north_china_alone(region):
    text = f"{region}地区凭借数字经济产业优势，持续推动算力扩容升级，既是供算量存量最大区域。"

    assert list_codes(text) == ([] if region == "华北" else ["E436"])


@pytest.mark.parametrize(
    ("template", "names", "true"),
    [
        ("增速最快的区域是{}。", REGIONS, "东北"),
        ("{}地区增速最慢。", REGIONS, "华北"),
        ("{}是供算量最小的区域。", REGIONS, "东北"),
        ("对全国增长贡献最大的是{}。", REGIONS, "华东"),
        ("{}供算量占比位居第二。", REGIONS, "华东"),
        ("{}枢纽增速居八大枢纽首位。", HUBS, "成渝"),
        ("{}枢纽点位最高。", HUBS, "长三角"),
        ("{}枢纽增长最慢。", HUBS, "宁夏"),
    ],
)
def test_a_superlative_holds_for_one_area_and_no_other(template, names, true):
    found = {name: list_codes(template.format(name)) for name in names}

    assert found == {name: [] if name == true else ["E436"] for name in names}


# the generated analysis


def write_analysis(facts, lang):
    """A title and a paragraph on a line each, as the bulletin prints them."""
    between = " " if lang == "en" else ""
    return "\n".join(
        line
        for section in analyse(facts, lang)
        for line in (str(section.title), *(between.join(map(str, p)) for p in section.paragraphs))
    )


def list_outcomes(text, facts, **options):
    found = collect_findings(text, facts, **options)
    return [(item.code, item.value, item.message) for item in (*found.problems, *found.warnings)]


GENERATED = {lang: write_analysis(FACTS, lang) for lang in ("zh", "en")}

#: 甲 and 乙 are regions of their own, 丙 and 丁 the third; 甲 is a hub, and so is 丁.
DRAWN = (
    define("N", "national", "甲乙丙丁", "全国"),
    define("A", "region", "甲", "东"),
    define("B", "region", "乙", "西"),
    define("C", "region", "丙丁", "南"),
    define("H", "hub", "甲", "东枢纽"),
    define("G", "hub", "丁", "丁枢纽"),
)
COUNTS = st.tuples(*[st.integers(0, 60)] * 3, st.integers(1, 60))
CAUSES = st.dictionaries(
    st.sampled_from(sorted(CAUSE_NAMES["zh"])),
    st.integers(-(10**9), 10**9).filter(bool).map(Fraction),
    min_size=1,
)


@examples(40)
@given(st.lists(COUNTS, min_size=1, max_size=2), CAUSES, st.integers(0, 3))
def test_the_analysis_of_any_facts_is_borne_out(periods, causes, decimals):
    every = [dict(zip("甲乙丙丁", counts, strict=True)) for counts in periods]
    facts = make_facts(every, DRAWN, causes=causes if len(every) > 1 else {}, decimals=decimals)
    for lang in ("zh", "en"):
        assert list_outcomes(write_analysis(facts, lang), facts) == []


#: As ``DRAWN``, with names that are read in any text: one letter stands in too many words.
NAMED = (
    define("National", "national", ["甲地", "乙地", "丙地", "丁地"], "全国"),
    define("East Land", "region", ["甲地"], "东原"),
    define("West Land", "region", ["乙地"], "西原"),
    define("South Land", "region", ["丙地", "丁地"], "南原"),
    define("Aab Hub", "hub", ["甲地"], "甲川枢纽"),
    define("Gaa Hub", "hub", ["丁地"], "丁川枢纽"),
)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param((40, 30, 20, 10), (44, 36, 21, 13), id="growth"),
        pytest.param((40, 30, 20, 10), (30, 33, 20, 9), id="one still"),
        pytest.param((40, 0, 20, 10), (41, 6, 14, 8), id="one from zero"),
    ],
)
def test_the_analysis_of_other_data_is_read_as_well(old, new, lang):
    every = [
        dict(zip(("甲地", "乙地", "丙地", "丁地"), counts, strict=True)) for counts in (old, new)
    ]
    net = Fraction(10 * (sum(new) - sum(old)))
    causes = {
        "expanded": net + 12 * 10**7,
        "closed": Fraction(-(10**8)),
        "moved": Fraction(-2 * 10**7),
    }
    facts = make_facts(every, NAMED, causes=causes)

    assert list_outcomes(write_analysis(facts, lang), facts, knows_own=False) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("period", ["2024H2", "2025H1"])
@pytest.mark.parametrize("knows_own", [True, False], ids=["known", "read"])
def test_the_analysis_of_the_shipped_data_is_borne_out(period, lang, knows_own):
    facts = FACTS if period == "2025H1" else BASE_FACTS
    text = write_analysis(facts, lang)

    assert list_outcomes(text, facts, knows_own=knows_own) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_generated_is_confirmed_with_its_exact_value(lang):
    """It is known as well in a file where lines are broken, and in Markdown."""
    text = GENERATED[lang]
    confirmed = {item.text: item for item in check_text(text, FACTS).confirmed}
    broken = re.sub(r"(?<=[，,；;]) ?", "\n", text)
    marked = "\n".join(f"## {line}" for line in text.split("\n"))

    level = next(item for name, item in confirmed.items() if name.startswith("1088.07"))
    assert Fraction(level.exact) == FACTS.nation.level
    assert list_outcomes(broken, FACTS) == list_outcomes(marked, FACTS) == []


def test_a_sentence_is_known_only_as_a_whole():
    """As the end, or the beginning, of another one it may say anything."""
    title, sentence = GENERATED["zh"].split("\n")[:2]

    def is_known(text):
        return any("TS_" in item.matched for item in check_text(text, FACTS).confirmed)

    assert is_known(title)
    assert is_known(sentence)
    assert is_known(f"{title}\n{sentence}另有说明。")
    for text in (f"并非{sentence}", f"{title}的说法不对。", title.replace("8.81", "8.80")):
        assert not is_known(text)


def list_figures_of_analysis(lang):
    """Every figure in digits: from the sentence before on what precedes it, itself, the rest."""
    between = " " if lang == "en" else ""
    for section in analyse(FACTS, lang):
        for paragraph in ((section.title,), *section.paragraphs):
            for place, sentence in enumerate(paragraph):
                head = f"{paragraph[place - 1]}{between}" if place else f"{section.title}\n"
                for number, part in enumerate(sentence.parts):
                    if isinstance(part, Claim) and re.fullmatch(r"[\d,.]+", part.printed):
                        before = head + "".join(map(str_part, sentence.parts[:number]))
                        rest = "".join(map(str_part, sentence.parts[number + 1 :]))
                        yield before, part.printed, rest


def str_part(part):
    return part.printed if isinstance(part, Claim) else part


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_changed_digit_of_the_generated_analysis_is_found(lang):
    """The sentence is no longer one that was generated, so it is read.

    Not found is what the words leave open: "as fast as the nation (8.81 %)" may be the nation's
    own figure. A higher limit is true: 不足 0.02 where it was 0.01.
    """
    missed, tried = [], 0
    for before, digits, rest in list_figures_of_analysis(lang):
        for place, digit in enumerate(digits):
            if digit.isdigit() and not re.search("不足$|less than $", before):
                tried += 1
                changed = f"{digits[:place]}{(int(digit) + 1) % 10}{digits[place + 1 :]}"
                codes = list_codes(before + changed + rest)
                missed += [] if codes else [(digits, changed, before[-20:])]

    assert tried > 200
    assert len(missed) <= tried / 100, missed


def swap_names(sentence, names):
    """A sentence with each two of some names the other way round."""
    pattern = "|".join(sorted(names, key=len, reverse=True))
    for old, new in combinations(re.finditer(pattern, sentence), 2):
        if old[0] != new[0]:
            middle = sentence[old.end() : new.start()]
            yield (
                f"{sentence[: old.start()]}{new[0]}{middle}{old[0]}{sentence[new.end() :]}",
                {old[0], new[0]},
            )


#: Those that may change places: two of a list with one sum, and two of the same printed share.
ALIKE = {
    "zh": [{"西南", "西北"}, {"贵州", "内蒙古"}, {"甘肃", "成渝"}],
    "en": [
        {"Southwest China", "Northwest China"},
        {"Guizhou", "Inner Mongolia"},
        {"Gansu", "Chengdu-Chongqing"},
    ],
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_two_areas_of_the_generated_analysis_the_other_way_round_are_found(lang):
    passed, tried = [], 0
    groups = [[area.short_name[lang] for area in group] for group in (FACTS.regions, FACTS.hubs)]
    for section in analyse(FACTS, lang):
        for sentence in section.sentences[1:]:
            for names in groups:
                for text, pair in swap_names(str(sentence), names):
                    tried += 1
                    passed += [] if list_codes(text) else [pair]

    assert tried > 100
    assert all(pair in ALIKE[lang] for pair in passed)


# what an editor would write


@pytest.mark.parametrize("sentence", list_sentences("true.txt"))
def test_a_true_sentence_passes(sentence):
    assert check_text(sentence, FACTS).problems == ()


@pytest.mark.parametrize("sentence", list_sentences("false.txt"))
def test_a_false_sentence_is_found(sentence):
    assert check_text(sentence, FACTS).problems != ()


def test_a_slip_is_explained_and_the_right_figure_suggested():
    (problem,) = check_text("华东地区供算量占比 28.53%。", FACTS).problems

    assert (problem.line, problem.column, problem.value) == (1, "11", "28.53%")
    assert "the share of 华东 is 28.35 %" in problem.message
    assert problem.hint == "did you mean `28.35 %`?"


def test_words_of_tendency_are_warnings():
    checked = check_text("华北增速高于全国平均水平。八大枢纽占比持续上升。", FACTS)

    assert (checked.problems, [item.code for item in checked.warnings]) == ((), ["W332", "W332"])


def test_what_the_data_do_not_know_is_a_warning():
    checked = check_text("西部枢纽占比29.52%，服务3000家企业，西部枢纽增速最快。", FACTS)

    assert checked.problems == ()
    assert [item.code for item in checked.warnings] == ["W330", "W330", "W331"]


@pytest.mark.parametrize(
    "text",
    [
        "保留小数点后2位，标准卡算力参考值为1979TFLOPS（在FP16精度下），全年24×365小时。",
        "2025年12月24日发布；图 1 与表2；（一）DeepSeek-V3、H100、5G、“十五五”；700000.CCI。",
        "算力规模全球领先，最终结果以最新点位为准，各省内智算卡为最小统计单位。",
    ],
)
def test_what_is_no_figure_of_the_indices_is_left_alone(text):
    checked = check_text(text, FACTS)

    assert (checked.problems, checked.warnings) == ((), ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("保留小数点后3位。", "E434"),
        ("标准卡算力参考值为1997TFLOPS。", "E434"),
        ("全年24×356小时。", "E434"),
        ("全国总指数以1100点为基点。", "E434"),
        ("截至2025年6月29日，全国指数点位平稳。", "E435"),
        ("截至2025年6月31日，全国指数点位平稳。", "E435"),
        ("覆盖全国32个省份。", "E433"),
        ("区域指数划分为8个子指数。", "E433"),
        ("六大枢纽供算量占比78.36%。", "E433"),
        ("华东占比由28.35%升至28.35%。", "E430"),
        ("华东占比由26.46%下降至28.35%。", "E437"),
    ],
)
def test_what_the_method_and_the_config_say_is_checked_too(text, code):
    assert list_codes(text) == [code]


def test_columns_of_a_table_have_their_own_measures():
    table = "| 区域 | 点位 | 增长率 | 占比 |\n|---|---:|---:|---:|\n| 华东 | 308.45 | {} | {} |\n"

    assert list_codes(table.format("16.55%", "28.35%")) == []
    assert list_codes(table.format("28.35%", "16.55%")) == ["E430", "E430"]


# other data

INDICES = (
    index_toml("N", "national", ["甲地", "乙地", "丙地", "丁地"])
    + index_toml("RA", "region", ["甲地"])
    + index_toml("RB", "region", ["乙地"])
    + index_toml("RC", "region", ["丙地", "丁地"])
    + index_toml("HX", "hub", ["甲地", "丙地"])
)
OLD = [
    ("1", "甲地", "M", 100),
    ("2", "乙地", "M", 100),
    ("3", "丙地", "M", 200),
    ("4", "丁地", "M", 0),
]
NEW = [
    ("1", "甲地", "M", 90),
    ("2", "乙地", "M", 120),
    ("3", "丙地", "M", 240),
    ("4", "丁地", "M", 0),
]


@pytest.fixture
def small(make_workspace):
    """450 cards after 400: RA 90 after 100, RB 120 after 100, RC 240 after 200."""
    root = make_workspace(["甲地", "乙地", "丙地", "丁地"], INDICES, {"2024H2": OLD, "2025H1": NEW})
    config = read_config(root)
    return {name: collect_facts(root, config, parse_period(name)) for name in ("2024H2", "2025H1")}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("RA index 点位为225.00点，下降10.00%。", []),
        ("RA index 点位为225.00点，增长-10.00%。", []),
        ("RA index 增长10.00%。", ["E430"]),
        ("RA 供算量下降最快。", []),
        ("RB 供算量下降最快。", ["E436"]),
        # RB and RC: a fifth each
        ("RB 增速最快。", []),
        ("RC 增速最快。", []),
        ("RA 增速最快。", ["E436"]),
        ("丁地占比0.00%。", []),
        ("丁地增长5.00%。", ["E431"]),
        ("全国增长12.50%，覆盖4个省份。", []),
        ("RA、RB占比分别为20.00%和26.67%。", []),
        ("RA、RB占比分别为26.67%和20.00%。", ["E430", "E430"]),
    ],
)
def test_negative_growth_ties_and_zero_are_read_as_they_are(small, text, codes):
    assert list_codes(text, small["2025H1"]) == codes


def test_at_the_base_no_growth_is_borne_out(small):
    base = small["2024H2"]

    assert list_codes("全国指数为1000.00点，RA 占比25.00%。", base) == []
    assert list_codes("全国增长12.50%。", base) == ["E431"]
    assert list_codes("RA 增长0.00%。", base) == ["E431"]


def test_a_tie_is_said(small):
    (confirmed,) = check_text("RB 增速最快。", small["2025H1"]).confirmed

    assert "tied with RC" in confirmed.matched


# the bookkeeping


def list_numerals(text):
    folded = Wording(text).folded
    names = {item.start: item.end for item in Names(FACTS).find(folded) if item.areas}
    return find_numerals(folded, names)


PIECES = st.sampled_from(
    [
        *("华北", "华东", "全国", "八大枢纽", "其余", "最大", "第一", "由", "至", "North China "),
        *(" largest ", "fell from ", "29.52%", "1,088.07", "24×365", "1e999", "9" * 40, "13月"),
        *("2025年6月30日", "0000年00月00日", "百分之", "成", "分之一", "三成", "点", "亿卡时", "%"),
        *("×", "-", "|", "\t", "\n", "\r\n", "٣", "Ⅷ", "①", "〇", "一二三", "½", "²", "，", "。"),
        *("（", "）", "\U0001f642", "\u200b"),
    ]
)


@examples(60)
@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_no_text_is_too_odd_and_every_number_has_one_outcome(text):
    findings = collect_findings(text, FACTS)

    assert set(findings.outcomes) == {item.start for item in list_numerals(text)}
    assert sum(item == "borne_out" for item in findings.outcomes.values()) == findings.figures


@pytest.mark.parametrize("name", ["analysis.txt", "methodology.txt", "true.txt", "false.txt"])
def test_every_number_ends_as_borne_out_a_problem_a_warning_or_no_figure(name):
    text = read_text(name)
    numerals = list_numerals(text)
    read = {place for item in numerals for place in range(item.start, item.end)}
    digits = {match.start() for match in re.finditer(r"\d", Wording(text).folded)}

    assert digits <= read
    assert {item.start for item in numerals} == set(collect_findings(text, FACTS).outcomes)


def test_a_long_text_takes_seconds():
    text = read_text("methodology.txt") * 15
    started = time.process_time()
    checked = check_text(text, FACTS)

    assert len(checked.problems) == 15
    assert time.process_time() - started < 10
