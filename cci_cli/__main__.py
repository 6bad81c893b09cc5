"""Entry point of ``python -m cci_cli``."""

from cci_cli.cli import run

if __name__ == "__main__":
    run()
