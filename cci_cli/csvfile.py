"""The outer form of a CSV file of nodes, and its rows as text. I/O; imports only the domain.

``survey_file`` goes over bytes and lines: encoding, line ends, header, quotes, number of fields.
``read_batches`` then gives the values of what it found sound, batch by batch.
"""

import codecs
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

import polars as pl

from cci_cli.columns import COLUMNS, LINE
from cci_cli.errors import ProblemList, SystemFailureError, count_noun, os_failure, quote_value
from cci_cli.headers import check_header
from cci_cli.records import STORED_FORM, TextForm, read_records

BATCH_ROWS: Final = 500_000

_CHUNK_BYTES: Final = 1 << 20
_LONE_CR: Final = re.compile(rb"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Survey:
    """The outer form of a file: what the reader of its values needs to know.

    ``header`` has the canonical names in the order of the file, ``names`` what stands there.
    ``bad_lines`` are the physical lines of records that have no values to read. ``record_lines``
    has the physical line of every record below the header; null where each takes one line.
    """

    path: Path
    header: tuple[str, ...]
    names: tuple[str, ...]
    form: TextForm
    bad_lines: frozenset[int] = frozenset()
    is_well_quoted: bool = True
    record_lines: Sequence[int] | None = None


def open_file(path: Path) -> BinaryIO:
    """A file that can be read more than once, open for its bytes.

    Raises:
        OSError: it cannot be opened.
        SystemFailureError: E504, it is no regular file.
    """
    # a pipe would be empty when it is read again, or make the reader wait for ever
    if path.exists() and not path.is_file() and not path.is_dir():
        raise SystemFailureError("E504", value=path)
    return path.open("rb")


def survey_file(path: Path, problems: ProblemList, form: TextForm = STORED_FORM) -> Survey | None:
    """The outer form of a file in UTF-8, every flaw of it added to ``problems``.

    Args:
        path: the file.
        problems: what is wrong with the file.
        form: a stored file has commas and canonical names; a raw one may have others.

    Returns:
        null where the flaws leave nothing to read values from.

    Raises:
        SystemFailureError: E501 the file cannot be read, E504 it is no regular file.
    """
    try:
        with open_file(path) as stream:
            has_quotes = _survey_bytes(stream, problems)
        if has_quotes is None:
            return None
        names = _read_names(path, form, problems)
        header = names and check_header(names, problems, is_raw=form.is_raw)
        if not names or not header:
            return None
        # Polars would take a leading ~ for the home folder
        survey = Survey(path.absolute(), header, names, form)
        return (_survey_quoted if has_quotes else _survey_plain)(survey, problems)
    except OSError as error:
        raise os_failure("E501", path, error) from error


def _survey_bytes(stream: BinaryIO, problems: ProblemList) -> bool | None:
    """Whether there are quotes; null where the bytes are no UTF-8 text.

    Only the first flaw is reported: behind it, nothing can be trusted to be what it seems.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, lines, has_quotes, has_text = 0, 1, False, False
    while chunk := stream.read(_CHUNK_BYTES):
        if chunk.endswith(b"\r"):
            # a line end must not be cut in two
            chunk += stream.read(1)
        pending = len(decoder.getstate()[0])
        flaws: list[tuple[int, str, dict[str, Any]]] = []
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            at = max(error.start - pending, 0)
            flaws.append(
                (at, "E310", {"encoding": "UTF-8", "offset": size - pending + error.start})
            )
        if (at := chunk.find(b"\0")) >= 0:
            flaws.append((at, "E312", {}))
        if lone := _LONE_CR.search(chunk):
            flaws.append((lone.start(), "E313", {}))
        if flaws:
            at, code, details = min(flaws, key=lambda flaw: flaw[0])
            problems.add(code, line=lines + chunk.count(b"\n", 0, at), **details)
            return None
        has_text = has_text or bool(chunk.removeprefix(codecs.BOM_UTF8).strip())
        size += len(chunk)
        lines += chunk.count(b"\n")
        has_quotes = has_quotes or b'"' in chunk
    if pending := len(decoder.getstate()[0]):
        problems.add("E310", line=lines, encoding="UTF-8", offset=size - pending)
        return None
    if not has_text:
        problems.add("E311", expected=",".join(COLUMNS))
        return None
    return has_quotes


def _read_names(path: Path, form: TextForm, problems: ProblemList) -> tuple[str, ...] | None:
    """The names in the header to the letter; null where there are none, or no separator known."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        _, names = next(read_records(text, form))
    separators = [mark for mark in ";\t|" if names and mark in names[0]]
    if names and len(names) == 1 and separators:
        problems.add("E309", line=1, separator=quote_value(separators[0]))
        return None
    if not names:
        problems.add("E319" if names is None else "E318", line=1)
        return None
    return tuple(names)


def _survey_plain(survey: Survey, problems: ProblemList) -> Survey:
    """The survey of a file without a quote: every line is a record."""
    header = survey.header
    fields = pl.col("text").str.count_matches(survey.form.separator, literal=True) + 1
    flawed = (
        # a name such as nodes[1].csv is no pattern
        pl.scan_lines(survey.path, name="text", row_index_name=LINE, row_index_offset=1, glob=False)
        .with_columns(fields=fields, is_blank=pl.col("text") == "")
        .filter((pl.col("fields") != len(header)) | pl.col("is_blank"))
        .select(pl.col(LINE).cast(pl.Int64), "fields", "is_blank")
        .collect(engine="streaming")
        .sort(LINE)
    )
    for line, count, is_blank in flawed.iter_rows():
        _add_row_flaw(line, 0 if is_blank else count, header, problems)
    bad_lines = frozenset(flawed.get_column(LINE).to_list())
    return replace(survey, bad_lines=bad_lines)


def _survey_quoted(survey: Survey, problems: ProblemList) -> Survey:
    """The survey of a file with quotes, in which a record may take several lines."""
    header = survey.header
    bad_lines: set[int] = set()
    is_well_quoted = True
    record_lines: array[int] | None = None
    with survey.path.open(encoding="utf-8-sig", newline="") as text:
        records = read_records(text, survey.form)
        next(records)
        for position, (line, fields) in enumerate(records, start=2):
            if record_lines is None and line != position:
                record_lines = array("Q", range(2, position))
            if record_lines is not None:
                record_lines.append(line)
            if fields is None:
                is_well_quoted = False
                problems.add("E319", line=line)
                bad_lines.add(line)
            elif len(fields) != len(header):
                _add_row_flaw(line, len(fields), header, problems)
                bad_lines.add(line)
    return replace(
        survey,
        bad_lines=frozenset(bad_lines),
        is_well_quoted=is_well_quoted,
        record_lines=record_lines,
    )


def _add_row_flaw(line: int, count: int, header: tuple[str, ...], problems: ProblemList) -> None:
    if count == 0:
        problems.add("E318", line=line)
    else:
        expected = count_noun(len(header), "field")
        problems.add("E317", line=line, count=count_noun(count, "field"), expected=expected)


def read_batches(survey: Survey) -> Iterator[pl.DataFrame]:
    """The rows of a surveyed file, batch by batch and in order, but for its bad lines.

    Each batch has ``line``, the physical line, and the columns of the file as text with null
    for an empty field.
    """
    if not survey.is_well_quoted:
        yield from _parse_batches(survey)
        return
    starts = None if survey.record_lines is None else pl.Series(LINE, survey.record_lines, pl.Int64)
    for batch in scan_nodes(survey).collect_batches(
        chunk_size=BATCH_ROWS, maintain_order=True, engine="streaming"
    ):
        rows = batch
        if starts is not None:
            # record n has line number n + 1 in a scan, and stands at index n - 1 in the array
            rows = rows.with_columns(starts.gather(rows.get_column(LINE) - 2))
        if survey.bad_lines:
            rows = rows.filter(~pl.col(LINE).is_in(list(survey.bad_lines)))
        yield rows


def scan_nodes(survey: Survey) -> pl.LazyFrame:
    """The rows of a surveyed file without a flaw in its quotes, lazily.

    Columns as in ``read_batches``, but ``line`` counts records and bad lines are in it.
    """
    return pl.scan_csv(
        survey.path,
        schema=dict.fromkeys(survey.names, pl.String),
        separator=survey.form.separator,
        row_index_name=LINE,
        row_index_offset=2,
        glob=False,
        # fields too many are reported by the survey, and such a file is never used
        truncate_ragged_lines=True,
    ).select(
        pl.col(LINE).cast(pl.Int64),
        *(
            pl.col(name).replace("", None).alias(column)
            for name, column in zip(survey.names, survey.header, strict=True)
        ),
    )


def _parse_batches(survey: Survey) -> Iterator[pl.DataFrame]:
    """As ``read_batches``, record by record: slow, but goes on behind a flaw in the quotes."""
    with survey.path.open(encoding="utf-8-sig", newline="") as text:
        records = read_records(text, survey.form)
        next(records)
        good = (
            (line, *(field or None for field in fields))
            for line, fields in records
            if fields is not None and line not in survey.bad_lines
        )
        schema = {LINE: pl.Int64} | dict.fromkeys(survey.header, pl.String)
        while rows := list(islice(good, BATCH_ROWS)):
            yield pl.DataFrame(rows, schema=schema, orient="row")
