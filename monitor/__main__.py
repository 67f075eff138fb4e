"""`python -m monitor` and the installed command `monitor`."""

import gc
import sys
from functools import partial


def main() -> None:
    """Run the command line: all of it, or one of the commands that run every minute, without the rest."""
    gc.disable()  # what is imported is no garbage: not to look for any saves a tenth of the start
    # What is imported here must not carry the daemon.
    match sys.argv[1:2]:
        case ["health"]:
            from monitor.cli.asking import run_one  # noqa: PLC0415
            from monitor.cli.health import health  # noqa: PLC0415

            run = partial(run_one, health, "health")
        case ["metrics"]:
            from monitor.cli.asking import run_one  # noqa: PLC0415
            from monitor.cli.metrics import metrics  # noqa: PLC0415

            run = partial(run_one, metrics, "metrics")
        case _:
            from monitor.cli.commands import main as run_commands  # noqa: PLC0415

            run = partial(run_commands)
    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
