"""Rows in the order of their key: the same bytes however few are sorted at once."""

import csv
import errno
import io
from datetime import date

import polars as pl
import pytest
from conftest import examples, index_toml
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from cci_cli import layoffs, sorting
from cci_cli.columns import COLUMNS
from cci_cli.errors import SystemFailureError
from cci_cli.rules import to_canonical
from cci_cli.sorting import RowSorter, find_starts

NODES = st.sampled_from(
    ["a", "b", "B", "a b", "10", "9", "é", "中", "𠮷", 'q"', "c,d", "a1", "a10"]
)
KEYS = st.lists(
    st.tuples(NODES, st.sampled_from(["M", "half", "中", "m"])), unique=True, max_size=30
)


def frame(keys: list[tuple[str, str]]) -> pl.DataFrame:
    days = (None, "2024-05-07")
    rows = [
        (
            node,
            None if number % 3 else "x, y",
            "东",
            model,
            str(number),
            "retired",
            days[number % 2],
        )
        for number, (node, model) in enumerate(keys)
    ]
    text = pl.LazyFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return to_canonical(text, COLUMNS).collect()


def expect(rows: pl.DataFrame) -> str:
    """By the csv module, in the order of the UTF-8 of the keys."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows.columns)
    writer.writerows(sorted(rows.iter_rows(), key=lambda row: (row[0].encode(), row[3].encode())))
    return out.getvalue()


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys=KEYS, at_once=st.sampled_from([1, 2, 7, 100]), batch=st.sampled_from([1, 4, 50]))
def test_the_same_bytes_come_out_however_few_rows_are_sorted_at_once(
    tmp_path, keys, at_once, batch
):
    rows = frame(keys)
    with pytest.MonkeyPatch.context() as patch, RowSorter(tmp_path) as sorter:
        patch.setattr(sorting, "ROWS_AT_ONCE", at_once)
        patch.setattr(sorting, "_ROWS_IN_HAND", batch)
        sorter.deal_by(find_starts(rows.lazy(), rows.height + 1))
        for start in range(0, rows.height, batch):
            sorter.add(rows[start : start + batch])
        sorter.write(tmp_path / "nodes.csv")
    assert (tmp_path / "nodes.csv").read_text("utf-8") == expect(rows)


def test_days_and_nothing_are_written_as_they_are_read(tmp_path):
    rows = frame([("b", "M"), ("a", "M")])
    with RowSorter(tmp_path) as sorter:
        sorter.add(rows)
        sorter.write(tmp_path / "nodes.csv")
    assert rows.get_column("in_service_since").to_list() == [None, date(2024, 5, 7)]
    assert (tmp_path / "nodes.csv").read_bytes() == (
        b"node_id,node_name,province,model,cards,status,in_service_since\n"
        + "a,,东,M,1,retired,2024-05-07\n".encode()
        + 'b,"x, y",东,M,0,retired,\n'.encode()
    )


def test_the_ranges_are_about_alike(monkeypatch):
    """1,000 rows, 100 at once: ten ranges, none of them twice its share."""
    monkeypatch.setattr(sorting, "ROWS_AT_ONCE", 100)
    identifiers = pl.LazyFrame(
        {"node_id": [f"n{number * 7919 % 1000:04}" for number in range(1000)]}
    )
    starts = find_starts(identifiers, 1000)
    assert len(starts) == 9
    assert starts.is_sorted()
    place = starts.search_sorted(identifiers.collect().to_series(), side="right")
    assert place.value_counts().get_column("count").max() < 200


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('n1,a,M,1\nn2,a,M,"2\nn3,a,M,3\n', "E319"),
        ("n1,a,M,1\nn2,a,M\nn3,a,M,3\n", "E317"),
        ("n1,a,M,1\nn2,a,M,x\nn3,a,M,3\n", "E324"),
        ("n1,a,M,1\nn2,a,M,2\nn1,a,M,3\n", "E330"),
    ],
    ids=["open quote", "ragged", "value", "duplicate"],
)
def test_a_flaw_of_a_file_too_large_to_be_sorted_at_once_is_named(
    make_workspace, cci, monkeypatch, text, code
):
    monkeypatch.setattr(sorting, "ROWS_AT_ONCE", 2)
    root = make_workspace(["a"], index_toml("N", "national", ["a"]))
    path = root / "raw.csv"
    path.write_text("node_id,province,model,cards\n" + text, encoding="utf-8")
    outcome = cci("ingest", path, "--period", "2024H2", workspace=root)
    assert outcome.code == 1
    assert f"[{code}]" in outcome.err
    assert list((root / "snapshots").iterdir()) == []


def test_a_file_too_large_to_be_sorted_at_once_is_stored_as_one_that_is_not(
    make_workspace, cci, monkeypatch
):
    """Thirty nodes with what is to be normalised in each row: the same bytes both ways."""
    rows = [f' n{number * 7 % 30},甲,M,"1,{number:03}",在运' for number in range(30)]
    stored = []
    for at_once in (4, 1_000_000):
        monkeypatch.setattr(sorting, "ROWS_AT_ONCE", at_once)
        root = make_workspace(["甲"], index_toml("N", "national", ["甲"]), name=str(at_once))
        path = root / "raw.csv"
        path.write_text("\n".join(["节点编号,省份,型号,卡数,状态", *rows]), encoding="utf-8")
        assert cci("ingest", path, "--period", "2024H2", workspace=root).code == 0
        stored.append((root / "snapshots/2024H2/r1/nodes.csv").read_bytes())
    assert stored[0] == stored[1]
    assert stored[0].count(b"\n") == 31


def test_a_disk_full_of_rows_laid_off_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(sorting, "_ROWS_IN_HAND", 1)

    def refuse(*_arguments, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(layoffs.tempfile, "TemporaryFile", refuse)
    with RowSorter(tmp_path) as sorter:
        sorter.deal_by(pl.Series(["b"]))
        with pytest.raises(SystemFailureError) as raised:
            sorter.add(frame([("a", "M"), ("b", "M")]))
    assert raised.value.code == "E502"
