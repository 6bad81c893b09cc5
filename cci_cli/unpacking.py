"""What a workbook would unfold to, told before it is unpacked. I/O: reads the archive alone.

A workbook of a few bytes can unfold to any amount of memory, disk and time. The bounds here are far
beyond any survey.
"""

from collections import deque
from contextlib import suppress
from typing import BinaryIO, Final
from xml.parsers.expat import ExpatError
from zipfile import ZipFile

from cci_cli.sheetxml import check_tree, declares_type, read_marks

_SHEETS: Final = "xl/worksheets/"
_STRINGS: Final = "xl/sharedStrings.xml"
#: What parts may unpack to, by what their names begin with. A sheet goes by row after row: full to
#: its last row it has 400 to 550 MB. The texts that cells point to are held in memory, and the
#: others as trees, of ten times their size.
LARGEST_PARTS: Final = {_SHEETS: 1 << 30, _STRINGS: 1 << 28, "": 1 << 24}
#: And all of them together.
_LARGEST: Final = 1 << 31
_MAX_PARTS: Final = 1_000
_MAX_PIECES_OF_TEXT: Final = 10_000
_MAX_PIECES: Final = 200_000


class UnreadableError(Exception):
    """The workbook is not what it should be; the text says why."""


def check_archive(stream: BinaryIO) -> None:
    """Refuse a workbook that would take more room than any survey.

    Raises:
        BadZipFile: it is no archive.
        UnreadableError: it has too many parts or too large ones, or one declares a document type,
            would grow without end or, a sheet, has something in it twice or out of its place.
    """
    with ZipFile(stream) as archive:
        parts = archive.infolist()
        if len(parts) > _MAX_PARTS:
            detail = f"it has {len(parts):,} parts"
            raise UnreadableError(detail)
        if sum(part.file_size for part in parts) > _LARGEST:
            detail = f"it would unpack to more than {_LARGEST >> 20:,} MiB"
            raise UnreadableError(detail)
        for part in parts:
            limit = next(
                most for start, most in LARGEST_PARTS.items() if part.filename.startswith(start)
            )
            # what a part says of its size binds its reader: no byte beyond it is unpacked
            if part.file_size > limit:
                size, most = part.file_size >> 20, limit >> 20
                detail = f"{part.filename} would unpack to {size:,} MiB, more than {most:,}"
                raise UnreadableError(detail)
            _check_xml(archive, part.filename)


def _check_xml(archive: ZipFile, name: str) -> None:
    """Refuse a part that, read as XML, would never end; whatever its name, it may be read so."""
    try:
        with archive.open(name) as part:
            if declares_type(part):
                detail = f"{name} declares a document type"
                raise UnreadableError(detail)
        with archive.open(name) as part:
            if name.startswith(_SHEETS) and not name.endswith(".rels"):
                # all of it is looked at before any of it is taken; what is no XML is told later
                with suppress(ExpatError):
                    deque(read_marks(part), maxlen=0)
            else:
                check_tree(part, _MAX_PIECES_OF_TEXT if name == _STRINGS else _MAX_PIECES)
    except ValueError as error:
        detail = f"{name}: {error}"
        raise UnreadableError(detail) from error
