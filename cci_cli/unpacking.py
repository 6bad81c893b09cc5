"""What a workbook would unfold to, told before it is unpacked. I/O: reads the archive alone.

A workbook of a few bytes can unfold to any amount of memory, disk and time. The bounds here are far
beyond any survey.
"""

from typing import BinaryIO, Final
from zipfile import ZipFile

from cci_cli.sheetxml import declares_type

#: What parts may unpack to, by what their names begin with. A sheet goes by row after row: full to
#: its last row it has 400 to 550 MB. The texts that cells point to are held in memory, and the
#: others as trees, of ten times their size.
LARGEST_PARTS: Final = {"xl/worksheets/": 1 << 30, "xl/sharedStrings.xml": 1 << 28, "": 1 << 24}
_MAX_PARTS: Final = 1_000


class UnreadableError(Exception):
    """The workbook is not what it should be; the text says why."""


def check_archive(stream: BinaryIO) -> None:
    """Refuse a workbook that would take more room than any survey.

    Raises:
        BadZipFile: it is no archive.
        UnreadableError: it has too many parts, one is too large or declares a document type.
    """
    with ZipFile(stream) as archive:
        parts = archive.infolist()
        if len(parts) > _MAX_PARTS:
            detail = f"it has {len(parts):,} parts"
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
            # whatever its name, it may be read as XML
            with archive.open(part) as xml:
                if declares_type(xml):
                    detail = f"{part.filename} declares a document type"
                    raise UnreadableError(detail)
