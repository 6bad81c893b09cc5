"""The forms and languages of output. Imports nothing of the package."""

from collections.abc import Mapping
from typing import Final, Literal

Format = Literal["table", "csv", "json", "markdown", "xlsx", "parquet"]
Lang = Literal["zh", "en"]
#: How long a command waits for another that writes to the same place.
LOCK_PATIENCE_SECONDS: Final = 60
#: What a raw file may be told to be in.
Encoding = Literal["utf-8", "gb18030", "utf-16"]

#: Rows alone: what is beside them must be said elsewhere.
TABULAR_FORMATS: Final = ("csv", "xlsx", "parquet")
BINARY_FORMATS: Final = ("xlsx", "parquet")
SUFFIXES: Final[Mapping[str, Format]] = {
    ".csv": "csv",
    ".json": "json",
    ".md": "markdown",
    ".txt": "table",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
}

#: A form for series alone: SDMX-CSV 2.0, for statistical registries.
SeriesFormat = Literal["table", "csv", "json", "markdown", "xlsx", "parquet", "sdmx-csv"]
#: A form of the tables of a bundle; CSV is always there.
BundleFormat = Literal["csv", "xlsx", "parquet"]
#: Lines for people, or a JSON document a line.
LogFormat = Literal["text", "json"]
#: What a series is of.
Measure = Literal["level", "growth", "share", "supply", "comparable"]
#: One row per index and period, or one per index.
Layout = Literal["long", "wide"]

#: What the drivers of a change are told apart by.
Grouping = Literal["index", "province", "model", "node"]
#: Drivers that `cci diff` tells one by one unless told otherwise, the largest ones.
TOP_DRIVERS: Final = 20
