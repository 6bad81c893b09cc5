"""The program `cci`, also as ``python -m cci_cli``."""

import signal


def start() -> None:
    """Load the command line and run it."""
    # who gives up while modules are loaded gets no traceback for it
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from cci_cli.cli import run

    run()


if __name__ == "__main__":
    start()
