"""Rows in the order of their key: the same bytes however few are sorted at once."""

import csv
import errno
import io
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
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


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
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
