"""The values of a file of nodes, batch by batch: what is wrong with them, what they sum to."""

from datetime import date

import polars as pl
import pytest
from conftest import index_toml

from cci_cli import clashes, csvfile, examination, hashpiles, rules, schemas
from cci_cli.columns import COLUMNS
from cci_cli.config import read_config
from cci_cli.csvfile import survey_file
from cci_cli.errors import InvalidDataError, ProblemList, SystemFailureError
from cci_cli.nodefile import check_nodes, read_nodes, sum_nodes

AS_OF = date(2024, 12, 31)
HEADER = "node_id,province,model,cards\n"
BATCHES = [1, 2, 3, 4, 5, 100]


@pytest.fixture
def config(make_workspace):
    root = make_workspace(["东", "西"], index_toml("N", "national", ["东", "西"]))
    return read_config(root)


@pytest.fixture
def check(tmp_path, config):
    """Check a content: its sums, and its problems as (code, line, column, value)."""

    def run(content: str, as_of: date | None = AS_OF):
        path = tmp_path / "nodes.csv"
        path.write_text(content, encoding="utf-8", newline="")
        problems = ProblemList("nodes.csv")
        checked = check_nodes(survey_file(path, problems), config, as_of, problems)
        return checked, [
            (problem.code, problem.line, problem.column, problem.value)
            for problem in problems.first()
        ]

    return run


def counts_of(checked) -> list[tuple[str, str, int]]:
    return checked.card_counts.rows()


# sums


@pytest.mark.parametrize("batch", BATCHES)
def test_cards_in_service_are_summed_by_province_and_model(check, monkeypatch, batch):
    """东 M: 1 + 10 in service; 100 are not. 西 half: 5."""
    monkeypatch.setattr(csvfile, "BATCH_ROWS", batch)
    checked, problems = check(
        "status,node_id,province,model,cards\n"
        "in_service,n1,东,M,1\n"
        "retired,n2,东,M,100\n"
        "in_service,n3,西,half,5\n"
        "in_service,n4,东,M,10\n"
        "suspended,n4,东,half,7\n"
    )
    assert problems == []
    assert (checked.rows, checked.nodes) == (5, 4)
    assert counts_of(checked) == [("东", "M", 11), ("东", "half", 0), ("西", "half", 5)]


def test_without_a_status_every_row_is_in_service(check):
    checked, problems = check(HEADER + "n1,东,M,1\nn2,西,M,2\n")
    assert problems == []
    assert counts_of(checked) == [("东", "M", 1), ("西", "M", 2)]


def test_the_largest_counts_add_up_without_an_overflow(check):
    most = 9_223_372_036_854_775_807
    checked, problems = check(HEADER + f"n1,东,M,{most}\nn2,东,M,{most}\nn3,西,M,0\n")
    assert problems == []
    assert counts_of(checked) == [("东", "M", 2 * most), ("西", "M", 0)]


def test_a_node_with_several_models_is_one_node(check):
    checked, problems = check(HEADER + "n1,东,M,1\nn1,东,half,1\nn2,西,M,1\n")
    assert problems == []
    assert (checked.rows, checked.nodes) == (3, 2)


def test_a_file_with_a_problem_has_no_sums(check):
    checked, problems = check(HEADER + "n1,东,M,1\nn2,西,M,x\n")
    assert checked is None
    assert problems == [("E324", 3, "cards", "x")]


# batches: pandera looks at a LazyFrame's schema alone, and counts rows from the batch's own start


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("quoted", ["n1", '"n1"'], ids=["plain", "quoted"])
def test_values_that_break_a_rule_are_found_in_every_batch(check, monkeypatch, batch, quoted):
    monkeypatch.setattr(csvfile, "BATCH_ROWS", batch)
    checked, problems = check(
        "node_id,province,model,cards,status,in_service_since\n"
        f"{quoted},东,M,1,in_service,2024-01-01\n"
        "n2,西,M,-1,in_service,\n"
        "n3,西,M,1,open,\n"
        "n4,西,Q,1,in_service,\n"
        "n5,西,M,1,in_service,2024-02-30\n"
        "n6,北,M,1,in_service,\n"
        ",西,M,1,in_service,2025-01-01\n"
    )
    assert checked is None
    assert problems == [
        ("E324", 3, "cards", "-1"),
        ("E325", 4, "status", "open"),
        ("E323", 5, "model", "Q"),
        ("E326", 6, "in_service_since", "2024-02-30"),
        ("E322", 7, "province", "北"),
        ("E327", 8, "in_service_since", "2025-01-01"),
        ("E320", 8, "node_id", None),
    ]


@pytest.mark.parametrize("batch", BATCHES)
def test_lines_are_right_behind_bad_lines_and_quoted_line_ends(check, monkeypatch, batch):
    monkeypatch.setattr(csvfile, "BATCH_ROWS", batch)
    _, problems = check(
        HEADER
        + "n1,东,M,1\n\n"
        + 'n2,"a\nb",M,1\n'
        + "n3,西,M\n"
        + "n4,西,M,x\n"
        + 'n5"x,西,M,1\n'
        + "n6,西,M,y\n"
    )
    assert problems == [
        ("E318", 3, None, None),
        ("E322", 4, "province", "a\nb"),
        ("E317", 6, None, None),
        ("E324", 7, "cards", "x"),
        ("E319", 8, None, None),
        ("E324", 9, "cards", "y"),
    ]


@pytest.mark.parametrize("batch", BATCHES)
def test_every_line_of_a_key_beyond_its_first_is_named(check, monkeypatch, batch):
    monkeypatch.setattr(csvfile, "BATCH_ROWS", batch)
    _, problems = check(
        HEADER
        + "n1,东,M,1\n"
        + "n2,西,M,1\n"
        + "n1,东,half,1\n"
        + "n1,东,M,5\n"
        + "n2,西,half,1\n"
        + "n1,东,M,1\n"
    )
    assert problems == [
        ("E330", 5, "node_id,model", "n1,M"),
        ("E330", 7, "node_id,model", "n1,M"),
    ]


@pytest.mark.parametrize("batch", BATCHES)
def test_every_line_of_a_node_outside_its_first_province_is_named(check, monkeypatch, batch):
    monkeypatch.setattr(csvfile, "BATCH_ROWS", batch)
    _, problems = check(
        HEADER + "n1,东,M,1\n" + "n2,西,M,1\n" + "n1,西,half,1\n" + "n2,西,half,1\n" + "n1,西,M,1\n"
    )
    assert problems == [
        ("E331", 4, "node_id", "n1"),
        ("E331", 6, "node_id", "n1"),
        ("E330", 6, "node_id,model", "n1,M"),
    ]


@pytest.mark.parametrize("flaw", ['n9"x,西,M,1\n', "\n"], ids=["bad quote", "blank line"])
def test_duplicates_are_found_beside_a_flaw_of_the_form(check, monkeypatch, flaw):
    monkeypatch.setattr(csvfile, "BATCH_ROWS", 2)
    _, problems = check(HEADER + "n1,东,M,1\nn2,西,M,1\n" + flaw + "n3,西,M,1\nn1,东,M,1\n")
    assert [(code, line) for code, line, *_ in problems][1:] == [("E330", 6)]


def test_rows_of_another_width_are_no_duplicates(check):
    _, problems = check(HEADER + "n1,东,M,1\nn1,东,M\nn2,西,M,1\n")
    assert problems == [("E317", 3, None, None)]


def test_missing_values_are_no_duplicates_of_each_other(check):
    _, problems = check(HEADER + "n1,东,,1\nn1,,M,1\nn1,西,,1\n,西,M,1\n,东,M,1\n")
    assert [problem for problem in problems if problem[0] != "E320"] == [
        ("E331", 4, "node_id", "n1")
    ]


def test_a_key_stands_twice_wherever_its_node_lies(check):
    _, problems = check(HEADER + "n1,,M,1\nn1,,M,1\nn2,东,M,1\nn3,西,M,1\n")
    assert [problem for problem in problems if problem[0] != "E320"] == [
        ("E330", 3, "node_id,model", "n1,M")
    ]


def test_keys_that_read_alike_when_joined_are_no_duplicates(check):
    checked, problems = check(HEADER + "n1M,东,half,1\nn1,东,M,1\nN1,西,M,1\nn01,西,M,1\n")
    assert problems == []
    assert checked.nodes == 4


@pytest.mark.parametrize("batch", BATCHES)
def test_a_clash_of_hashes_alone_is_no_problem(check, monkeypatch, batch):
    monkeypatch.setattr(csvfile, "BATCH_ROWS", batch)
    monkeypatch.setattr(clashes, "_hash_key", hash_all_alike)
    monkeypatch.setattr(clashes, "_hash_node", hash_all_alike)
    checked, problems = check(HEADER + "n1,东,M,1\nn2,西,M,1\nn2,西,half,1\nn3,西,M,1\n")
    assert problems == []
    assert counts_of(checked) == [("东", "M", 1), ("西", "M", 2), ("西", "half", 1)]
    assert checked.nodes == 3


def test_nodes_are_counted_however_many_pieces_their_hashes_were_laid_off_in(check, monkeypatch):
    monkeypatch.setattr(hashpiles, "MOST_KEPT", 0)
    rows = [f"n{number},东,{model},1\n" for number in range(300) for model in ("M", "half")]
    checked, problems = check(HEADER + "".join(rows) + "m,西,M,1\n")
    assert problems == []
    assert checked.nodes == 301


@pytest.mark.parametrize("batch", BATCHES)
def test_among_clashing_hashes_the_real_duplicates_are_found(check, monkeypatch, batch):
    monkeypatch.setattr(csvfile, "BATCH_ROWS", batch)
    monkeypatch.setattr(clashes, "_hash_key", hash_all_alike)
    monkeypatch.setattr(clashes, "_hash_node", hash_all_alike)
    _, problems = check(HEADER + "n1,东,M,1\nn2,西,M,1\nn1,东,M,1\nn3,西,M,1\nn2,东,half,1\n")
    assert problems == [("E330", 4, "node_id,model", "n1,M"), ("E331", 6, "node_id", "n2")]


def hash_all_alike() -> pl.Expr:
    """A hash of no use: every row has the same."""
    return (pl.col("line") * 0).cast(pl.UInt64)


def test_a_batch_is_given_to_the_rules_as_an_eager_frame(check, monkeypatch):
    kinds = []
    find = schemas.find_value_problems

    def spy(rows, schema):
        kinds.append(type(rows))
        return find(rows, schema)

    monkeypatch.setattr(examination, "find_value_problems", spy)
    check(HEADER + "n1,东,M,1\nn2,西,M,x\n")
    assert kinds == [pl.DataFrame]


# dates, provinces


@pytest.mark.parametrize(
    ("since", "is_late"),
    [("2024-12-31", False), ("2025-01-01", True), ("", False), ("1990-01-01", False)],
)
def test_a_row_in_service_was_put_into_service_by_the_day_of_the_snapshot(check, since, is_late):
    text = f"node_id,province,model,cards,in_service_since\nn1,东,M,1,{since}\nn2,西,M,1,\n"
    _, problems = check(text)
    assert problems == ([("E327", 2, "in_service_since", since)] if is_late else [])


@pytest.mark.parametrize("status", ["under_construction", "suspended", "retired"])
def test_a_row_out_of_service_may_have_a_later_date(check, status):
    _, problems = check(
        "node_id,province,model,cards,status,in_service_since\n"
        f"n1,东,M,1,{status},2030-01-01\n"
        "n2,西,M,1,in_service,2030-01-01\n"
    )
    assert problems == [("E327", 3, "in_service_since", "2030-01-01")]


def test_to_doubt_every_row_changes_nothing(check, monkeypatch):
    """东 M: 1 + 10 in service, 100 are not. What is examined and found sound is kept."""
    sound = (
        "node_id,province,model,cards,status\n"
        "n1,东,M,1,in_service\nn2,东,M,100,retired\nn3,西,half,5,in_service\n"
        "n4,东,M,10,in_service\n"
    )
    content = sound + "n5,西,M,-1,in_service\nn6,东,M,4,on\nn1,东,M,2,in_service\n"
    before = check(content), check(sound)
    find_doubts = rules.NodeRules.find_doubts

    def doubt(self, header, *, is_plain):
        _, *values = find_doubts(self, header, is_plain=is_plain)
        return [pl.lit(value=True).alias(rules.IS_DOUBTFUL), *values]

    monkeypatch.setattr(rules.NodeRules, "find_doubts", doubt)
    after = check(content), check(sound)
    assert [problems for _, problems in after] == [problems for _, problems in before]
    assert before[0][0] is after[0][0] is None
    (old, _), (new, _) = before[1], after[1]
    assert (old.rows, old.nodes, sorted(counts_of(old))) == (
        (new.rows, new.nodes, sorted(counts_of(new)))
    )
    assert sorted(counts_of(new)) == [("东", "M", 11), ("西", "half", 5)]


def test_dates_are_not_compared_where_the_day_is_not_known(check):
    checked, problems = check(
        "node_id,province,model,cards,in_service_since\nn1,东,M,1,2030-01-01\nn2,西,M,1,\n",
        as_of=None,
    )
    assert problems == []
    assert checked.rows == 2


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ("", ["东", "西"]),
        ("n1,西,M,1\n", ["东"]),
        ("n1,东,M,0\n", ["西"]),
        ("n1,西,M,1\n\n", ["东"]),
        # what cannot be read, or is misspelt, may be the province
        ("n1,东,M\nn2,西,M,1\n", []),
        ('n1,东",M,1\nn2,西,M,1\n', []),
        ("n1,province 东,M,1\nn2,西,M,1\n", []),
    ],
    ids=["no row", "first", "last", "beside a blank line", "bad row", "bad quote", "alias"],
)
def test_every_province_of_the_config_must_appear(check, rows, missing):
    checked, problems = check(HEADER + rows)
    assert checked is None
    assert [problem for problem in problems if problem[0] == "E332"] == [
        ("E332", None, "province", name) for name in missing
    ]


def test_a_province_with_a_row_of_no_cards_appears(check):
    checked, problems = check(HEADER + "n1,东,M,1\nn2,西,M,0\n")
    assert problems == []
    assert counts_of(checked) == [("东", "M", 1), ("西", "M", 0)]


def test_a_province_out_of_service_altogether_appears(check):
    _, problems = check(
        "node_id,province,model,cards,status\nn1,东,M,1,in_service\nn2,西,M,5,retired\n"
    )
    assert problems == []


# many problems


@pytest.mark.parametrize("batch", [700, 500_000])
def test_all_problems_are_counted_and_the_first_of_each_code_kept(
    tmp_path, config, monkeypatch, batch
):
    monkeypatch.setattr(csvfile, "BATCH_ROWS", batch)
    path = tmp_path / "nodes.csv"
    rows = [f"n{number},东,M,x" for number in range(5_000)]
    path.write_text(HEADER + "\n".join([*rows, "m1,西,Q,1"]) + "\n", encoding="utf-8")
    problems = ProblemList("nodes.csv")
    check_nodes(survey_file(path, problems), config, AS_OF, problems)
    assert problems.counts == {"E324": 5_000, "E323": 1}
    assert problems.total == 5_001
    assert [problem.line for problem in problems.first()] == [*range(2, 1_002), 5_002]


def test_all_clashes_are_counted_and_the_first_of_each_kind_kept(tmp_path, config):
    """1,100 nodes lie in both provinces, and 1,200 keys stand twice."""
    path = tmp_path / "nodes.csv"
    moved = [
        f"a{number},{place},{model},1"
        for place, model in (("东", "M"), ("西", "half"))
        for number in range(1_100)
    ]
    twice = [f"b{number},东,M,1" for number in range(1_200)] * 2
    path.write_text(HEADER + "\n".join([*moved, *twice]) + "\n", encoding="utf-8")
    problems = ProblemList("nodes.csv")
    check_nodes(survey_file(path, problems), config, AS_OF, problems)
    assert problems.counts == {"E331": 1_100, "E330": 1_200}
    # a0 stands on lines 2 and 1,102, b0 on 2,202 and 3,402
    assert [problem.line for problem in problems.first()] == [
        *range(1_102, 2_102),
        *range(3_402, 4_402),
    ]


# a stored file has the canonical form, and nothing else


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        *(("node_id", text, "E321") for text in (" n3", "n3\u00a0", "\u3000n3")),
        ("node_name", "x ", "E321"),
        *(
            ("province", text, "E322")
            for text in ("province 东", "00", " 东", "东 ", "香港", "东\t")
        ),
        *(("model", text, "E323") for text in ("m", "Ｍ", "M ", "Half", "ha lf")),
        *(("cards", text, "E324") for text in ("1,234", "８", " 8", "8 ", "1，234")),
        *(("status", text, "E325") for text in ("在运", "In_service", "in service", " retired")),
        *(
            ("in_service_since", text, "E326")
            for text in ("2024/5/7", "2024-5-7", "2024年5月7日", " 2024-05-07", "２０２４-05-07")
        ),
    ],
)
def test_what_a_raw_file_may_say_is_refused_in_a_stored_one(check, column, text, code):
    fields = dict(zip(COLUMNS, ("n3", "", "东", "M", "1", "in_service", ""), strict=True))
    row = ",".join(f'"{value}"' for value in (fields | {column: text}).values())
    _, problems = check(
        ",".join(COLUMNS) + f"\nn1,,东,M,1,in_service,\nn2,,西,M,1,in_service,\n{row}\n"
    )
    assert problems == [(code, 4, column, text)]


@pytest.mark.parametrize("text", ["1.10E+11", "#N/A", "########"])
def test_an_identifier_that_was_stored_stays_what_it_is(check, text):
    checked, problems = check(HEADER + f"{text},东,M,1\nn2,西,M,1\n")
    assert problems == []
    assert checked.nodes == 2


@pytest.mark.parametrize(
    "header",
    [
        *("节点编号,province,model,cards", "Node_ID,province,model,cards"),
        *(" node_id,province,model,cards", "ｎｏｄｅ_id,province,model,cards"),
    ],
)
def test_a_stored_file_has_the_canonical_names(tmp_path, config, header):
    path = tmp_path / "nodes.csv"
    path.write_text(header + "\nn1,东,M,1\nn2,西,M,1\n", encoding="utf-8")
    with pytest.raises(InvalidDataError) as raised:
        read_nodes(path, "the file", config, AS_OF)
    assert {problem.code for problem in raised.value.problems} == {"E314", "E315"}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le"])
def test_a_stored_file_is_in_utf8(tmp_path, config, encoding):
    path = tmp_path / "nodes.csv"
    path.write_text(HEADER + "n1,东,M,1\nn2,西,M,1\n", encoding=encoding)
    with pytest.raises(InvalidDataError) as raised:
        read_nodes(path, "the file", config, AS_OF)
    assert raised.value.problems[0].code in {"E310", "E312"}


def test_a_stored_file_has_commas(tmp_path, config):
    path = tmp_path / "nodes.csv"
    path.write_text(HEADER.replace(",", "\t"), encoding="utf-8")
    with pytest.raises(InvalidDataError) as raised:
        read_nodes(path, "the file", config, AS_OF)
    assert [problem.code for problem in raised.value.problems] == ["E309"]


# a file that must be sound


def test_read_nodes_raises_every_problem_of_the_file(tmp_path, config):
    path = tmp_path / "nodes.csv"
    path.write_text(HEADER + "n1,东,M,x\nn1,东,M\nn3,西,Q,1\n", encoding="utf-8")
    with pytest.raises(InvalidDataError) as raised:
        read_nodes(path, "the file", config, AS_OF)
    assert (raised.value.code, raised.value.total) == ("E305", 3)
    assert [(problem.code, problem.line) for problem in raised.value.problems] == [
        ("E324", 2),
        ("E317", 3),
        ("E323", 4),
    ]
    assert {problem.file for problem in raised.value.problems} == {"the file"}


def test_read_nodes_raises_for_a_file_without_a_header(tmp_path, config):
    path = tmp_path / "nodes.csv"
    path.write_bytes(b"")
    with pytest.raises(InvalidDataError) as raised:
        read_nodes(path, "the file", config, AS_OF)
    assert [problem.code for problem in raised.value.problems] == ["E311"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("", [("n1", 3), ("n2", 5)]),
        ("retired", [("n2", 5)]),
    ],
    ids=["no status column", "one out of service"],
)
def test_sum_nodes_gives_the_cards_in_service_of_nodes_that_have_any(tmp_path, status, expected):
    columns = "node_id,province,model,cards" + (",status" if status else "")
    first, other = (f",{status}", ",in_service") if status else ("", "")
    path = tmp_path / "nodes.csv"
    path.write_text(
        f"{columns}\nn1,东,M,1{first}\nn1,东,half,2{first}\nn2,西,M,5{other}\nn3,西,M,0{other}\n",
        encoding="utf-8",
    )
    survey = survey_file(path, ProblemList("nodes.csv"))
    assert sorted(sum_nodes(survey).rows()) == expected


def test_a_file_that_cannot_be_read_once_it_was_surveyed_is_named(tmp_path):
    path = tmp_path / "gone.csv"
    path.write_text("node_id,province,model,cards\nn1,a,M,1\n", encoding="utf-8")
    survey = survey_file(path, ProblemList(path.name))
    path.unlink()
    readers = (lambda: list(csvfile.read_batches(survey)), lambda: sum_nodes(survey))
    for read in readers:
        with pytest.raises(SystemFailureError, match=f"cannot read `{path}`"):
            read()
