"""The outer form of a CSV file of nodes, and its rows as text. I/O; imports only the domain.

``survey_file`` goes over bytes and lines: encoding, line ends, header, quotes, number of fields.
``read_batches`` then gives the values of what it found sound, batch by batch.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

import polars as pl

from cci_cli.columns import COLUMNS, LINE
from cci_cli.errors import ProblemList, count_noun, os_failure, quote_value
from cci_cli.files import naming
from cci_cli.headers import check_header
from cci_cli.outlines import Outline, outline_file
from cci_cli.records import STORED_FORM, WELL_QUOTED_LINE, TextForm, read_records

BATCH_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Survey:
    """The outer form of a file: what the reader of its values needs to know.

    ``header`` has the canonical names in the order of the file, ``names`` what stands there;
    ``lines`` is the number of physical lines, header and all.
    ``is_plain`` and ``has_empty_quotes`` are as in ``outlines.Outline``, but a file in which a
    record may take several lines is not plain: line ends are in its fields. ``bad_lines`` are the
    physical lines of records that have no values to read, smallest first. ``record_lines`` has the
    physical line of every record below the header; null where each takes one line.
    """

    path: Path
    header: tuple[str, ...]
    names: tuple[str, ...]
    form: TextForm
    lines: int
    is_plain: bool = False
    has_quotes: bool = False
    has_empty_quotes: bool = False
    bad_lines: Sequence[int] = ()
    is_well_quoted: bool = True
    record_lines: Sequence[int] | None = None


def survey_file(
    path: Path,
    problems: ProblemList,
    form: TextForm = STORED_FORM,
    outline: Outline | None = None,
) -> Survey | None:
    """The outer form of a file in UTF-8, every flaw of it added to ``problems``.

    Args:
        path: the file.
        problems: what is wrong with the file.
        form: a stored file has commas and canonical names; a raw one may have others.
        outline: its outline where that is known already.

    Returns:
        null where the flaws leave nothing to read values from.

    Raises:
        SystemFailureError: E501 the file cannot be read, E504 it is no regular file.
    """
    try:
        outline = outline or outline_file(path)
        if not _is_text(outline, problems):
            return None
        names = _read_names(path, form, problems)
        header = names and check_header(names, problems, is_raw=form.is_raw)
        if not names or not header:
            return None
        survey = Survey(
            # Polars would take a leading ~ for the home folder
            path.absolute(),
            header,
            names,
            form,
            outline.lines,
            is_plain=outline.is_plain,
            has_quotes=outline.has_quotes,
            has_empty_quotes=outline.has_empty_quotes,
        )
        return survey if outline.is_regular else _survey_records(survey, problems)
    except OSError as error:
        raise os_failure("E501", path, error) from error


def _is_text(outline: Outline, problems: ProblemList) -> bool:
    """Whether the bytes are text in UTF-8.

    Only the first flaw is reported: behind it, nothing can be trusted to be what it seems.
    """
    flaw = outline.first_flaw
    if flaw is not None:
        problems.add(flaw.code, line=flaw.line, encoding="UTF-8", offset=flaw.offset)
    elif not outline.has_text:
        problems.add("E311", expected=",".join(COLUMNS))
    else:
        return True
    return False


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


def _survey_records(survey: Survey, problems: ProblemList) -> Survey:
    """The survey of a file in which not every line has the form of the header.

    Where each line is a record by itself, Polars looks for those that are not as they should be;
    records over several lines and quotes that do not hold are left to ``_survey_quoted``.
    """
    header, text = survey.header, pl.col("text")
    separator = survey.form.separator
    bare = text.str.replace_all(r'"(?:[^"]|"")*"', "") if survey.has_quotes else text
    is_well_quoted = (
        text.str.contains(WELL_QUOTED_LINE[separator]) if survey.has_quotes else pl.lit(True)
    )
    flawed = (
        # a name such as nodes[1].csv is no pattern
        pl.scan_lines(survey.path, name="text", row_index_name=LINE, row_index_offset=1, glob=False)
        .with_columns(is_well_quoted=is_well_quoted, is_blank=text == "")
        .with_columns(fields=bare.str.count_matches(separator, literal=True) + 1)
        .filter((pl.col("fields") != len(header)) | "is_blank" | ~pl.col("is_well_quoted"))
        .select(pl.col(LINE).cast(pl.Int64), "fields", "is_blank", "is_well_quoted")
        .collect(engine="streaming")
        .sort(LINE)
    )
    if not flawed.get_column("is_well_quoted").all():
        return _survey_quoted(survey, problems)
    for line, count, is_blank, _ in flawed.iter_rows():
        _add_row_flaw(line, 0 if is_blank else count, header, problems)
    return replace(survey, bad_lines=flawed.get_column(LINE).to_list())


def _survey_quoted(survey: Survey, problems: ProblemList) -> Survey:
    """The survey of a file with quotes, in which a record may take several lines."""
    header = survey.header
    bad_lines: list[int] = []
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
                bad_lines.append(line)
            elif len(fields) != len(header):
                _add_row_flaw(line, len(fields), header, problems)
                bad_lines.append(line)
    return replace(
        survey,
        is_plain=False,
        bad_lines=bad_lines,
        is_well_quoted=is_well_quoted,
        record_lines=record_lines,
    )


def _add_row_flaw(line: int, count: int, header: tuple[str, ...], problems: ProblemList) -> None:
    if count == 0:
        problems.add("E318", line=line)
    else:
        expected = count_noun(len(header), "field")
        problems.add("E317", line=line, count=count_noun(count, "field"), expected=expected)


def read_batches(
    survey: Survey, derive: Callable[[pl.LazyFrame], pl.LazyFrame] | None = None
) -> Iterator[pl.DataFrame]:
    """The rows of a surveyed file, batch by batch and in order, but for its bad lines.

    Each batch has ``line``, the physical line, and the columns of the file as text with null for
    an empty field. ``derive`` may add columns; it sees records for lines.

    Raises:
        SystemFailureError: E501, the file cannot be read.
    """
    with naming(survey.path):
        yield from _read_batches(survey, derive)


def _read_batches(
    survey: Survey, derive: Callable[[pl.LazyFrame], pl.LazyFrame] | None
) -> Iterator[pl.DataFrame]:
    if not survey.is_well_quoted:
        for rows in _parse_batches(survey):
            yield rows if derive is None else rows.lazy().pipe(derive).collect()
        return
    scan = scan_nodes(survey)
    starts = None if survey.record_lines is None else pl.Series(LINE, survey.record_lines, pl.Int64)
    bad_lines = pl.Series(survey.bad_lines, dtype=pl.Int64)
    for batch in (scan if derive is None else scan.pipe(derive)).collect_batches(
        chunk_size=BATCH_ROWS, maintain_order=True, engine="streaming"
    ):
        rows = batch
        if starts is not None:
            # record n has line number n + 1 in a scan, and stands at index n - 1 in the array
            rows = rows.with_columns(starts.gather(rows.get_column(LINE) - 2))
        if len(bad_lines) and rows.height:
            lines = rows.get_column(LINE)
            is_near = bad_lines.is_between(lines[0], lines[-1])
            rows = rows.filter(~lines.is_in(bad_lines.filter(is_near).implode()))
        yield rows


def scan_nodes(survey: Survey) -> pl.LazyFrame:
    """The rows of a surveyed file without a flaw in its quotes, lazily.

    Columns as in ``read_batches``, but ``line`` counts records and bad lines are in it.
    """
    rows = pl.scan_csv(
        survey.path,
        schema=dict.fromkeys(survey.names, pl.String),
        separator=survey.form.separator,
        quote_char='"' if survey.has_quotes else None,
        row_index_name=LINE,
        row_index_offset=2,
        glob=False,
        # fields too many are reported by the survey, and such a file is never used
        truncate_ragged_lines=True,
    )
    texts = rows.select(
        pl.col(LINE).cast(pl.Int64),
        *(
            pl.col(name).alias(column)
            for name, column in zip(survey.names, survey.header, strict=True)
        ),
    )
    # a field that is empty without quotes is null already
    return (
        texts.with_columns(pl.col(pl.String).replace("", None))
        if survey.has_empty_quotes
        else texts
    )


def _parse_batches(survey: Survey) -> Iterator[pl.DataFrame]:
    """As ``read_batches``, record by record: slow, but goes on behind a flaw in the quotes."""
    bad_lines = frozenset(survey.bad_lines)
    with survey.path.open(encoding="utf-8-sig", newline="") as text:
        records = read_records(text, survey.form)
        next(records)
        good = (
            (line, *(field or None for field in fields))
            for line, fields in records
            if fields is not None and line not in bad_lines
        )
        schema = {LINE: pl.Int64} | dict.fromkeys(survey.header, pl.String)
        while rows := list(islice(good, BATCH_ROWS)):
            yield pl.DataFrame(rows, schema=schema, orient="row")
