"""`python -m monitor` and the installed command `monitor`."""

import sys


def main() -> None:
    """Run the command line: all of it, or one of the commands that run every minute, without the rest."""
    # What is imported here must not carry the daemon.
    match sys.argv[1:2]:
        case ["health"]:
            from monitor.cli.asking import run_one  # noqa: PLC0415
            from monitor.cli.health import health  # noqa: PLC0415

            run_one(health, "health")
        case ["metrics"]:
            from monitor.cli.asking import run_one  # noqa: PLC0415
            from monitor.cli.metrics import metrics  # noqa: PLC0415

            run_one(metrics, "metrics")
        case _:
            from monitor.cli.commands import main as run  # noqa: PLC0415

            run()


if __name__ == "__main__":
    main()
