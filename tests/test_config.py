"""The config: read where it is sound, and every flaw of every file named where it is not."""

import hashlib
import os
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import index_toml

from cci_cli.config import read_config
from cci_cli.errors import InvalidDataError, SystemFailureError
from cci_cli.periods import Period

NATION = index_toml("N", "national", ["东", "西"])
PROVINCES = "code,name,full_name,name_en,region,aliases"
CARDS = (
    "model,vendor,fp16_tflops,basis,fp16_dense_tflops,fp16_sparse_tflops,released,aliases,"
    "source,note"
)

LIMITS = "below 1,000,000,000 and with 9 decimals at most"
ABOVE_0 = f"a number above 0, {LIMITS}"


@pytest.fixture
def root(make_workspace):
    return make_workspace(["东", "西"], NATION)


@pytest.fixture
def flaws(root):
    """Every problem of the config as (file, line, column, code, value)."""

    def find() -> list[tuple]:
        with pytest.raises(InvalidDataError) as raised:
            read_config(root)
        assert (raised.value.code, raised.value.exit_code) == ("E203", 1)
        assert raised.value.total == len(raised.value.problems)
        return [
            (
                (problem.file or "").removeprefix("config/"),
                problem.line,
                problem.column,
                problem.code,
                problem.value,
            )
            for problem in raised.value.problems
        ]

    return find


@pytest.fixture
def problem(root):
    """The only problem of the config."""

    def find():
        with pytest.raises(InvalidDataError) as raised:
            read_config(root)
        (only,) = raised.value.problems
        return only

    return find


def put(root: Path, name: str, content: str | bytes) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (root / "config" / name).write_bytes(data)


def set_key(root: Path, key: str, line: str) -> None:
    """Replace the line of a key of cci.toml."""
    text = (root / "config" / "cci.toml").read_text(encoding="utf-8")
    changed = re.sub(rf"(?m)^{key} = .*$", line, text)
    assert changed != text
    put(root, "cci.toml", changed)


def put_provinces(root: Path, *rows: str) -> None:
    put(root, "provinces.csv", "\n".join([PROVINCES, *rows]) + "\n")


def put_cards(root: Path, *rows: str) -> None:
    put(root, "cards.csv", "\n".join([CARDS, *rows]) + "\n")


# a sound config


def test_a_sound_config_is_read_as_it_stands(root):
    put_provinces(
        root, "10,东,东省,East,左,E|the east", "20,西,西省,West,右,", '30,"南,""x""",南省,South,右,'
    )
    put_cards(
        root,
        "M,V,100,dense,100,200,2024,m one|Mx,a source,a note",
        '"half, of M",W,49.5,sparse,,49.5,,,"source, quoted",',
    )
    config = read_config(root)
    assert config.methodology.base_period == Period(2024, 2)
    assert config.methodology.base_level == Decimal(1000)
    assert config.methodology.hours_per_year == 8760
    assert (config.methodology.decimals, config.methodology.rounding) == (2, "half_up")
    assert config.checks.province_change_pct == 50
    assert config.checks.node_change_factor == 3
    assert config.checks.node_change_min_cards == 100
    assert config.policy.hub_increment_share_target == 60
    assert config.province_names == ("东", "西", '南,"x"')
    assert config.provinces[0].spellings == ("东", "东省", "East", "10", "E", "the east")
    assert config.provinces[1].aliases == ()
    first, second = config.models
    assert (first.model, first.fp16_tflops, first.released) == ("M", Decimal(100), 2024)
    assert first.aliases == ("m one", "Mx")
    assert (second.model, second.basis, second.released) == ("half, of M", "sparse", None)
    assert (second.fp16_dense_tflops, second.fp16_sparse_tflops) == (None, Decimal("49.5"))
    assert config.coefficients == {"M": Fraction(1), "half, of M": Fraction(99, 200)}


def test_numbers_are_taken_as_decimals_not_as_binary_fractions(root):
    set_key(root, "base_level", "base_level = 1000.1")
    set_key(root, "standard_card_tflops", "standard_card_tflops = 0.1")
    methodology = read_config(root).methodology
    assert methodology.base_level == Decimal("1000.1")
    assert methodology.standard_card_tflops == Decimal("0.1")


def test_the_hashes_are_those_of_the_files(root):
    hashes = read_config(root).hashes
    names = ["cards.csv", "cci.toml", "indices.toml", "provinces.csv"]
    assert sorted(hashes) == names
    for name in names:
        data = (root / "config" / name).read_bytes()
        assert hashes[name] == hashlib.sha256(data).hexdigest()


def test_a_byte_order_mark_and_crlf_are_taken_in_every_file(root):
    expected = read_config(root)
    for name in ("cci.toml", "indices.toml", "provinces.csv", "cards.csv"):
        data = (root / "config" / name).read_bytes().replace(b"\n", b"\r\n")
        put(root, name, b"\xef\xbb\xbf" + data)
    actual = read_config(root)
    assert actual.methodology == expected.methodology
    assert actual.provinces == expected.provinces
    assert actual.models == expected.models
    assert actual.indices == expected.indices


def test_a_star_means_all_provinces_in_the_order_of_their_file(root):
    put(root, "indices.toml", NATION.replace('["东", "西"]', '"*"'))
    put_provinces(root, "2,西,西省,West,r,", "1,东,东省,East,r,")
    assert read_config(root).indices[0].provinces == ("西", "东")


def test_scope_changes_may_stand_in_any_order(root):
    changes = {"2026H1": ["西"], "2025H1": ["东"], "2025H2": ["东", "西"]}
    put(root, "indices.toml", NATION + index_toml("R", "region", ["东", "西"], changes))
    index = read_config(root).indices[1]
    assert [str(change.start) for change in index.changes] == ["2025H1", "2025H2", "2026H1"]
    assert index.provinces_at(Period(2024, 2)) == ("东", "西")
    assert index.provinces_at(Period(2025, 1)) == ("东",)
    assert index.provinces_at(Period(2025, 2)) == ("东", "西")
    assert index.provinces_at(Period(2030, 1)) == ("西",)


def test_a_scope_change_may_go_back_to_an_earlier_scope(root):
    changes = {"2025H1": ["东"], "2025H2": ["东", "西"]}
    put(root, "indices.toml", NATION + index_toml("R", "region", ["东", "西"], changes))
    assert len(read_config(root).indices[1].changes) == 2


def test_spellings_of_one_entry_may_fold_alike(root):
    put_provinces(root, "10,东,东,dong,r,DONG|dong|d-o-n-g", "20,西,西,xi,r,")
    assert read_config(root).province_spellings["dong"] == "东"


# files


@pytest.mark.parametrize("name", ["cci.toml", "indices.toml", "provinces.csv", "cards.csv"])
def test_a_missing_file_is_named(root, monkeypatch, name):
    (root / "config" / name).unlink()
    monkeypatch.chdir(root)
    with pytest.raises(SystemFailureError) as raised:
        read_config(Path())
    assert (raised.value.code, raised.value.exit_code) == ("E501", 3)
    assert raised.value.message == f"cannot read `config/{name}`: No such file or directory"


@pytest.mark.parametrize("name", ["cci.toml", "indices.toml", "provinces.csv", "cards.csv"])
def test_a_file_that_is_not_utf8_is_named_with_the_byte(root, problem, name):
    data = (root / "config" / name).read_bytes()
    put(root, name, data + "东".encode("gb18030"))
    found = problem()
    assert (found.code, found.file, found.line) == ("E220", f"config/{name}", None)
    assert found.message == f"bytes are not UTF-8 from byte {len(data)} on"


@pytest.mark.parametrize("name", ["cci.toml", "indices.toml"])
def test_broken_toml_is_named_with_its_line(root, problem, name):
    data = (root / "config" / name).read_bytes()
    put(root, name, data + b"\nkey = = 1\n")
    line = data.count(b"\n") + 2
    found = problem()
    assert (found.code, found.file) == ("E204", f"config/{name}")
    assert f"line {line}" in found.message


def test_a_key_given_twice_is_broken_toml(root, problem):
    set_key(root, "decimals", "decimals = 2\ndecimals = 3")
    assert problem().code == "E204"


def test_every_flaw_of_every_file_is_named_at_once(root, flaws):
    set_key(root, "decimals", "decimals = 13")
    set_key(root, "rounding", 'roundin = "half_up"')
    put_provinces(root, "1,东,东省,East,r,", "1,西,,West,r,a||b", "3,南")
    put(root, "indices.toml", index_toml("R", "regional", ["东", "北", "东"]))
    put_cards(root, "M,V,1e3,dense,100,,2024,,s,", "Q,V,100,dense,99,,24,,,")
    assert flaws() == [
        ("cci.toml", None, "methodology.decimals", "E207", "13"),
        ("cci.toml", None, "methodology.roundin", "E205", "roundin"),
        ("cci.toml", None, "methodology.rounding", "E206", None),
        ("provinces.csv", 3, None, "E211", "1"),
        ("provinces.csv", 3, "aliases", "E207", "a||b"),
        ("provinces.csv", 3, "full_name", "E207", ""),
        ("provinces.csv", 4, None, "E209", "2"),
        ("indices.toml", None, "index.kind", "E213", None),
        ("indices.toml", None, "index[1].kind", "E207", "regional"),
        ("indices.toml", None, "index[1].provinces[2]", "E212", "北"),
        ("indices.toml", None, "index[1].provinces[3]", "E210", "东"),
        ("cards.csv", 2, "fp16_tflops", "E207", "1e3"),
        ("cards.csv", 3, "released", "E207", "24"),
        ("cards.csv", 3, "source", "E207", ""),
    ]


# cci.toml


@pytest.mark.parametrize(
    ("key", "value", "found", "expected"),
    [
        ("version", "5", "5", "a text without space around it or invisible characters"),
        ("version", '""', "", "a text without space around it or invisible characters"),
        ("version", '" v "', " v ", "a text without space around it or invisible characters"),
        ("base_period", "2024", "2024", "a period such as 2024H2"),
        ("base_period", '"2024H3"', "2024H3", "a period such as 2024H2"),
        ("base_period", "2024-12-31", "2024-12-31", "a period such as 2024H2"),
        ("base_level", "true", "True", ABOVE_0),
        ("base_level", "0", "0", ABOVE_0),
        ("base_level", "-1000", "-1000", ABOVE_0),
        ("base_level", "nan", "NaN", ABOVE_0),
        ("base_level", "inf", "Infinity", ABOVE_0),
        ("base_level", '"1000"', "1000", ABOVE_0),
        ("base_level", "[1000]", "[1000]", ABOVE_0),
        ("base_level", "1000000000", "1000000000", ABOVE_0),
        ("standard_card_tflops", "0.0", "0.0", ABOVE_0),
        ("standard_card_tflops", "1979.0000000001", "1979.0000000001", ABOVE_0),
        ("standard_card_tflops", "-inf", "-Infinity", ABOVE_0),
        ("hours_per_year", "8760.0", "8760.0", "a whole number of hours from 1 to 10,000"),
        ("hours_per_year", "0", "0", "a whole number of hours from 1 to 10,000"),
        ("hours_per_year", "10001", "10001", "a whole number of hours from 1 to 10,000"),
        ("hours_per_year", "true", "True", "a whole number of hours from 1 to 10,000"),
        ("decimals", "-1", "-1", "a whole number from 0 to 12"),
        ("decimals", "2.0", "2.0", "a whole number from 0 to 12"),
        ("decimals", "false", "False", "a whole number from 0 to 12"),
        ("decimals", "13", "13", "a whole number from 0 to 12"),
        ("rounding", '"HALF_UP"', "HALF_UP", "half_up or half_even"),
        ("rounding", "1", "1", "half_up or half_even"),
        ("province_change_pct", "nan", "NaN", ABOVE_0),
        ("province_change_pct", "0", "0", ABOVE_0),
        ("node_change_factor", "1", "1", "a number above 1, " + LIMITS),
        ("node_change_factor", "1.0", "1.0", "a number above 1, " + LIMITS),
        ("node_change_factor", "inf", "Infinity", "a number above 1, " + LIMITS),
        ("node_change_min_cards", "-1", "-1", "a whole number, 0 or more"),
        ("node_change_min_cards", "true", "True", "a whole number, 0 or more"),
        ("node_change_min_cards", '"100"', "100", "a whole number, 0 or more"),
        ("hub_increment_share_target", "0", "0", ABOVE_0),
        ("hub_increment_share_target", "true", "True", ABOVE_0),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused(root, problem, key, value, found, expected):
    set_key(root, key, f"{key} = {value}")
    actual = problem()
    assert (actual.code, actual.value) == ("E207", found)
    assert actual.file == "config/cci.toml"
    assert (actual.column or "").endswith(f".{key}")
    assert actual.message == f"`{found}` is not {expected}"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("base_level", "0.000001"),
        ("node_change_factor", "1.01"),
        ("node_change_min_cards", "0"),
        ("decimals", "0"),
        ("decimals", "12"),
        ("hours_per_year", "1"),
        ("hours_per_year", "10000"),
        ("rounding", '"half_even"'),
        ("base_period", '"2024-12-31"'),
    ],
)
def test_a_setting_at_its_limit_is_taken(root, key, value):
    set_key(root, key, f"{key} = {value}")
    read_config(root)


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("base_level", "methodology.base_level"),
        ("node_change_factor", "checks.node_change_factor"),
        ("hub_increment_share_target", "policy.hub_increment_share_target"),
    ],
)
def test_a_missing_setting_is_named(root, problem, key, place):
    set_key(root, key, "")
    actual = problem()
    assert (actual.code, actual.column, actual.message) == ("E206", place, "key is missing")
    assert actual.hint.startswith("expected a number above ")


def test_an_unknown_setting_names_the_one_that_was_meant(root, flaws):
    set_key(root, "base_level", "base-level = 1000")
    assert flaws() == [
        ("cci.toml", None, "methodology.base-level", "E205", "base-level"),
        ("cci.toml", None, "methodology.base_level", "E206", None),
    ]
    with pytest.raises(InvalidDataError) as raised:
        read_config(root)
    assert raised.value.problems[0].hint == "did you mean `base_level`?"
    assert raised.value.problems[0].message == "unknown key `base-level`"


def test_an_unknown_setting_like_no_other_may_go(root, problem):
    set_key(root, "decimals", "decimals = 2\nzzz = 1")
    assert (problem().code, problem().hint) == ("E205", "remove it: nothing would heed it")


def test_a_missing_section_and_an_unknown_one_are_named(root, flaws):
    text = (root / "config" / "cci.toml").read_text(encoding="utf-8")
    put(root, "cci.toml", text.replace("[policy]", "[polcy]"))
    assert flaws() == [
        ("cci.toml", None, "polcy", "E205", "polcy"),
        ("cci.toml", None, "policy", "E206", None),
    ]


def test_a_section_that_is_no_table_is_refused(root, flaws):
    text = (root / "config" / "cci.toml").read_text(encoding="utf-8")
    put(root, "cci.toml", "policy = 60\n" + text.split("[policy]")[0])
    assert flaws() == [("cci.toml", None, "policy", "E207", "60")]


# provinces.csv and cards.csv


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("provinces.csv", "name,code,full_name,name_en,region,aliases"),
        ("provinces.csv", "code,name"),
        ("provinces.csv", PROVINCES + ",note"),
        ("cards.csv", CARDS.upper()),
    ],
)
def test_another_header_is_refused(root, problem, name, header):
    put(root, name, header + "\n1,2,3\n")
    actual = problem()
    assert (actual.code, actual.file, actual.line) == ("E208", f"config/{name}", 1)
    assert actual.value == header
    assert actual.hint.startswith("expected ")


@pytest.mark.parametrize("name", ["provinces.csv", "cards.csv"])
def test_an_empty_catalogue_is_refused(root, problem, name):
    put(root, name, "")
    assert (problem().code, problem().file) == ("E208", f"config/{name}")


@pytest.mark.parametrize(("name", "header"), [("provinces.csv", PROVINCES), ("cards.csv", CARDS)])
def test_a_catalogue_without_a_row_is_refused(root, problem, name, header):
    put(root, name, header + "\n")
    assert (problem().code, problem().file) == ("E218", f"config/{name}")


def test_a_row_of_another_width_is_named_with_its_physical_line(root, flaws):
    put_provinces(
        root,
        '1,东,a,East,r,"b\nc"',
        "2,西,西省,West,r",
        "",
        "3,南,南省,South,r,",
        "4,北,北省,North,r,,",
    )
    assert flaws() == [
        ("provinces.csv", 4, None, "E209", "5"),
        ("provinces.csv", 5, None, "E209", "0"),
        ("provinces.csv", 7, None, "E209", "7"),
        ("indices.toml", None, "index[1].provinces[2]", "E212", "西"),
    ]


@pytest.mark.parametrize(
    "row", ['M,V,100,dense,100,,2024,,"s,', 'M,V,100,dense,100,,2024,,"s"x,'], ids=["open", "text"]
)
def test_broken_quotes_are_named_with_the_line_of_their_row(root, problem, row):
    put_cards(root, 'Q,V,100,dense,100,,2024,,s,"n\nn"', row)
    actual = problem()
    assert (actual.code, actual.file, actual.line) == ("E219", "config/cards.csv", 4)


@pytest.mark.parametrize("char", ["\x01", "\n", "\x7f", "\x85", "\u200b", "\u202e", "\ufffe"])
def test_a_name_has_no_character_that_nobody_sees(root, flaws, char):
    put_provinces(root, f'1,东,"东{char}省",East,r,', "2,西,西省,West,r,")
    assert ("provinces.csv", 2, "full_name", "E207", f"东{char}省") in flaws()

    put_provinces(root, "1,东,东省,East,r,", "2,西,西省,West,r,")
    path = root / "config" / "indices.toml"
    name = f"N\\u{ord(char):04x}"
    path.write_text(path.read_text("utf-8").replace('name = "N', f'name = "{name}', 1), "utf-8")
    [flaw] = flaws()
    assert flaw[2:4] == ("index[1].name", "E207")


@pytest.mark.parametrize("column", ["code", "name", "full_name", "name_en", "region"])
@pytest.mark.parametrize("value", ["", " x", "x ", "　x", "x\u00a0"])
def test_a_text_of_a_province_is_there_and_has_no_space_around_it(root, flaws, column, value):
    row = {"code": "1", "name": "东", "full_name": "东省", "name_en": "East", "region": "r"}
    put(root, "indices.toml", NATION.replace('["东", "西"]', '"*"'))
    put_provinces(root, ",".join((row | {column: value}).values()) + ",", "2,西,西省,West,r,")
    assert flaws() == [("provinces.csv", 2, column, "E207", value)]


@pytest.mark.parametrize("aliases", ["a||b", "|", "a|", "|a", " ", "a| |b", "a|-|b"])
def test_an_empty_part_of_a_list_of_aliases_is_refused(root, flaws, aliases):
    put_provinces(root, f"1,东,东省,East,r,{aliases}", "2,西,西省,West,r,")
    assert flaws() == [("provinces.csv", 2, "aliases", "E207", aliases)]


@pytest.mark.parametrize(
    ("row", "code", "column", "value"),
    [
        pytest.param("M,V,0,dense,0,,2024,,s,", "E207", "fp16_dense_tflops", "0", id="zero"),
        pytest.param("M,V,,dense,100,,2024,,s,", "E207", "fp16_tflops", "", id="no rate"),
        pytest.param("M,V,-1,dense,100,,2024,,s,", "E207", "fp16_tflops", "-1", id="negative"),
        pytest.param("M,V,1e2,dense,100,,2024,,s,", "E207", "fp16_tflops", "1e2", id="exponent"),
        pytest.param("M,V,nan,dense,100,,2024,,s,", "E207", "fp16_tflops", "nan", id="nan"),
        pytest.param("M,V,inf,dense,100,,2024,,s,", "E207", "fp16_tflops", "inf", id="inf"),
        pytest.param("M,V,+100,dense,100,,2024,,s,", "E207", "fp16_tflops", "+100", id="plus"),
        pytest.param("M,V, 100,dense,100,,2024,,s,", "E207", "fp16_tflops", " 100", id="space"),
        pytest.param("M,V,0100,dense,100,,2024,,s,", "E207", "fp16_tflops", "0100", id="lead"),
        pytest.param("M,V,１００,dense,100,,2024,,s,", "E207", "fp16_tflops", "１００", id="wide"),
        pytest.param(
            'M,V,"1,979",dense,100,,2024,,s,', "E207", "fp16_tflops", "1,979", id="thousands"
        ),
        pytest.param("M,V,100,dence,100,,2024,,s,", "E207", "basis", "dence", id="basis"),
        pytest.param("M,V,100,,100,,2024,,s,", "E207", "basis", "", id="no basis"),
        pytest.param(
            "M,V,100,dense,100,x,2024,,s,", "E207", "fp16_sparse_tflops", "x", id="sparse"
        ),
        pytest.param("M,V,100,dense,100,,1899,,s,", "E207", "released", "1899", id="year"),
        pytest.param("M,V,100,dense,100,,2024-01,,s,", "E207", "released", "2024-01", id="month"),
        pytest.param("M,,100,dense,100,,2024,,s,", "E207", "vendor", "", id="no vendor"),
        pytest.param("M,V,100,dense,100,,2024,,,", "E207", "source", "", id="no source"),
        pytest.param(
            "M,V,100,dense,100,,2024,,s,\x1b[2J", "E207", "note", "\x1b[2J", id="terminal"
        ),
        pytest.param(
            "M,V,100,dense,100,,2024,a|\u202eb,s,", "E207", "aliases", "a|\u202eb", id="bidi"
        ),
        pytest.param("M,V,100,dense,99,,2024,,s,", "E217", "fp16_tflops", "100", id="not dense"),
        pytest.param(
            "M,V,100,sparse,100,200,2024,,s,", "E217", "fp16_tflops", "100", id="not sparse"
        ),
        pytest.param("M,V,100,sparse,100,,2024,,s,", "E217", "fp16_tflops", "100", id="unstated"),
    ],
)
def test_a_flaw_of_a_model_is_named_with_its_column(root, flaws, row, code, column, value):
    put_cards(root, "other,V,1,dense,1,,,,s,", row)
    found = [flaw for flaw in flaws() if flaw[2] == column]
    assert found == [("cards.csv", 3, column, code, value)]


def test_a_rate_that_is_not_of_its_basis_says_what_that_is(root, problem):
    put_cards(root, "M,V,100,sparse,100,200,2024,,s,")
    assert problem().message == "fp16_tflops `100` differs from fp16_sparse_tflops `200`"


def test_a_rate_of_no_basis_says_so(root, problem):
    put_cards(root, "M,V,100,sparse,100,,2024,,s,")
    assert problem().message == "fp16_tflops `100` differs from fp16_sparse_tflops nothing"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("h100", "H100", id="case"),
        pytest.param("H 100", "H100", id="space"),
        pytest.param("H-100", "H100", id="hyphen"),
        pytest.param("H–100", "H−100", id="dash and minus"),
        pytest.param("Ｈ１００", "H100", id="width"),
        pytest.param("H\u00a0100", "H100", id="no-break space"),
        pytest.param("ﬀ", "ff", id="ligature"),
        pytest.param("straße", "STRASSE", id="sharp s"),
        pytest.param("same", "same", id="to the letter"),
    ],
)
def test_an_alias_of_two_models_is_refused_once_folded(root, problem, first, second):
    put_cards(root, f"M,V,1,dense,1,,,x|{first},s,", f"Q,V,1,dense,1,,,{second},s,")
    actual = problem()
    assert (actual.code, actual.line, actual.value) == ("E211", 3, second)
    assert actual.message == (
        f"`{second}` means both `M` (line 2) and `Q` once case, spaces, hyphens and width "
        "are folded"
    )


def test_an_alias_that_is_the_key_of_another_model_is_refused(root, problem):
    put_cards(root, "M,V,1,dense,1,,,,s,", "Q,V,1,dense,1,,,m,s,")
    assert (problem().code, problem().line, problem().value) == ("E211", 3, "m")


def test_a_key_that_is_an_alias_further_up_is_refused(root, problem):
    put_cards(root, "M,V,1,dense,1,,,q,s,", "Q,V,1,dense,1,,,,s,")
    assert (problem().code, problem().line, problem().value) == ("E211", 3, "Q")


def test_a_model_given_twice_is_refused(root, problem):
    put_cards(root, "M,V,1,dense,1,,,,s,", "Q,V,1,dense,1,,,,s,", "M,V,2,dense,2,,,,s,")
    actual = problem()
    assert (actual.code, actual.line, actual.value) == ("E210", 4, "M")
    assert actual.message == "`M` is given twice, first on line 2"


@pytest.mark.parametrize(
    ("row", "value"),
    [
        pytest.param("1,西,西省,West,r,", "1", id="code"),
        pytest.param("2,西,东省,West,r,", "东省", id="full name"),
        pytest.param("2,西,西省,EAST,r,", "EAST", id="English name"),
        pytest.param("2,西,西省,West,r,e", "e", id="alias"),
        pytest.param("2,西,西省,West,r,东", "东", id="name"),
    ],
)
def test_a_spelling_of_two_provinces_is_refused(root, problem, row, value):
    put_provinces(root, "1,东,东省,East,r,E", row)
    assert (problem().code, problem().line, problem().value) == ("E211", 3, value)


# indices.toml


def test_a_document_without_indices_is_refused(root, flaws):
    put(root, "indices.toml", "")
    assert flaws() == [("indices.toml", None, "index", "E206", None)]


@pytest.mark.parametrize(
    ("text", "found"), [("index = 5", "5"), ("index = []", "[]"), ("index = [1]", "[1]")]
)
def test_indices_that_are_no_tables_are_refused(root, flaws, text, found):
    put(root, "indices.toml", text)
    assert flaws() == [("indices.toml", None, "index", "E207", found)]


@pytest.mark.parametrize("key", ["code", "kind", "series", "name", "name_en", "provinces"])
def test_a_missing_key_of_an_index_is_named(root, flaws, key):
    text = re.sub(rf"(?m)^{key} = .*\n", "", index_toml("R", "region", ["东"]))
    put(root, "indices.toml", NATION + text)
    assert flaws() == [("indices.toml", None, f"index[2].{key}", "E206", None)]


def test_an_unknown_key_of_an_index_names_the_one_that_was_meant(root, problem):
    put(root, "indices.toml", NATION + 'nameen = "x"\n')
    actual = problem()
    assert (actual.code, actual.column) == ("E205", "index[1].nameen")
    assert actual.hint == "did you mean `name_en`?"


def test_an_unknown_key_of_a_scope_change_is_named(root, problem):
    text = index_toml("R", "region", ["东"], {"2025H1": ["西"]})
    put(root, "indices.toml", NATION + text.strip() + '\nuntil = "2026H1"\n')
    actual = problem()
    assert (actual.code, actual.column) == ("E205", "index[2].change[1].until")


@pytest.mark.parametrize(
    ("codes", "count"), [(("region",), 0), (("national", "region", "national"), 2)]
)
def test_there_is_exactly_one_national_index(root, problem, codes, count):
    text = "".join(index_toml(f"I{n}", kind, ["东", "西"]) for n, kind in enumerate(codes))
    put(root, "indices.toml", text)
    actual = problem()
    assert (actual.code, actual.column) == ("E213", "index.kind")
    assert actual.message == f"{count} indices are of kind national"


def test_a_code_of_two_indices_is_refused(root, problem):
    region = index_toml("R", "region", ["东"])
    put(root, "indices.toml", NATION + region + index_toml("S", "hub", ["东"]) + region)
    actual = problem()
    assert (actual.code, actual.column, actual.value) == ("E210", "index[4].code", "R")
    assert actual.message == "`R` is given twice, first in index[2]"


def test_an_unknown_province_of_an_index_is_named(root, problem):
    put_provinces(root, "1,内蒙古,内蒙古自治区,Inner Mongolia,r,", "2,西,西省,West,r,")
    put(root, "indices.toml", index_toml("N", "national", ["西", "内蒙"]))
    actual = problem()
    assert (actual.code, actual.column) == ("E212", "index[1].provinces[2]")
    assert actual.message == "`内蒙` is not a province of provinces.csv"
    assert actual.hint == "did you mean `内蒙古`?"


def test_a_province_listed_twice_in_an_index_is_named(root, problem):
    put(root, "indices.toml", index_toml("N", "national", ["东", "西", "东"]))
    actual = problem()
    assert (actual.code, actual.column, actual.value) == ("E210", "index[1].provinces[3]", "东")


@pytest.mark.parametrize(
    ("provinces", "code"),
    [('"东"', "E207"), ("[1]", "E207"), ('["东", 1]', "E207"), ('"**"', "E207"), ("[]", "E218")],
)
def test_provinces_are_a_list_of_names_or_a_star(root, flaws, provinces, code):
    text = index_toml("R", "region", ["东"]).replace('["东"]', provinces)
    put(root, "indices.toml", NATION + text)
    assert [flaw[2:4] for flaw in flaws()] == [("index[2].provinces", code)]


@pytest.mark.parametrize(
    ("changes", "code", "value"),
    [
        pytest.param({"2024H2": ["西"]}, "E214", "2024H2", id="at the base"),
        pytest.param({"2020H1": ["西"]}, "E214", "2020H1", id="before the base"),
        pytest.param({"2025H1": ["东"]}, "E216", "2025H1", id="to the scope there is"),
        pytest.param({"2025H1": ["西"], "2026H1": ["西"]}, "E216", "2026H1", id="twice the same"),
        pytest.param(
            {"2026H1": ["西"], "2025H1": ["西"]}, "E216", "2026H1", id="twice, out of order"
        ),
        pytest.param({"2025H1": ["北"]}, "E212", "北", id="to an unknown province"),
        pytest.param({"2025H3": ["西"]}, "E207", "2025H3", id="from no period"),
        pytest.param({"2025H1": []}, "E218", "index[2].change[1].provinces", id="to nothing"),
    ],
)
def test_a_flawed_scope_change_is_refused(root, problem, changes, code, value):
    put(root, "indices.toml", NATION + index_toml("R", "region", ["东"], changes))
    actual = problem()
    assert (actual.code, actual.value) == (code, value)
    assert (actual.column or "").startswith("index[2].change")


def test_the_order_of_provinces_is_no_change_of_scope(root, problem):
    put(root, "indices.toml", index_toml("N", "national", ["东", "西"], {"2025H1": ["西", "东"]}))
    assert problem().code == "E216"


def test_two_scope_changes_from_one_period_are_refused(root, problem):
    one = index_toml("R", "region", ["东"], {"2025H1": ["西"]}).strip()
    other = '\n[[index.change]]\nfrom = "2025-03-01"\nprovinces = ["东", "西"]\n'
    put(root, "indices.toml", NATION + one + other)
    actual = problem()
    assert (actual.code, actual.column, actual.value) == ("E215", "index[2].change", "2025H1")


@pytest.mark.parametrize("key", ["from", "provinces"])
def test_a_missing_key_of_a_scope_change_is_named(root, flaws, key):
    text = index_toml("R", "region", ["东"], {"2025H1": ["西"]})
    head, change = text.split("[[index.change]]")
    change = re.sub(rf"(?m)^{key} = .*\n", "", change)
    put(root, "indices.toml", NATION + head + "[[index.change]]" + change)
    assert flaws() == [("indices.toml", None, f"index[2].change[1].{key}", "E206", None)]


@pytest.mark.parametrize("value", ["5", '"2025H1"', "[1]"])
def test_a_scope_change_that_is_no_table_is_refused(root, flaws, value):
    put(root, "indices.toml", NATION + index_toml("R", "region", ["东"]) + f"change = {value}\n")
    assert [flaw[2:4] for flaw in flaws()] == [("index[2].change", "E207")]


@pytest.mark.parametrize("number", ["1_000_000_000", "0.0000000001", "1e-10", "1e5000", "-1", "0"])
def test_a_number_beyond_all_sense_is_a_slip(root, flaws, number):
    set_key(root, "base_level", f"base_level = {number}")
    assert [flaw[2:4] for flaw in flaws()] == [("methodology.base_level", "E207")]


@pytest.mark.parametrize("number", ["999_999_999", "0.000000001", "1e3"])
def test_a_number_within_the_bounds_is_taken(root, number):
    set_key(root, "base_level", f"base_level = {number}")
    assert read_config(root).methodology.base_level == Decimal(number.replace("_", ""))


@pytest.mark.parametrize(
    "text",
    ["x = " + "9" * 5_000, "x = 1e9999999999999999999", "x = " + "[" * 50_000],
    ids=["too many digits", "too large an exponent", "nested too deep"],
)
def test_what_the_toml_reader_cannot_bear_is_reported_as_its_errors_are(root, flaws, text):
    put(root, "indices.toml", text)
    assert [(flaw[0], flaw[3]) for flaw in flaws()] == [("indices.toml", "E204")]


# the command line


@pytest.mark.parametrize(
    "command", [["compute", "2024H2"], ["validate", "2024H2"], ["cards"], ["status"]]
)
def test_a_broken_config_is_the_answer_no_and_lists_its_problems(root, cci, monkeypatch, command):
    set_key(root, "decimals", "decimals = true")
    put_cards(root, "M,V,1,dense,1,,,,s,", "M,V,2,dense,2,,,,s,")
    monkeypatch.chdir(root)
    outcome = cci(*command, workspace=Path())
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        f"error: the config in `{root / 'config'}` has 2 problems [E203]\n"
        "  config/cci.toml: methodology.decimals: `True` is not a whole number from 0 to 12 "
        "[E207]\n"
        "  config/cards.csv:3: `M` is given twice, first on line 2 [E210]\n"
        "    hint: keep one of the two\n"
    )


def test_a_pipe_in_the_config_is_not_waited_for(root, cci):
    (root / "config" / "cards.csv").unlink()
    os.mkfifo(root / "config" / "cards.csv")
    outcome = cci("compute", "2024H2", workspace=root)
    assert (outcome.code, outcome.out) == (3, "")
    assert "is not a regular file [E504]" in outcome.err


def test_a_missing_config_file_is_a_failure_of_the_system(root, cci):
    (root / "config" / "cards.csv").unlink()
    outcome = cci("compute", "2024H2", workspace=root)
    assert (outcome.code, outcome.out) == (3, "")
    assert "[E501]" in outcome.err
    assert "Traceback" not in outcome.err
