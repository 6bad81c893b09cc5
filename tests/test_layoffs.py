"""Frames laid off in a temporary file: they come back, or it is said why not."""

import os
from pathlib import Path

import polars as pl
import pytest

from cci_cli.errors import SystemFailureError
from cci_cli.layoffs import FrameFile, LaidOff


def test_frames_come_back_in_whatever_order(tmp_path):
    frames = [pl.DataFrame({"text": ["a", None, "中"] * size}) for size in (3, 1, 2)]
    with FrameFile(tmp_path) as file:
        places = [file.add(frame) for frame in frames]
        assert [file.read(place).height for place in reversed(places)] == [6, 3, 9]
        assert file.read(places[0]).equals(frames[0])
    # it has no name, and nothing is left of it
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_file_is_named(tmp_path):
    with FrameFile(tmp_path / "gone") as file, pytest.raises(SystemFailureError) as raised:
        file.add(pl.DataFrame({"text": ["a"]}))
    assert (raised.value.code, str(tmp_path / "gone") in raised.value.message) == ("E502", True)


@pytest.mark.parametrize("place", [LaidOff(0, 7), LaidOff(4, 99), LaidOff(10**6, 8)])
def test_what_is_no_frame_is_not_taken_for_one(tmp_path, place):
    with FrameFile(tmp_path) as file:
        file.add(pl.DataFrame({"text": ["a"]}))
        with pytest.raises(SystemFailureError) as raised:
            file.read(place)
    assert (raised.value.code, str(tmp_path) in raised.value.message) == ("E501", True)


def test_a_file_that_cannot_be_read_is_told_by_its_folder(tmp_path):
    with FrameFile(tmp_path) as file:
        place = file.add(pl.DataFrame({"text": ["a"]}))
        # the place of the file is taken by what can be written and not be read
        with Path(os.devnull).open("wb") as unread:
            os.dup2(unread.fileno(), file._file.fileno())
        with pytest.raises(SystemFailureError) as raised:
            file.read(place)
    assert (raised.value.code, str(tmp_path) in raised.value.message) == ("E501", True)


def test_before_anything_was_laid_off_there_is_nothing_to_read(tmp_path):
    with FrameFile(tmp_path) as file, pytest.raises(ValueError, match="LaidOff"):
        file.read(LaidOff(0, 1))
