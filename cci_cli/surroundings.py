"""What a command takes from where it runs unless it is told: the time and the login name. I/O."""

import getpass
import os
from datetime import UTC, datetime

from cci_cli.errors import UsageError


def find_time(given: datetime | None = None) -> datetime:
    """The time to record, in UTC.

    Args:
        given: the time, if it is known; one without a time zone is local. Null for that of the
            clock, or as SOURCE_DATE_EPOCH fixes it for builds that repeat.

    Raises:
        UsageError: E109, the variable holds no number of seconds.
    """
    if given is not None:
        return given.astimezone(UTC)
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if not text:
        return datetime.now(UTC)
    try:
        if not (text.isascii() and text.isdigit()):
            # int would also take 1_000, a sign and spaces
            raise UsageError("E109", value=text)
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError("E109", value=text) from error


def find_login(given: str | None = None) -> str:
    """Who is at work.

    Args:
        given: a name, if there is one; null or blank for the login name.

    Raises:
        UsageError: E110, nobody is logged in.
    """
    if given is not None and given.strip():
        return given.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError) as error:
        raise UsageError("E110") from error
