"""Hashes in a bounded memory: what stands twice is found wherever it was laid off."""

import errno
from collections import Counter

import polars as pl
import pytest
from conftest import examples
from hypothesis import given
from hypothesis import strategies as st

from cci_cli import hashpiles, layoffs
from cci_cli.errors import SystemFailureError
from cci_cli.hashpiles import HashPile, find_repeated

#: Of every slice, and on both sides of the bounds between two.
HASHES = st.integers(0, 63).flatmap(
    lambda piece: st.sampled_from([piece << 58, (piece << 58) + 1, ((piece + 1) << 58) - 1])
)


@examples(25)
@given(
    batches=st.lists(st.lists(HASHES, max_size=12), max_size=8), most=st.sampled_from([0, 5, 99])
)
def test_the_same_comes_out_however_often_hashes_were_laid_off(batches, most):
    before, hashpiles.MOST_KEPT = hashpiles.MOST_KEPT, most
    try:
        with HashPile() as pile:
            for batch in batches:
                pile.add(pl.Series(batch, dtype=pl.UInt64))
            slices = list(pile.slices())
    finally:
        hashpiles.MOST_KEPT = before

    counts = Counter(value for batch in batches for value in batch)
    assert sorted(pl.concat(slices)) == sorted(counts.elements())
    twice = [value for piece in slices for value in find_repeated(piece)]
    assert sorted(twice) == sorted(value for value, count in counts.items() if count > 1)


def test_a_full_disk_is_told(monkeypatch):
    monkeypatch.setattr(hashpiles, "MOST_KEPT", 1)

    def refuse(*_arguments, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(layoffs.tempfile, "TemporaryFile", refuse)
    with HashPile() as pile, pytest.raises(SystemFailureError) as raised:
        pile.add(pl.Series([1, 2], dtype=pl.UInt64))
    assert raised.value.code == "E502"
    assert "No space left" in raised.value.message


def test_what_was_laid_off_is_gone_with_the_pile(monkeypatch):
    monkeypatch.setattr(hashpiles, "MOST_KEPT", 0)
    with HashPile() as pile:
        pile.add(pl.Series([3, 1], dtype=pl.UInt64))
        laid_off = pile._file._file
        assert not laid_off.closed
    assert laid_off.closed
