"""The arithmetic behind one level, line by line, so that a calculator can follow it. Domain.

No I/O.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

from cci_cli.definitions import Methodology
from cci_cli.figures import Rounder, round_figures
from cci_cli.formats import Lang
from cci_cli.indices import Observation
from cci_cli.outcomes import ExplainResult, ModelAccount
from cci_cli.rounding import fraction_text, round_exact
from cci_cli.views import NULL_MARK, note_text

#: Places that the rate of a card can have, see ``catalogues``.
MAX_RATE_DECIMALS: Final = 9
#: Places shown of a value beside its fraction, and of a margin beyond those of a level.
SHOWN_DECIMALS: Final = 8
MARGIN_DECIMALS: Final = 6


def sum_tflops(
    models: Sequence[ModelAccount], *, has_previous: bool
) -> tuple[Fraction | None, Fraction]:
    """TFLOPS of some models in the period before, null at the base, and in the period."""
    before, now = Fraction(0), Fraction(0)
    for item in models:
        rate = Fraction(item.fp16_tflops)
        before += (item.previous_cards or 0) * rate
        now += item.cards * rate
    return before if has_previous else None, now


def decimal_text(value: Fraction, separator: str = "") -> str:
    """A number of TFLOPS in full; rates have no more than nine places."""
    whole, _, places = f"{round_exact(value, MAX_RATE_DECIMALS):f}".partition(".")
    places = places.rstrip("0")
    return f"{int(whole):{separator}}" + (f".{places}" if places else "")


def account_lines(result: ExplainResult, lang: Lang) -> Iterator[str]:
    """The steps from TFLOPS to the printed level, then notes, sources and standing."""
    is_zh = lang == "zh"
    yield from _supply_lines(result, lang)
    yield from _chain_lines(result, lang)
    yield from _rounding_lines(result, lang)
    yield from (note_text(note, lang) for note in result.notes)
    for snapshot in result.snapshots.values():
        yield f"{snapshot.ref} nodes.csv  sha256 {snapshot.facts.sha256}"
    if result.start is not None:
        yield f"{result.start.name}/indices.csv  sha256 {result.start.sha256}"
    for name, sha256 in result.config_hashes.items():
        yield f"config/{name}  sha256 {sha256}"
    if result.release is None:
        yield "未发布" if is_zh else "not released"
    elif result.is_official:
        yield f"已发布：{result.release.name}" if is_zh else f"released: {result.release.name}"
    else:
        level = result.release.levels.get(result.figures.definition.code)
        known = NULL_MARK if level is None else _value_text(level.level)
        name = result.release.name
        yield f"试算；{name} 为 {known}" if is_zh else f"provisional; {name} has {known}"


def _supply_lines(result: ExplainResult, lang: Lang) -> Iterator[str]:
    methodology, link = result.methodology, result.figures.observation.link
    standard, hours = f"{methodology.standard_card_tflops:f}", methodology.hours_per_year
    models = [item for account in result.provinces for item in account.models]
    before, now = sum_tflops(models, has_previous=result.previous is not None)
    if lang == "zh":
        yield f"供算量 TS = TFLOPS 合计 ÷ {standard} × {hours}（标准卡时/年）"
    else:
        yield f"supply TS = sum of TFLOPS ÷ {standard} × {hours} (standard-card-hours per year)"
    pairs = [(result.period, now, link.supply)]
    if result.previous is not None and before is not None and link.previous_supply is not None:
        pairs.insert(0, (result.previous, before, link.previous_supply))
    for period, tflops, supply in pairs:
        text = f"{decimal_text(tflops)} ÷ {standard} × {hours} = {_value_text(supply)}"
        yield f"TS({period}) = {text}"
    nation = "全国" if lang == "zh" else "nation"
    if result.previous is not None and link.previous_national_supply is not None:
        yield f"TS_{nation}({result.previous}) = {_value_text(link.previous_national_supply)}"
    yield f"TS_{nation}({result.period}) = {_value_text(link.national_supply)}"


def _chain_lines(result: ExplainResult, lang: Lang) -> Iterator[str]:
    is_zh = lang == "zh"
    seen, methodology = result.figures.observation, result.methodology
    level = _value_text(seen.level)
    nation = "全国" if is_zh else "nation"
    share = f"TS({result.period}) ÷ TS_{nation}({result.period})"
    if seen.status == "base":
        yield f"I({result.period}) = {methodology.base_level:f} × {share} = {level}"
        return
    if seen.previous_level is not None:
        origin = _find_origin(result, lang)
        yield f"I({result.previous}) = {_value_text(seen.previous_level)}  {origin}"
    if seen.status == "reseeded":
        yield f"I_{nation}({result.period}) = {_value_text(seen.national_level)}"
        yield f"I({result.period}) = I_{nation}({result.period}) × {share} = {level}"
        return
    if seen.status == "break":
        yield (
            "样本范围自本期调整，两期供算量均按新范围计算"
            if is_zh
            else "the scope changes with this period: both supplies are on the new one"
        )
    if not seen.link.previous_supply:
        # nothing out of nothing: no ratio to show
        yield f"TS({result.period}) = 0: I({result.period}) = {level}"
        return
    ratio = f"TS({result.period}) ÷ TS({result.previous})"
    yield f"I({result.period}) = I({result.previous}) × {ratio} = {level}"


def _find_origin(result: ExplainResult, lang: Lang) -> str:
    start, code = result.start, result.figures.definition.code
    if start is not None and start.ref.period == result.previous:
        if code not in start.levels:
            return (
                f"（{start.name} 中无此指数，按全国总指数点位乘以供算量占比起算）"
                if lang == "zh"
                else f"(not in {start.name}: seeded there as national level × share)"
            )
        if start.decimals is not None:
            places = f"{start.decimals}"
            return (
                f"（{start.name}，由公布表格转录，{places} 位小数）"
                if lang == "zh"
                else f"({start.name}, transcribed from print with {places} decimals)"
            )
        return f"（发布 {start.name}）" if lang == "zh" else f"(released as {start.name})"
    origin = f"{result.methodology.base_period}" if start is None else start.name
    again = f"cci explain {code} {result.previous}"
    again += " --from-snapshots" if result.is_from_snapshots else ""
    if result.previous == result.methodology.base_period:
        return f"（基期点位；见 {again}）" if lang == "zh" else f"(base level; see {again})"
    if lang == "zh":
        return f"（由快照自 {origin} 链接；见 {again}）"
    return f"(chained through snapshots from {origin}; see {again})"


def _rounding_lines(result: ExplainResult, lang: Lang) -> Iterator[str]:
    rounding = describe_rounding(result.figures.observation, result.methodology)
    other = "half_even" if result.methodology.rounding == "half_up" else "half_up"
    # what is small has an exponent unless told otherwise
    printed, margin, otherwise = (
        f"{rounding[name]:f}" for name in ("printed", "distance_to_tie", other)
    )
    differs = printed != otherwise
    if lang == "zh":
        text = f"印出 {printed}（{result.methodology.rounding}），距舍入边界 {margin} 点"
        text += f"；按 {other} 为 {otherwise}，与之不同" if differs else f"；按 {other} 相同"
    else:
        text = f"printed {printed} ({result.methodology.rounding}), {margin} from the next tie"
        text += f"; {otherwise} under {other}" if differs else f"; the same under {other}"
    yield text
    figures = round_figures(result.figures, Rounder(result.methodology), lang)
    names = {
        "growth_pct": ("增长率 %", "growth %"),
        "share_pct": ("占全国比重 %", "share of the nation %"),
        "contribution_pp": ("对全国增长的贡献（百分点）", "contribution to national growth, pp"),
    }
    for key, (zh, en) in names.items():
        value = figures[key]
        yield f"{zh if lang == 'zh' else en}: {NULL_MARK if value is None else f'{value:f}'}"


def describe_rounding(seen: Observation, methodology: Methodology) -> dict[str, Any]:
    """How a level is rounded, how else it could be, and how far it is from a tie in points."""
    decimals = methodology.decimals
    scaled = seen.level * 10**decimals
    # a tie lies half a unit of the last place above a printed figure
    distance = abs(scaled - scaled.__floor__() - Fraction(1, 2)) / 10**decimals
    return {
        "mode": methodology.rounding,
        "printed": round_exact(seen.level, decimals, methodology.rounding),
        "half_up": round_exact(seen.level, decimals, "half_up"),
        "half_even": round_exact(seen.level, decimals, "half_even"),
        "distance_to_tie": round_exact(distance, decimals + MARGIN_DECIMALS),
    }


def _value_text(value: Fraction) -> str:
    """An exact value as a fraction, with as many of its digits as one wants to see."""
    if value.denominator == 1:
        return f"{value.numerator}"
    return f"{fraction_text(value)} ≈ {round_exact(value, SHOWN_DECIMALS):f}"
