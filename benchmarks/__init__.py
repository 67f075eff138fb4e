"""How good, and how fast, beside our peers: each benchmark is a command.

    python -m benchmarks.NAME [--data DIR] [--json FILE]

prints a table for people and writes the same figures to FILE under flat keys. It installs nothing:
`make bench` sets up the peers of `requirements.txt` in an environment of their own, runs every
benchmark in its own process, so that CPU time and memory mean something, and makes `RESULTS.md`.

A benchmark is a module with a docstring that says what it asks, and a `main()` that builds a
`report.Report` and hands it to `report.publish`.
"""
