"""The strict reader that mutated raw files are held against, and the first of those files.

`make fuzz` goes on where this ends: with other files, for as long as one likes.
"""

from collections import Counter
from datetime import date

import pytest
from hunt import Hunter
from mutations import Case, make_case
from strict import RefusalError, Vocabulary, read_text

from cci_cli import normaliser, packages, rules

VOCABULARY = Vocabulary(
    {"东": ("东", "东省"), "西": ("西",)}, {"M": ("M", "Model M")}, date(2024, 12, 31)
)
HEADER = "node_id,province,model,cards\n"
SURVEY = HEADER + "n2,东,M,1\nn1,西,M,0\n"


def read(content: str | bytes, encoding: str | None = None) -> str:
    data = content if isinstance(content, bytes) else content.encode()
    return read_text(data, VOCABULARY, encoding).decode()


STORED = (
    "node_id,node_name,province,model,cards,status,in_service_since\n"
    "n1,,西,M,0,in_service,\nn2,,东,M,1,in_service,\n"
)


@pytest.mark.parametrize(
    "content",
    [
        SURVEY,
        SURVEY.replace("\n", "\r\n"),
        SURVEY.rstrip("\n"),
        "\ufeff" + SURVEY,
        SURVEY.encode("gb18030"),
        SURVEY.encode("utf-16"),
        SURVEY.replace(",", "\t").encode("utf-16"),
        '节点编号,"省份",型号,卡数\n n2 ,东省,model-m,１\n"n1",西,M,0\n',
        "cards,model,province,node_id\n1,M,东,n2\n0,M,西,n1\n",
        HEADER.rstrip("\n") + ",status\nn2,东,M,1,运行中\nn1,西,M,0,In Service\n",
    ],
)
def test_the_strict_reader_takes_a_sound_file_in_any_of_its_forms(content):
    assert read(content) == STORED


def test_the_strict_reader_writes_values_in_their_canonical_form():
    """A name with comma and quote, 1,234 cards, a planned day: 10 sorts before 9."""
    content = (
        "node_id,node_name,province,model,cards,status,in_service_since\n"
        '9,"a ""b"", c",东,M,"1,234",在建,2025年6月1日\n'
        "10,,西,M,9223372036854775807,in_service,2024/12/31\n"
    )
    assert read(content) == (
        "node_id,node_name,province,model,cards,status,in_service_since\n"
        "10,,西,M,9223372036854775807,in_service,2024-12-31\n"
        '9,"a ""b"", c",东,M,1234,under_construction,2025-06-01\n'
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00\x00",
        SURVEY.encode()[:-1] + b"\r",
        SURVEY + "\n",
        SURVEY.replace("n1", "n2"),
        SURVEY.replace("西", "东"),
        SURVEY + "n2,西,M,1\n",
        *(SURVEY.replace(",M,0", f",M,{cards}") for cards in ("", "-1", "00", "1.0", "0,1")),
        SURVEY.replace(",M,0", ",M,9223372036854775808"),
        *(SURVEY.replace("n1", node) for node in ("", "a\u200b", "a\tb", "###", '"a', 'a"', "\0")),
        SURVEY.replace(",0", ""),
        SURVEY.replace("model", "card"),
        SURVEY.replace("model", "cards"),
        HEADER.rstrip("\n") + ",in_service_since\nn2,东,M,1,2025-01-01\nn1,西,M,0,\n",
        HEADER.rstrip("\n") + ",in_service_since\nn2,东,M,1,2024-02-30\nn1,西,M,0,\n",
        HEADER.rstrip("\n") + ",status\nn2,东,M,1,\nn1,西,M,0,在运\n",
    ],
)
def test_the_strict_reader_refuses_what_is_not_plainly_meant(content):
    with pytest.raises(RefusalError):
        read(content)


@pytest.fixture
def hunter(tmp_path):
    return Hunter(tmp_path)


def of_text(content: str) -> Case:
    return Case(
        content=content.encode(),
        is_workbook=False,
        encoding=None,
        chunk_bytes=7,
        batch_rows=2,
        rows_in_doubt=1,
    )


SOUND = HEADER + "n1,北京,H100,１２\nn2,内蒙古,L40,8\nn3,广东,L40,0\n"


def test_the_first_mutated_files_do_no_harm(hunter):
    outcomes = [hunter.try_case(make_case(f"first:{number}")) for number in range(40)]
    assert [outcome.fault for outcome in outcomes if outcome.fault] == []
    words = Counter(outcome.word for outcome in outcomes)
    assert words["refused"] > 9
    assert words["stored as the strict reader has it"] > 9


def test_of_the_first_workbooks_some_are_taken(hunter):
    cases = [make_case(f"book:{number}") for number in range(120)]
    words = {hunter.try_case(case).word for case in cases if case.is_workbook}
    assert words >= {"refused", "stored as the strict reader has it"}


def test_a_sound_file_that_is_refused_is_noticed(hunter, monkeypatch):
    monkeypatch.setattr(rules, "WHOLE_NUMBER", "^[0-9]$")
    monkeypatch.setattr(normaliser, "WHOLE_NUMBER", "^[0-9]$")
    assert "refused what the strict reader takes" in hunter.try_case(of_text(SOUND)).fault


def test_a_digit_that_is_read_wrongly_is_noticed(hunter, monkeypatch):
    assert hunter.try_case(of_text(SOUND)).fault is None
    monkeypatch.setattr(normaliser, "_WIDE_DIGITS", "０２１３４５６７８９")
    assert "expected" in hunter.try_case(of_text(SOUND)).fault


def test_a_rule_that_lets_something_pass_is_noticed(hunter, monkeypatch):
    wrong = SOUND.replace("n1", "n\u200b1")
    assert hunter.try_case(of_text(wrong)).word == "refused"
    monkeypatch.setattr(rules, "CLEAN_TEXT", "")
    assert "the strict reader refuses" in hunter.try_case(of_text(wrong)).fault


def test_a_bug_and_a_file_stored_in_spite_of_a_refusal_are_noticed(hunter, monkeypatch):
    def crash(*_arguments, **_options):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(packages, "seal", crash)
        patch.setattr("cci_cli.archive.seal", crash)
        assert "exit code 70" in hunter.try_case(of_text(SOUND)).fault
    (hunter._root / "snapshots/left-behind").write_text("x", encoding="utf-8")
    assert "something is stored" in hunter.try_case(of_text("x")).fault
