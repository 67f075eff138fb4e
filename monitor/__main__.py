"""`python -m monitor` and the installed command `monitor`."""

import sys


def main() -> None:
    """Run the command line: all of it, or the one command that runs every 30 seconds, without the rest."""
    if sys.argv[1:2] == ["health"]:
        from monitor.cli.health import main as run  # noqa: PLC0415 - it must not carry the daemon
    else:
        from monitor.cli.commands import main as run  # noqa: PLC0415 - as above
    run()


if __name__ == "__main__":
    main()
